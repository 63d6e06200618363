"""Virtual studies from FCS files to effects on outcome, held against the truth of every donor.

Run from the root of the repository, sizes as they are wanted:

``python -m benchmarks.responsiveness_of_virtual_studies [DONORS] [SEEDS] [PATIENTS] [OUTCOMES]``

1. SEEDS studies of DONORS patients and 20 healthy people with 500 effector CD4 T cells per well,
   known by their labels.
2. One study of as many donors through all stages, from files of 6,600 events.
3. The scores of PATIENTS patients against OUTCOMES draws of their outcomes, with an effect of
   responsiveness, without any, and with batches that go with outcome. Where PATIENTS is DONORS the
   scores are those of 2, else of labelled cells.

The truth of a score is what 10,000 other cells of the donor give by their true labels against the
same reference: in the batch of the sample, which intervals of cells and thresholds are to hold, and
in an average batch, which they are to hold with the variance between batches. An average batch is
another assay than those of the reference: its offset, printed too, is no error of a donor's score.
"""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import spearmanr
from tests.recovery.virtual_wells import (
    beside_truth,
    endless_differences,
    held,
    labelled_responses,
    study_plan,
    wells_of,
)

import macroimmune
from macroimmune.association.confounded_batches import ConfoundedFeatures
from macroimmune.association.corrected_effects import corrected_effects
from macroimmune.association.endpoint_data import endpoint_data
from macroimmune.association.values import participant_values
from macroimmune.features import FeatureTable, compute_features, responsiveness_features
from macroimmune.outcomes import Survival
from macroimmune.response import ScoredResponses, score_responses
from macroimmune.simulator import available_workers, write_virtual_study
from macroimmune.simulator.people.draw_outcomes import draw_outcomes
from macroimmune.simulator.people.draw_people import draw_people
from macroimmune.simulator.plan import EffectPlan, StudyPlan
from macroimmune.simulator.virtual_study import VirtualStudy, draw_virtual_study
from macroimmune.statistics import cox
from macroimmune.study import Study, study_from_frames

HEALTHY, CELLS, ENDLESS = 20, 500, 10_000
SCORE = "ifn1_responsiveness_effector_cd4"
EFFECTS = (EffectPlan("ifn_responsiveness", 1.6, 0.6),)


def people_of(study: VirtualStudy) -> pl.DataFrame:
    """Return the participants of a virtual study."""
    group = np.where(study.people.is_patient, "patient", "healthy")
    return pl.DataFrame({"participant_id": study.people.participant_ids, "group": group})


def by_labels(plan: StudyPlan) -> tuple[VirtualStudy, ScoredResponses, pl.DataFrame]:
    """Return a study, its scores and its responses, of cells known by their labels."""
    drawn = draw_virtual_study(plan)
    responses = labelled_responses(plan, wells_of(drawn), CELLS)
    study = study_from_frames("virtual", participants=people_of(drawn))
    return drawn, score_responses(responses, study=study), responses


def from_files(plan: StudyPlan) -> tuple[VirtualStudy, ScoredResponses, pl.DataFrame]:
    """Return the same, of the FCS files that the study writes."""
    workers = available_workers()
    with tempfile.TemporaryDirectory() as folder:
        path = write_virtual_study(Path(folder) / "study", plan, workers=workers)
        study = macroimmune.open_study(path.parent)
        responses = macroimmune.measure_responses(study, workers=workers).tables[
            "stimulation_responses"
        ]
        return draw_virtual_study(plan), score_responses(responses, study=study), responses


def lines(title: str, study: VirtualStudy, scored: ScoredResponses) -> Iterator[str]:
    """Yield how the scores of one study stand to the truth, by list of markers and batch."""
    for in_same_batch in (True, False):
        true = endless_differences(
            study.plan, wells_of(study), ENDLESS, in_same_batch=in_same_batch
        )
        rows = beside_truth(scored, true, study)
        for (listed,), part in rows.group_by("marker_list", maintain_order=True):
            error = (part["score"] - part["truth"]).to_numpy()
            order = spearmanr(part["score"], part["responsiveness"]).statistic
            freed = held(part, offset=float(np.median(error))).mean()
            yield (
                f"{title:12s} {listed:13s} {'own batch' if in_same_batch else 'average  '} "
                f"n {part.height:3d}  Spearman {order:.3f}  error SD {error.std():.3f} "
                f"(stated {part['standard_error'].mean():.3f})  offset {np.median(error):+.3f}  "
                f"95 %: {held(part).mean():.3f} (less offset {freed:.3f})  "
                f"80 %: {held(part, '80').mean():.3f}"
            )


def without_scores(scored: ScoredResponses) -> Iterator[str]:
    """Yield how many samples have no score in each population, and why the first has none."""
    rows = scored.responsiveness.filter(pl.col("control") == "")
    for (name,), part in rows.group_by("population", maintain_order=True):
        none = part.filter(pl.col("score").is_null())
        why = none["status"][0] if none.height else ""
        yield f"{name}: {none.height} of {part.height} samples without a score; {why}"
    for row in scored.definitions.iter_rows(named=True):
        yield f"{row['marker_list']}, {row['other']}: {row['n_samples']} compared; {row['status']}"


def outcomes_of(plan: StudyPlan, people: object, number: int) -> pl.DataFrame:
    """Return overall survival of one draw of outcomes, patients only."""
    drawn = draw_outcomes(plan, people, place=("again", number))
    known = np.isfinite(drawn.death_days)
    return pl.DataFrame({
        "participant_id": people.participant_ids[known],
        "os_time_days": np.minimum(drawn.death_days, drawn.last_seen_days)[known].clip(0.5),
        "os_event": (drawn.death_days <= drawn.last_seen_days)[known],
    })


def marginal_ratio(plan: StudyPlan) -> float:
    """Return the log hazard ratio per SD of the true responsiveness in very many patients."""
    many = replace(plan, patients=50_000, healthy=0)
    people = draw_people(many)
    outcomes = outcomes_of(many, people, 0)
    survival = Survival(
        time=outcomes["os_time_days"].to_numpy(), event=outcomes["os_event"].to_numpy()
    )
    true = people.ifn_responsiveness
    return float(cox(survival, true).coefficients[0] * true.std())


def measured_study(
    study: VirtualStudy, outcomes: pl.DataFrame, scored: ScoredResponses, responses: pl.DataFrame
) -> tuple[Study, FeatureTable]:
    """Return patients with outcomes, and their scores as features."""
    people = people_of(study).filter(group="patient")
    read = study_from_frames("virtual", participants=people, outcomes=outcomes)
    is_patient = pl.col("participant_id").is_in(people["participant_id"].implode())
    found = responsiveness_features(
        scored.responsiveness.filter(is_patient), responses.filter(is_patient), study=read
    )
    return read, compute_features(read, None, found)


def of_outcomes(
    study: VirtualStudy, scored: ScoredResponses, responses: pl.DataFrame, n: int
) -> Iterator[str]:
    """Yield how effects of the scores on outcome stand to the truth."""
    for words, effects in (("effect", EFFECTS), ("no effect", ())):
        plan = replace(study.plan, effects=effects)
        true = marginal_ratio(plan)
        rows = [_corrected(study, plan, scored, responses, number) for number in range(n)]
        # Per SD of the true score: that of the measured one times the root of the reliability.
        scale = np.sqrt([row["corrected"].reliability for row in rows])
        for model in ("naive", "corrected"):
            unit = scale if model == "corrected" else 1.0
            low, middle, high = (
                unit * np.log([getattr(row[model], name) for row in rows])
                for name in ("ci_low", "estimate", "ci_high")
            )
            found = np.mean([row[model].p_value < 0.05 for row in rows])
            yield (
                f"{words:9s} {model:9s} n {study.people.is_patient.sum()}  {n} outcomes  true HR "
                f"{np.exp(true):.3f}  mean {np.exp(middle.mean()):.3f}  95 % hold it: "
                f"{np.mean((low <= true) & (true <= high)):.3f}  p < 0.05: {found:.3f}  "
                f"reliability {np.mean(scale**2):.3f}"
            )


def _corrected(
    study: VirtualStudy,
    plan: StudyPlan,
    scored: ScoredResponses,
    responses: pl.DataFrame,
    number: int,
) -> dict[str, object]:
    outcomes = outcomes_of(plan, study.people, number)
    read, features = measured_study(study, outcomes, scored, responses)
    window = read.analysis.baseline_window_days
    ids = read.participants["participant_id"]
    looks = [(participant_values(features, ids, window=window), endpoint_data(read))]
    rows = corrected_effects(read, features, looks, ConfoundedFeatures())
    return {row.model: row for row in rows if row.feature == SCORE and row.endpoint == "os"}


def of_confounded(
    study: VirtualStudy, scored: ScoredResponses, responses: pl.DataFrame
) -> Iterator[str]:
    """Yield what is said where each batch was filled with people who died early, or late."""
    plan = replace(study.plan, effects=EFFECTS)
    outcomes = outcomes_of(plan, study.people, 0)
    batches = outcomes.sort("os_time_days").select(
        "participant_id",
        moved=pl.format("B{}", 1 + pl.int_range(pl.len()) // (1 + pl.len() // 8)),
    )

    def by_outcome(rows: pl.DataFrame) -> pl.DataFrame:
        joined = rows.join(batches, on="participant_id", how="left", maintain_order="left")
        return joined.with_columns(batch=pl.coalesce("moved", "batch")).drop("moved")

    moved = replace(scored, responsiveness=by_outcome(scored.responsiveness))
    found = macroimmune.associate(*measured_study(study, outcomes, moved, by_outcome(responses)))
    rows = found.corrected_effects.filter(feature=SCORE, endpoint="os")
    for row in rows.iter_rows(named=True):
        yield f"confounded: {row['model']}: ratio {row['estimate']}; {row['status']}"
    for finding in found.refusals:
        yield f"confounded: finding {finding.code}: {finding.found}"


def main(donors: int, seeds: int, patients: int, outcomes: int) -> None:
    """Print every part as it is done."""
    for seed in range(1, seeds + 1):
        drawn, scored, _ = by_labels(study_plan(donors, HEALTHY, seed))
        for line in lines(f"labels, {seed}", drawn, scored):
            print(line, flush=True)
    drawn, scored, responses = from_files(study_plan(donors, HEALTHY, 101))
    for line in (*lines("files", drawn, scored), *without_scores(scored)):
        print(line, flush=True)
    if patients != donors:
        drawn, scored, responses = by_labels(study_plan(patients, HEALTHY, 201))
    for line in of_outcomes(drawn, scored, responses, outcomes):
        print(line, flush=True)
    for line in of_confounded(drawn, scored, responses):
        print(line, flush=True)


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    main(*given, *(20, 1, 100, 40)[len(given) :])
