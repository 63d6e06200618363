"""The tables of the evidence, read once from plain CSV; every word stays the word it is."""

import csv
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from macroimmune.errors import InputError
from macroimmune.evidence.records import Biomarker, Claim, Perturbation, Population, Source

__all__ = [
    "biomarkers",
    "biomarkers_of",
    "claims",
    "lookup",
    "perturbations",
    "populations",
    "sources",
]

REVIEW, BRIEFING = "review", "briefing"


def _rows(name: str) -> list[dict[str, str]]:
    """Read a table as text: `null`, `none` and `NA` are words of the vocabulary, not gaps."""
    text = (files("macroimmune.evidence") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


@cache
def sources() -> MappingProxyType[str, Source]:
    """Return the publications that the evidence comes from, by id."""
    return MappingProxyType({row["id"]: Source(**row) for row in _rows("sources.csv")})


def _citation(source: str, references: tuple[str, ...], place: str) -> str:
    """Write out a source: the document, the place in it, and the references that it gives."""
    document = sources()[source].citation
    numbers = [reference for reference in references if reference.isdigit()]
    named = [reference for reference in references if not reference.isdigit()]
    parts = [document, place]
    if numbers:
        parts.append(f"reference{'s' if len(numbers) > 1 else ''} {', '.join(numbers)} there")
    parts += named
    return "; ".join(part for part in parts if part)


def _place(source: str) -> tuple[str, str]:
    """Split `review:Table2;text` into the document and the place in it."""
    document, _, place = source.partition(":")
    return document, place.replace(";", ", ").replace("Table", "Table ").replace("Fig", "Figure ")


@cache
def biomarkers() -> tuple[Biomarker, ...]:
    """Return the published biomarkers, in the order of the table."""
    counted: dict[str, int] = {}
    lines = []
    for row in _rows("biomarkers.csv"):
        counted[row["id"]] = counted.get(row["id"], 0) + 1
        document, place = _place(row["source"])
        references = _parts(row["refs"])
        lines.append(
            Biomarker(
                evidence_id=f"{row['id']}-{counted[row['id']]}",
                feature_id=row["id"],
                feature=row["feature"],
                unit=row["unit"],
                timepoint=row["timepoint"],
                therapy=row["therapy"],
                endpoint=row["endpoint"],
                favourable_direction="low" if row["favourable_direction"] == "low" else "high",
                tumours=_parts(row["tumour"]),
                stage=row["stage"],
                references=references,
                source=row["source"],
                citation=_citation(document, references, place),
            )
        )
    return tuple(lines)


@cache
def perturbations() -> tuple[Perturbation, ...]:
    """Return the published changes of peripheral populations, in the order of the table."""
    lines = []
    for number, row in enumerate(_rows("perturbations.csv"), start=1):
        document, place = _place(row["source"])
        references = _parts(row["refs"])
        lines.append(
            Perturbation(
                evidence_id=f"T1-{number:02d}",
                population=row["population"],
                cell_ontology=row["cell_ontology"],
                change="up" if row["change"] == "up" else "down",
                readout=row["readout"],
                species=row["species"],
                tumours=_parts(row["tumour"]),
                stage=row["stage"],
                references=references,
                source=row["source"],
                citation=_citation(document, references, place),
            )
        )
    return tuple(lines)


@cache
def claims() -> tuple[Claim, ...]:
    """Return the checkable statements, in the order of the table."""
    lines = []
    for row in _rows("claims.csv"):
        document = BRIEFING if "briefing" in row["section"] else REVIEW
        references = _parts(row["refs"])
        fields = {
            name: row[name]
            for name in (
                "section",
                "compartment",
                "observable",
                "condition",
                "comparator",
                "direction",
                "magnitude",
                "species",
                "quote_pointer",
                "kind",
                "reason_if_not",
                "day",
                "value_low",
                "value_high",
            )
        }
        lines.append(
            Claim(
                evidence_id=row["id"],
                tumours=_parts(row["tumour"]),
                references=references,
                simulatable=row["simulatable"] == "yes",
                citation=_citation(document, references, row["quote_pointer"]),
                **fields,
            )
        )
    return tuple(lines)


@cache
def populations() -> tuple[Population, ...]:
    """Return the populations that tables may name."""
    return tuple(
        Population(
            row["id"], row["name"], row["cell_ontology"], row["parent"], _parts(row["aliases"])
        )
        for row in _rows("populations.csv")
    )


@cache
def _by_id() -> MappingProxyType[str, Biomarker | Perturbation | Claim]:
    lines: tuple[Biomarker | Perturbation | Claim, ...] = (
        *biomarkers(),
        *perturbations(),
        *claims(),
    )
    return MappingProxyType({line.evidence_id: line for line in lines})


def lookup(evidence_id: str) -> Biomarker | Perturbation | Claim:
    """Return the line of the evidence with this id.

    Raises
    ------
    InputError
        If there is none.
    """
    line = _by_id().get(evidence_id)
    if line is None:
        msg = f"no line of the evidence is called {evidence_id!r}; search it by words"
        raise InputError(msg)
    return line


def biomarkers_of(feature_id: str) -> tuple[Biomarker, ...]:
    """Return the lines about one feature of the evidence, none where it is not known."""
    return tuple(line for line in biomarkers() if line.feature_id == feature_id)
