"""Prognostic or predictive: the interaction of each baseline feature with the treatment."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from macroimmune.association.arms import control_and_treated
from macroimmune.association.detection_limits import at_their_limits, undetected_of
from macroimmune.association.endpoint_data import EndpointData, strata_columns, strata_labels
from macroimmune.association.ledger import LedgerEntry
from macroimmune.association.row import on_model_scale
from macroimmune.association.survival_association import doubt, few_events
from macroimmune.association.values import ParticipantValues
from macroimmune.features import SCALE_LABELS
from macroimmune.results import conform, empty
from macroimmune.statistics import (
    InteractionFit,
    predictive_verdict,
    proportional_hazards,
    treatment_interaction,
)
from macroimmune.study import Study

__all__ = ["Interaction", "interactions", "predictive_frame"]

METHOD = "interaction with treatment, Cox model"
PROPORTIONALITY = "proportional hazards of the interaction, score test"


@dataclass(frozen=True, slots=True, eq=False)
class Interaction:
    """One feature and survival endpoint against the control arm; no fit without one.

    `note` says where hazards are not proportional, `limits` how many values stand at theirs.
    """

    feature: str
    endpoint: str
    scale: str
    fit: InteractionFit | None
    note: str = ""
    limits: str = ""


def interactions(
    study: Study,
    values: list[ParticipantValues],
    data: list[EndpointData],
) -> tuple[list[Interaction], list[LedgerEntry]]:
    """Return the interactions of baseline features with treatment, and the tests made.

    Parameters
    ----------
    study : Study
        Its analysis settings name control and treated arms; arms named in neither are left out.
    values : list of ParticipantValues
        Baseline features.
    data : list of EndpointData
        From time zero. Declared strata and several cohorts stratify, not the arm, which is in
        the model; cohorts do not where each arm is one of its own.

    Returns
    -------
    found : list of Interaction
        With `fit` None everywhere where the study has no control arm.
    entries : list of LedgerEntry
    """
    survival_data = [item for item in data if item.survival is not None]
    pairs = [(value, item) for value in values for item in survival_data]
    if not study.analysis.control_arms:
        return [Interaction(v.definition.id, d.endpoint.id, _scale(v), None) for v, d in pairs], []
    control, treated = control_and_treated(study)
    columns = strata_columns(study, of_feature=False, at_landmark=False)
    strata = strata_labels(study, columns)
    found, entries = [], []
    for value, item in pairs:
        chosen = item.known & ~np.isnan(value.on_scale) & (control | treated)
        covariate, _ = on_model_scale(value.on_scale[chosen], value.definition.scale)
        survival, arm_of = item.survival_of(chosen), treated[chosen]
        stratum = None if strata is None else strata[chosen]
        fit = treatment_interaction(
            survival, covariate, arm_of, randomised=study.analysis.randomised, strata=stratum
        )
        key, note = (value.definition.id, item.endpoint.id, None), ""
        entries.append(LedgerEntry(*key, METHOD, fit.p_value, fit.status))
        if not fit.status:
            design = np.column_stack([covariate, arm_of, covariate * arm_of])
            hazards = proportional_hazards(survival, design, strata=stratum)
            p_value = float(hazards.p_values[2])
            note = doubt(p_value)
            entries.append(
                LedgerEntry(*key, PROPORTIONALITY, p_value, hazards.status, is_diagnostic=True)
            )
        limits = at_their_limits(undetected_of(value, chosen))
        found.append(Interaction(*key[:2], _scale(value), fit, note, limits))
    return found, entries


def _scale(value: ParticipantValues) -> str:
    return SCALE_LABELS[value.definition.scale]


def predictive_frame(study: Study, found: list[Interaction], ledger: pl.DataFrame) -> pl.DataFrame:
    """Return the table `predictive` of the results contract, with q-values and verdicts."""
    if not found:
        return empty("predictive")
    q_by_key = {
        (feature, endpoint): q
        for feature, endpoint, q in ledger
        .filter(pl.col("method") == METHOD)
        .select("feature", "endpoint", "q_value")
        .iter_rows()
    }
    design = study.analysis.design
    rows = []
    for item in found:
        q_value = q_by_key.get((item.feature, item.endpoint))
        q_number = float("nan") if q_value is None else float(q_value)
        verdict = predictive_verdict(item.fit, design=design, q_value=q_number)
        rows.append({
            "feature": item.feature,
            "endpoint": item.endpoint,
            "scale": item.scale,
            "control": ", ".join(study.analysis.control_arms),
            "design": design,
            "q_value": q_number,
            "verdict": verdict.sentence,
            **_numbers(item),
        })
    return conform("predictive", pl.DataFrame(rows, infer_schema_length=None))


def _numbers(item: Interaction) -> dict[str, object]:
    fit = item.fit
    if fit is None:
        names = ("interaction_hazard_ratio", "ci_low", "ci_high", "p_value")
        of_arms = (
            f"{arm}_{end}" for arm in ("control", "treated") for end in ("ci_low", "ci_high")
        )
        ratios = ("hazard_ratio_control", "hazard_ratio_treated", *of_arms, "n", "n_events")
        return dict.fromkeys((*names, *ratios)) | {"status": "no control arm"}
    notes = (fit.status or few_events(fit.n_events), item.note, item.limits)
    return {
        "interaction_hazard_ratio": fit.hazard_ratio_ratio,
        "ci_low": fit.ci_low,
        "ci_high": fit.ci_high,
        "p_value": fit.p_value,
        "hazard_ratio_control": float(fit.marker_hazard_ratio[0]),
        "control_ci_low": float(fit.marker_ci_low[0]),
        "control_ci_high": float(fit.marker_ci_high[0]),
        "hazard_ratio_treated": float(fit.marker_hazard_ratio[1]),
        "treated_ci_low": float(fit.marker_ci_low[1]),
        "treated_ci_high": float(fit.marker_ci_high[1]),
        "n": fit.n,
        "n_events": fit.n_events,
        "status": "; ".join(part for part in notes if part),
    }
