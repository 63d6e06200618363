"""Calibration: published quantities beside the model's."""

from collections.abc import Sequence

from macroimmune.report.mechanism.sections import PageSection
from macroimmune.report.mechanism.target_figure import ComparedTarget, target_figure
from macroimmune.report.numbers import MISSING, plural, significant
from macroimmune.report.page_parts import FigureWithNote
from macroimmune.report.sections_repertoires import SectionPart
from macroimmune.report.tables import number_cell, table

__all__ = ["targets_section"]


def targets_section(rows: Sequence[ComparedTarget]) -> PageSection | None:
    """Return the section, or None without a quantity."""
    if not rows:
        return None
    within = sum(row.is_within for row in rows)
    return PageSection(
        anchor="calibration",
        heading="What the model was calibrated to",
        lead=f"{within} of {plural(len(rows), 'published quantity', 'published quantities')} lie "
        "within the range that was published (filled disc).",
        parts=(
            SectionPart(
                figures=(
                    FigureWithNote(
                        "Model and publication",
                        target_figure("model-targets", rows),
                        "Bar: published range, 95 %. Source: publications of the table; runs of "
                        "the model.",
                    ),
                ),
                folded=(
                    table(
                        "Published quantities",
                        ("Quantity", "Unit", "Published#", "Low#", "High#", "Model#", "Grade",
                         "Source"),
                        [
                            (
                                row.meaning,
                                row.unit,
                                *(number_cell(significant(n), n)
                                  for n in (row.value, row.low, row.high)),
                                number_cell(
                                    MISSING if row.model is None else significant(row.model),
                                    row.model, "" if row.is_within else "strong",
                                ),
                                row.grade,
                                row.source,
                            )
                            for row in rows
                        ],
                        "Marked: outside the published range.",
                    ),
                ),
            ),
        ),
    )  # fmt: skip
