"""What a feature is: its name, unit, scale in models, and the evidence that it serves."""

from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from macroimmune.features.scales import Scale

__all__ = [
    "BATCH_COLUMNS",
    "ERROR_COLUMNS",
    "SAMPLE_COLUMNS",
    "UNDETECTED",
    "FeatureDefinition",
    "FeatureTable",
    "Timing",
]

Timing = Literal["baseline", "on treatment", "change"]

# The status of a value that stands at its limit of detection; the true one is lower.
UNDETECTED = "undetected: at the limit"

# What every family returns for each sample; the engine adds feature, unit and compartment.
SAMPLE_COLUMNS = {
    "participant_id": pl.String(),
    "sample_id": pl.String(),
    "days_from_treatment_start": pl.Float64(),
    "value": pl.Float64(),
    "status": pl.String(),
}
_VALUE = {
    "feature": pl.String(),
    "participant_id": pl.String(),
    "days_from_treatment_start": pl.Float64(),
}
# Where a feature tells in which batch its values were measured.
BATCH_COLUMNS = {**_VALUE, "batch": pl.String()}
# Where it tells their errors of measurement, on the scale on which it enters models.
ERROR_COLUMNS = {**_VALUE, "standard_error": pl.Float64(), "is_batch_included": pl.Boolean()}


@dataclass(frozen=True, slots=True)
class FeatureDefinition:
    """One feature, as computed or as it could be.

    Parameters
    ----------
    id, name : str
        Id as in tables; name for people.
    family : str
        Blood counts, proteins, populations, functional assays, tumour burden, supplied.
    unit : str
        Unit of its values.
    scale : {"doubling", "npx", "share", "root", "sd", "flag"}
        How values enter models, see `scales`.
    needs : str
        What a study must hold for it, in words that complete "needs ...".
    timing : {"baseline", "on treatment", "change"}
        Which samples are used: before treatment, or up to a landmark.
    compartment : str
    evidence : tuple of str
        Features of the evidence (`biomarkers.csv`, column id) that it speaks to.
    part_of_endpoints : tuple of str
        Endpoints that are defined by this feature; it is never tested against them.
    baseline_of : str
        Id of the feature whose change since baseline this is; empty for all others.
    denominator : str
        What a population is a share of, as the study writes it; empty for all others.
    """

    id: str
    name: str
    family: str
    unit: str
    scale: Scale
    needs: str
    timing: Timing = "baseline"
    compartment: str = "blood"
    evidence: tuple[str, ...] = ()
    part_of_endpoints: tuple[str, ...] = ()
    baseline_of: str = ""
    denominator: str = ""


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """All features of a study.

    Parameters
    ----------
    frame : polars DataFrame
        The table `features` of the results contract: sample x feature.
    computed : tuple of FeatureDefinition
        Those with at least one value, in order of the catalogue.
    missing : tuple of (FeatureDefinition, str)
        Those of the catalogue that this study cannot give, each with the reason.
    batches : polars DataFrame
        The batch in which values were measured, of the features that tell it: feature,
        participant_id, days_from_treatment_start, batch.
    errors : polars DataFrame
        The standard errors of measurement, of the features that tell them, and whether these hold
        the variance between batches: feature, participant_id, days_from_treatment_start,
        standard_error, is_batch_included.
    """

    frame: pl.DataFrame
    computed: tuple[FeatureDefinition, ...]
    missing: tuple[tuple[FeatureDefinition, str], ...]
    batches: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=BATCH_COLUMNS))
    errors: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ERROR_COLUMNS))

    def definition(self, feature: str) -> FeatureDefinition | None:
        """Return the definition of a computed feature, None where it was not computed."""
        return next((item for item in self.computed if item.id == feature), None)
