"""The model in the report of a study that was drawn from it."""

from macroimmune.report.mechanism.claims_section import claims_lead, claims_parts
from macroimmune.report.sections_model import ModelSection
from macroimmune.report.source import ReportSource

__all__ = ["model_section"]


def model_section(source: ReportSource) -> ModelSection | None:
    """Return the section, or None where the results hold no table of the model."""
    if source.tables["model_claims"].is_empty() and source.tables["model_scores"].is_empty():
        return None
    return ModelSection(
        lead="The participants of this study are virtual: they follow a mechanistic model, not "
        f"measurements. {claims_lead(source.tables['model_scores'])}",
        parts=tuple(claims_parts(source.tables)),
    )
