"""Features whose batches hang together with an outcome: they are tested against none."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.association.each_feature import Look, refused_row
from macroimmune.association.endpoint_data import EndpointData, strata_columns, strata_labels
from macroimmune.association.random_draws import random_draws
from macroimmune.association.row import AssociationRow
from macroimmune.features import FeatureTable, baseline_rows
from macroimmune.results import Finding
from macroimmune.statistics import confounding_refusal
from macroimmune.study import Study

__all__ = ["CONFOUNDED", "ConfoundedFeatures", "confounded_features", "why_confounded"]

CONFOUNDED = "refused: batch is confounded"
_REFUSED = "refused: "
_LEVEL = 0.05
_FEWEST_OF_STRATUM = 10
_ADVICE = (
    "They are tested against no outcome: what differs may be the assay, and adjusting for batch "
    "would take the effect along. Measure samples with good and bad outcomes in each batch"
)


@dataclass(frozen=True, slots=True)
class ConfoundedFeatures:
    """Which features are refused, and why.

    Parameters
    ----------
    reasons : mapping from feature to sentence
    rows : list of AssociationRow
        One without an estimate for each endpoint at the time of the feature.
    findings : tuple of Finding
        One for each reason, with the features it holds for.
    """

    reasons: dict[str, str] = field(default_factory=dict)
    rows: list[AssociationRow] = field(default_factory=list)
    findings: tuple[Finding, ...] = ()

    def left_in(self, looks: list[Look]) -> list[Look]:
        """Return the looks without the features that are refused."""
        return [
            ([item for item in values if item.definition.id not in self.reasons], data)
            for values, data in looks
        ]

    def left_of(self, features: FeatureTable) -> FeatureTable:
        """Return the features that are not refused."""
        if not self.reasons:
            return features
        kept = tuple(item for item in features.computed if item.id not in self.reasons)
        frame = features.frame.filter(~pl.col("feature").is_in(list(self.reasons)))
        return replace(features, frame=frame, computed=kept)

    def with_other_bases(self, study: Study) -> Study:
        """Return the study without refused features among those that others are to add to."""
        bases = study.analysis.added_value_over
        kept = tuple(name for name in bases if name not in self.reasons)
        if kept == bases:
            return study
        return replace(study, analysis=replace(study.analysis, added_value_over=kept))


def confounded_features(
    study: Study, features: FeatureTable, looks: list[Look], *, seed: int
) -> ConfoundedFeatures:
    """Return the features that no endpoint may be compared on, because their batch goes with one.

    Parameters
    ----------
    study : Study
    features : FeatureTable
        Those that tell their batches are looked at.
    looks : list of (features, endpoints)
        At baseline, then at each landmark.
    seed : int
        Of the permutations.

    Returns
    -------
    found : ConfoundedFeatures

    Notes
    -----
    Convention: the rule by which batches are not aligned either (`confounding_refusal`), within
    the strata of the models, with 5 % over all endpoints and strata together. Survival is divided
    at the median time, who was censored before it is not known. Batches with one participant, and
    strata with fewer than ten, tell nothing. A feature is refused against all endpoints where its
    batch goes with one of them, because outcomes go with each other; so is its change since
    baseline.
    """
    batched = set(features.batches["feature"].unique())
    if not batched:
        return ConfoundedFeatures()
    reasons: dict[str, str] = {}
    # Features of one assay have the same batches: each pattern is looked at once.
    told: dict[tuple[int, tuple[str, ...]], str] = {}
    for place, (values, data) in enumerate(looks):
        columns = strata_columns(study, of_feature=True, at_landmark=place > 0)
        strata = strata_labels(study, columns)
        for item in values:
            name = item.definition.id
            if name not in batched or name in reasons:
                continue
            batch = _batches(study, features, name, item.landmark_days)
            if (place, batch) not in told:
                told[place, batch] = why_confounded(batch, data, strata, seed)
            why = told[place, batch] or reasons.get(item.definition.baseline_of, "")
            if why:
                reasons[name] = why
    rows = [
        refused_row(item.definition, endpoint, reasons[item.definition.id])
        for values, data in looks
        for item in values
        if item.definition.id in reasons
        for endpoint in data
    ]
    return ConfoundedFeatures(reasons, rows, tuple(_findings(reasons)))


def _batches(
    study: Study, features: FeatureTable, name: str, landmark_days: float | None
) -> tuple[str, ...]:
    """Return the batch of each participant, empty where it is not known or holds nobody else."""
    window = study.analysis.baseline_window_days
    if landmark_days is not None:
        window = (float(np.nextafter(0.0, 1.0)), landmark_days)
    chosen = baseline_rows(features.frame.filter(pl.col("feature") == name), window)
    keys = ["feature", "participant_id", "days_from_treatment_start"]
    batches = chosen.select(keys).join(features.batches, on=keys, how="left").unique(keys)
    shared = pl.when(pl.len().over("batch") > 1).then("batch")
    batches = batches.select("participant_id", shared.alias("batch"))
    people = study.participants.select("participant_id")
    joined = people.join(batches, on="participant_id", how="left", maintain_order="left")
    return tuple(joined["batch"].fill_null(""))


def why_confounded(
    batch: tuple[str, ...], data: list[EndpointData], strata: NDArray[np.int64] | None, seed: int
) -> str:
    """Return why features of these batches are refused, empty where they are not.

    Parameters
    ----------
    batch : tuple of str, one per participant
        Empty where it tells nothing.
    data : list of EndpointData
    strata : int array, shape (participants,), or None
    seed : int
    """
    labels = np.array(batch)
    groups = _strata(labels, strata)
    largest_p = _LEVEL / max(len(data) * len(groups), 1)
    for item in data:
        outcome = _outcome(item)
        for rows in groups:
            why = confounding_refusal(
                labels[rows].tolist(),
                outcome[rows].tolist(),
                item.endpoint.name,
                rng=random_draws(seed, "batches", item.endpoint.id, item.landmark_days),
                largest_p=largest_p,
            )
            if why:
                return f"{_REFUSED}{why}; what differs may be the assay"
    return ""


def _strata(labels: NDArray[np.str_], strata: NDArray[np.int64] | None) -> list[NDArray[np.bool_]]:
    """Return who is compared with each other."""
    has_batch = labels != ""
    if strata is None:
        return [has_batch]
    groups = [has_batch & (strata == one) for one in np.unique(strata)]
    return [rows for rows in groups if rows.sum() >= _FEWEST_OF_STRATUM]


def _outcome(data: EndpointData) -> NDArray[np.str_]:
    """Return the group of each participant by outcome, empty where it is not known."""
    groups = np.full(data.known.size, "", dtype="U7")
    if data.survival is None:
        groups[data.known] = np.where(data.outcome_of(data.known), "yes", "no")
        return groups
    time, event = data.survival.time, data.survival.event
    if time.size:
        later = time > np.median(time)
        groups[data.known] = np.where(later, "longer", np.where(event, "shorter", ""))
    return groups


def _findings(reasons: dict[str, str]) -> Iterator[Finding]:
    for reason in dict.fromkeys(reasons.values()):
        names = [name for name, why in reasons.items() if why == reason]
        listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        yield Finding(
            "warning",
            "batch-confounded",
            "",
            None,
            "batch",
            f"{reason.removeprefix(_REFUSED)} ({listed})",
            "batches that do not go with outcome",
            f"{_ADVICE}.",
        )
