"""The sections of the page of one study, in their order; each of the biomarkers comes between."""

from collections.abc import Callable
from typing import Any

from macroimmune.report.added_value_section import added_value_section
from macroimmune.report.agreement_section import agreement_section
from macroimmune.report.batches_section import batches_section
from macroimmune.report.biomarkers_section import biomarkers_section
from macroimmune.report.cells_section import cells_section
from macroimmune.report.clusters_section import clusters_section
from macroimmune.report.competing_section import competing_section
from macroimmune.report.concordance_section import concordance_section
from macroimmune.report.cut_points_section import cut_points_section
from macroimmune.report.findings_section import findings_section
from macroimmune.report.ledger_section import ledger_section, methods_section
from macroimmune.report.mechanism.model_section import model_section
from macroimmune.report.meta_section import meta_section
from macroimmune.report.predictive_section import predictive_section
from macroimmune.report.remark import remark_section
from macroimmune.report.repertoires import (
    changes_section,
    clone_cells_section,
    diversity_section,
    neighbours_section,
    repertoires_section,
    sharing_section,
    tracking_section,
    turnover_section,
)
from macroimmune.report.response import (
    checks_section,
    dose_section,
    outcome_section,
    pre_encoded_section,
    responsiveness_section,
    stimulation_section,
)
from macroimmune.report.restricted_mean_section import restricted_mean_section
from macroimmune.report.source import ReportSource
from macroimmune.report.study_section import study_section
from macroimmune.report.survival_section import survival_section
from macroimmune.report.trajectories_section import trajectories_section
from macroimmune.report.truth_section import truth_section

__all__ = [
    "AFTER_DETAILS",
    "BEFORE_DETAILS",
    "OF_COHORTS",
    "REPERTOIRES",
    "RESPONSE",
    "SectionBuilder",
]

SectionBuilder = Callable[[ReportSource], Any]

RESPONSE: tuple[SectionBuilder, ...] = (
    stimulation_section,
    responsiveness_section,
    outcome_section,
    checks_section,
    dose_section,
    pre_encoded_section,
)
REPERTOIRES: tuple[SectionBuilder, ...] = (
    repertoires_section,
    diversity_section,
    changes_section,
    turnover_section,
    tracking_section,
    sharing_section,
    clone_cells_section,
    neighbours_section,
)
BEFORE_DETAILS: tuple[SectionBuilder, ...] = (
    study_section,
    findings_section,
    cells_section,
    *RESPONSE,
    *REPERTOIRES,
    survival_section,
    restricted_mean_section,
    biomarkers_section,
    cut_points_section,
    meta_section,
    competing_section,
    predictive_section,
    added_value_section,
    trajectories_section,
    agreement_section,
    batches_section,
    concordance_section,
    clusters_section,
    truth_section,
    model_section,
)
AFTER_DETAILS: tuple[SectionBuilder, ...] = (ledger_section, methods_section, remark_section)
OF_COHORTS: tuple[SectionBuilder, ...] = (
    meta_section,
    findings_section,
    ledger_section,
    methods_section,
)
