"""A results folder as the report reads it: its tables, by what the page asks of them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl

from macroimmune.report.curves import CurveStore, read_curves
from macroimmune.results import RESULT_TABLES, open_results
from macroimmune.schema import ENDPOINTS

__all__ = ["ReportSource", "Row", "read_source", "slug"]

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReportSource:
    """Everything that the sections of the report are made from.

    Parameters
    ----------
    run : mapping
        The run record; `study` and `methods` may be absent in it.
    tables : mapping from name to polars DataFrame
        Every declared table but `features` (participants' values stay out of the page).
    curves : CurveStore
    feature_rows : mapping from feature to its row of the feature list
    associations : mapping from feature to its rows, those with the smallest p first
    agreement : mapping from feature to its rows of the table of agreement
    anchors : mapping from feature to the id of its part of the page
    """

    run: Row
    tables: Mapping[str, pl.DataFrame]
    curves: CurveStore
    feature_rows: Mapping[str, Row]
    associations: Mapping[str, tuple[Row, ...]]
    agreement: Mapping[str, tuple[Row, ...]]
    anchors: Mapping[str, str]

    @property
    def study(self) -> Row:
        """What the run record says about the study; empty where it says nothing."""
        study = self.run.get("study")
        return study if isinstance(study, dict) else {}

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table as mappings."""
        return self.tables[table].to_dicts()

    def feature_name(self, feature: str) -> str:
        """Return the name for people, or the id where there is none."""
        return str(self.feature_rows.get(feature, {}).get("name") or feature)

    def feature_unit(self, feature: str) -> str:
        """Return the unit of the values, or the empty text."""
        return str(self.feature_rows.get(feature, {}).get("unit") or "")

    def endpoint_name(self, endpoint: str) -> str:
        """Return the endpoint in words: as the study names it, else as declared, else its id."""
        for record in self.endpoints():
            if record.get("id") == endpoint and record.get("name"):
                return str(record["name"])
        declared = ENDPOINTS.get(endpoint)
        return declared.name if declared else endpoint.replace("_", " ")

    def endpoint_title(self, endpoint: str) -> str:
        """Return the endpoint in words, to begin a sentence or stand alone."""
        name = self.endpoint_name(endpoint)
        return name[:1].upper() + name[1:]

    def endpoints(self) -> tuple[Row, ...]:
        """Return the endpoints that the run record describes."""
        records = self.study.get("endpoints")
        return tuple(r for r in records if isinstance(r, dict)) if isinstance(records, list) else ()


def read_source(folder: Path) -> ReportSource:
    """Return the results in `folder`, ready for the report.

    Raises
    ------
    ResultsError
        If there are no results, or a table cannot be read as declared.
    """
    results = open_results(folder)
    tables = {name: results.table(name) for name in RESULT_TABLES if name != "features"}
    by_p = tables["associations"].sort("p_value", nulls_last=True, maintain_order=True)
    associations = _by_feature(by_p)
    return ReportSource(
        run=results.run,
        tables=tables,
        curves=read_curves(tables["curves"]),
        feature_rows={row["feature"]: row for row in tables["feature_list"].to_dicts()},
        associations=associations,
        agreement=_by_feature(tables["agreement"]),
        anchors=_anchors(associations),
    )


def _by_feature(frame: pl.DataFrame) -> dict[str, tuple[Row, ...]]:
    """Return rows by feature, in the order of the frame."""
    found: dict[str, list[Row]] = {}
    for row in frame.iter_rows(named=True):
        found.setdefault(row["feature"], []).append(row)
    return {feature: tuple(rows) for feature, rows in found.items()}


def slug(words: str) -> str:
    """Return `words` as a part of an anchor or file name: small letters, digits, hyphens.

    Examples
    --------
    >>> slug("IL-6 (pg/mL)"), slug("../<x>"), slug("=?")
    ('il-6-pg-ml', 'x', 'unnamed')
    """
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:60].strip("-") or "unnamed"


def _anchors(features: Iterable[str]) -> dict[str, str]:
    anchors: dict[str, str] = {}
    taken: set[str] = set()
    for feature in features:
        stem = f"biomarker-{slug(feature)}"
        name = next(
            name for n in count(1) if (name := stem if n == 1 else f"{stem}-{n}") not in taken
        )
        taken.add(name)
        anchors[feature] = name
    return anchors
