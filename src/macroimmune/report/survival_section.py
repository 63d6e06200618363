"""Kaplan-Meier curves of the whole study, one figure for each endpoint."""

from macroimmune.report.curves import CurveKey
from macroimmune.report.kaplan_meier_figure import kaplan_meier_figure
from macroimmune.report.page import FigureWithNote, SurvivalSection
from macroimmune.report.source import ReportSource, slug
from macroimmune.report.svg import Figure

__all__ = ["survival_figure", "survival_section"]


def survival_section(source: ReportSource) -> SurvivalSection | None:
    """Return the section, or None where the run left no curve of the whole study."""
    figures = tuple(
        FigureWithNote(
            heading=source.endpoint_title(key.endpoint),
            figure=survival_figure(source, key, "of the study"),
        )
        for key in source.curves.about("kaplan_meier", "")
    )
    return SurvivalSection(figures) if figures else None


def survival_figure(source: ReportSource, key: CurveKey, subject: str) -> Figure:
    """Return the Kaplan-Meier figure of one key, with its numbers at risk."""
    stem = source.anchors.get(key.feature, "study")
    landmark = "" if key.landmark_days is None else f"-day-{key.landmark_days:g}"
    about = (key.feature, key.endpoint, key.landmark_days)
    return kaplan_meier_figure(
        slug(f"survival-{stem}-{key.endpoint}{landmark}"),
        source.curves.groups("kaplan_meier", *about),
        source.curves.groups("at_risk", *about),
        outcome=source.endpoint_title(key.endpoint),
        landmark_days=key.landmark_days,
        subject=subject,
    )
