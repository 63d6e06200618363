"""temporary"""

import csv
import pathlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Biomarker:
    evidence_id: str
    id: str
    feature: str
    unit: str
    endpoint: str
    favourable_direction: str

    @property
    def feature_id(self):
        return self.id

    @property
    def sentence(self):
        return self.feature

    citation = "x"


def biomarkers():
    out = []
    n = {}
    for r in csv.DictReader(pathlib.Path("/work/shared/evidence/biomarkers.csv").open()):
        n[r["id"]] = n.get(r["id"], 0) + 1
        out.append(
            Biomarker(
                f"{r['id']}-{n[r['id']]}",
                r["id"],
                r["feature"],
                r["unit"],
                r["endpoint"],
                r["favourable_direction"],
            )
        )
    return tuple(out)


def lookup(e):
    return {b.evidence_id: b for b in biomarkers()}[e]


@dataclass(frozen=True)
class Population:
    id: str
    name: str


def find_population(name):
    return None
