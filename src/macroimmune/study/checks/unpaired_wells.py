"""Stimulated wells without a partner, or with one of another batch; no unstimulated well at all."""

from collections.abc import Iterator, Mapping
from typing import Any

from macroimmune.results import Finding
from macroimmune.study.checks.check import Check, Tables, at_row, limited, rows_of
from macroimmune.study.study import AnalysisSettings
from macroimmune.study.well_partners import Well, is_stimulated, well_partners

__all__ = ["UNPAIRED_WELLS"]

_TABLES = ("cytometry", "cytometry_controls", "expression")
Row = Mapping[str, Any]


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    for name in _TABLES:
        rows = rows_of(tables, name).to_dicts()
        wells = [_well(row) for row in rows]
        yield from _one_condition(rows, wells)
        yield from limited(_troubles(rows, wells))


def _well(row: Row) -> Well:
    control = row.get("control") or ""
    return Well(
        donor=control or row.get("participant_id") or "",
        is_control=bool(control),
        sample_id=row.get("sample_id") or "",
        day=row.get("days_from_treatment_start"),
        compartment=row.get("compartment") or "",
        panel=row.get("panel") or "",
        batch=row.get("batch") or "",
        minutes=row["stimulus_minutes"],
        is_stimulated=is_stimulated(row["stimulus"], row["stimulus_dose"]),
    )


def _one_condition(rows: list[dict[str, Any]], wells: list[Well]) -> Iterator[Finding]:
    """Yield a warning where a table lists stimulated wells alone."""
    if wells and all(well.is_stimulated for well in wells):
        yield at_row(
            rows[0],
            severity="warning",
            code="only-stimulated-wells",
            column="stimulus",
            found=f"{len(wells)} stimulated wells and no unstimulated one",
            expected="wells without a stimulus, named none, unstimulated, medium, ...",
            advice="There is no response without them. List them, or give their word the value "
            "none.",
        )


def _troubles(rows: list[dict[str, Any]], wells: list[Well]) -> Iterator[Finding]:
    for partner in well_partners(wells):
        row, well = rows[partner.stimulated], wells[partner.stimulated]
        whose = f"control {well.donor}" if well.is_control else f"sample {well.sample_id}"
        panel = f", panel {well.panel}" * bool(well.panel)
        if partner.unstimulated is None:
            yield at_row(
                row,
                severity="warning",
                code="no-unstimulated-well",
                column="stimulus",
                found=f"{row['stimulus']} of {whose}{panel}, alone: {partner.status}",
                expected="an unstimulated well of the same sample and panel",
                advice="A response is a difference between two wells: list the other one, with "
                "the stimulus none.",
            )
        elif not partner.same_batch:
            yield at_row(
                row,
                severity="warning",
                code="partner-in-another-batch",
                column="batch",
                found=f"{row['stimulus']} of {whose}{panel}: {partner.status}",
                expected="both wells of a pair in one batch",
                advice="The pair is used. Bridging controls tell how much batches differ.",
            )


UNPAIRED_WELLS = Check(
    ("only-stimulated-wells", "no-unstimulated-well", "partner-in-another-batch"),
    "stimulated wells without an unstimulated partner, or with one of another batch",
    _look,
)
