import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr
from tests.response.score.made_responses import (
    EARLY,
    drawn_differences,
    made_responses,
    study_of,
)

from macroimmune.response import blood_samples, score_responses

PEOPLE = [f"P{row:03d}" for row in range(40)]


def by_person(rows: pl.DataFrame, column: str = "score") -> np.ndarray:
    return rows.sort("participant_id")[column].to_numpy()


def test_the_score_is_the_mean_distance_from_the_median_in_scaled_deviations():
    differences = np.arange(21.0)[:, None] * np.array([1.0, 2.0, 5.0])
    responses = made_responses(differences, markers=EARLY, marker_list="ifn1_early")
    scored = score_responses(responses, study=study_of(PEOPLE[:21]))
    # Only three of six early markers are there: just enough. Medians 10, 20, 50; MAD 5, 10, 25.
    assert by_person(scored.responsiveness) == pytest.approx((np.arange(21.0) - 10) / (1.4826 * 5))
    assert scored.responsiveness["n_markers"].to_list() == [3] * 21
    reference = scored.reference.filter(pl.col("marker") == "pSTAT3").row(0, named=True)
    assert reference["reference"] == "baseline"
    assert (reference["median"], reference["scaled_mad"]) == pytest.approx((20, 14.826))


def test_scores_follow_the_true_responsiveness():
    truth, differences = drawn_differences(40, 1)
    scored = score_responses(made_responses(differences), study=study_of(PEOPLE))
    assert spearmanr(by_person(scored.responsiveness), truth).statistic > 0.95
    assert scored.findings == ()


def test_fewer_than_twenty_people_give_no_score_but_say_why():
    _, differences = drawn_differences(19, 1)
    scored = score_responses(made_responses(differences), study=study_of(PEOPLE[:19]))
    assert scored.responsiveness["score"].null_count() == 19
    assert "19 people at baseline" in scored.responsiveness["status"][0]
    assert scored.responsiveness["group"].unique().to_list() == [""]
    assert [one.code for one in scored.findings] == ["no-responsiveness-reference"]


def both_lists(n: int = 40) -> pl.DataFrame:
    """Return early and induced responses that have nothing to do with each other."""
    _, early = drawn_differences(n, 5, markers=3)
    _, induced = drawn_differences(n, 6)
    return pl.concat([
        made_responses(early, markers=EARLY, marker_list="ifn1_early"),
        made_responses(induced),
    ])


def test_early_and_induced_markers_are_two_scores_that_do_not_touch_each_other():
    together = score_responses(both_lists(), study=study_of(PEOPLE)).responsiveness
    for name, part in both_lists().partition_by("marker_list", as_dict=True).items():
        alone = score_responses(part, study=study_of(PEOPLE)).responsiveness
        same = together.filter(pl.col("marker_list") == name[0])
        assert by_person(same) == pytest.approx(by_person(alone))
    marker_sets = set(together["markers"].unique().to_list())
    assert marker_sets == {"pSTAT1;pSTAT3;pSTAT5", "BST2;IFIT1;ISG15;MX1;PDL1"}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("stimulus", "IFN-beta"),
        ("stimulus_minutes", 720.0),
        ("stimulus_dose", 1000.0),
        ("panel", "other"),
        ("modality", "expression"),
        ("unit", "logicle"),
    ],
)
def test_other_stimuli_times_doses_panels_and_units_are_series_of_their_own(column, value):
    _, differences = drawn_differences(40, 1)
    usual = made_responses(differences)
    other = made_responses(10 * differences + 3).with_columns(
        pl.lit(value).alias(column).cast(usual.schema[column])
    )
    both = score_responses(pl.concat([usual, other]), study=study_of(PEOPLE)).responsiveness
    alone = score_responses(usual, study=study_of(PEOPLE)).responsiveness
    # Each series stands against its own reference, so a tenfold answer scores the same.
    assert both.height == 80
    assert by_person(both)[::2] == pytest.approx(by_person(alone))
    assert by_person(both)[1::2] == pytest.approx(by_person(alone))


def test_the_order_of_rows_does_not_matter():
    responses = both_lists()
    shuffled = responses.sample(fraction=1.0, shuffle=True, seed=3)
    first, second = (score_responses(one, study=study_of(PEOPLE)) for one in (responses, shuffled))
    assert first.responsiveness.equals(second.responsiveness)
    assert first.reference.equals(second.reference)


def test_twenty_healthy_controls_are_the_reference_and_fewer_are_part_of_the_cohort():
    _, differences = drawn_differences(40, 1)
    for n, kind, people in ((20, "healthy", 20), (19, "baseline", 40)):
        study = study_of(PEOPLE, healthy=tuple(PEOPLE[:n]))
        scored = score_responses(made_responses(differences), study=study)
        assert scored.reference["reference"].unique().to_list() == [kind]
        assert scored.reference["n_reference"].unique().to_list() == [people]
    asked = study_of(PEOPLE, healthy=tuple(PEOPLE[:19]), reference="healthy")
    scored = score_responses(made_responses(differences), study=asked)
    assert scored.responsiveness["score"].is_null().all()
    assert "19 healthy controls" in scored.responsiveness["status"][0]


def test_only_the_baseline_sample_of_a_person_is_in_the_reference():
    _, differences = drawn_differences(40, 1)
    _, later = drawn_differences(40, 2)
    baseline = made_responses(differences)
    on_treatment = made_responses(
        later + 5, days_from_treatment_start=21.0, sample_id=[f"{one}-21" for one in PEOPLE]
    )
    screening = made_responses(
        later - 5, days_from_treatment_start=-30.0, sample_id=[f"{one}-s" for one in PEOPLE]
    )
    alone = score_responses(baseline, study=study_of(PEOPLE))
    both = score_responses(pl.concat([screening, on_treatment, baseline]), study=study_of(PEOPLE))
    assert both.reference.equals(alone.reference)
    at_baseline = both.responsiveness.filter(pl.col("days_from_treatment_start") == 0)
    assert by_person(at_baseline) == pytest.approx(by_person(alone.responsiveness))
    late = both.responsiveness.filter(pl.col("days_from_treatment_start") == 21)
    assert late["score"].min() > alone.responsiveness["score"].max()


def test_wells_with_few_cells_give_no_score():
    _, differences = drawn_differences(40, 1)
    few = "34 stimulated cells: fewer than 50 give an effect size but no score"
    use = ["effect size"] * 3 + ["score"] * 37
    status = [few] * 3 + [""] * 37
    scored = score_responses(
        made_responses(differences, use=use, status=status), study=study_of(PEOPLE)
    )
    rows = scored.responsiveness.sort("participant_id")
    assert rows["score"].is_null().to_list() == [True] * 3 + [False] * 37
    assert rows["status"][0] == f"no score: {few}"
    assert scored.reference["n_reference"].unique().to_list() == [37]


def test_repeated_wells_of_a_sample_are_one_row():
    _, differences = drawn_differences(40, 1)
    responses = made_responses(differences)
    twice = pl.concat([responses, responses.with_columns(pl.col("difference") + 0.2)])
    rows = score_responses(twice, study=study_of(PEOPLE)).responsiveness
    once = score_responses(responses, study=study_of(PEOPLE)).responsiveness
    assert rows.height == 40
    assert by_person(rows) == pytest.approx(by_person(once))
    assert by_person(rows, "standard_error") == pytest.approx(
        by_person(once, "standard_error") / np.sqrt(2)
    )
    assert "mean of 2 pairs of wells" in rows["status"][0]


def test_too_few_markers_of_the_list_give_no_score():
    _, differences = drawn_differences(40, 1, markers=2)
    scored = score_responses(
        made_responses(differences, markers=EARLY[:2], marker_list="ifn1_early"),
        study=study_of(PEOPLE),
    )
    assert scored.responsiveness["score"].is_null().all()
    assert "3 are needed" in scored.responsiveness["status"][0]


def test_a_declared_list_takes_the_place_of_the_usual_one():
    _, differences = drawn_differences(40, 1)
    study = study_of(PEOPLE, markers={"ifn1_induced": ("MX1", "IFIT1", "ISG15")})
    rows = score_responses(made_responses(differences), study=study).responsiveness
    assert rows["markers"].unique().to_list() == ["IFIT1;ISG15;MX1"]


def test_without_errors_of_cells_there_is_no_interval():
    _, differences = drawn_differences(40, 1)
    rows = score_responses(
        made_responses(differences, errors=None), study=study_of(PEOPLE)
    ).responsiveness
    assert rows["score"].is_not_null().all()
    assert rows["ci80_low"].is_null().all()
    assert rows["group"].unique().to_list() == ["uncertain"]
    assert "no interval" in rows["status"][0]


def test_a_strong_rest_with_a_weak_answer_is_told():
    _, differences = drawn_differences(40, 1)
    levels = 1.0 - 0.5 * differences
    rows = score_responses(
        made_responses(differences, levels=levels), study=study_of(PEOPLE)
    ).responsiveness.sort("score")
    assert "a ceiling looks like a low response" in rows["status"][0]
    assert "a ceiling looks like a low response" not in rows["status"][39]
    # The level says all of the answer here, so nothing of the score is left.
    assert np.abs(rows["adjusted_score"].to_numpy()).max() < 0.1


def test_definitions_of_effector_cells_are_compared_in_the_same_people():
    _, differences = drawn_differences(40, 1)
    noise = 0.3 * np.random.default_rng(4).standard_normal(differences.shape)
    both = pl.concat([
        made_responses(differences),
        made_responses(differences + noise, population="em_cd4"),
    ])
    scored = score_responses(both, study=study_of(PEOPLE))
    memory, temra = scored.definitions.sort("other").to_dicts()
    assert (memory["population"], memory["other"], memory["n_samples"]) == (
        "effector_cd4",
        "em_cd4",
        40,
    )
    wide = scored.responsiveness.pivot("population", index="participant_id", values="score")
    expected = spearmanr(wide["effector_cd4"], wide["em_cd4"]).statistic
    assert memory["spearman"] == pytest.approx(expected)
    assert temra["spearman"] is None
    assert temra["status"].startswith("0 participants have both scores; 3 are needed")
    assert temra["status"].endswith("40 of 40 participants have no score in temra_cd4")


def test_people_without_a_score_for_few_cells_are_counted_beside_the_definition():
    _, differences = drawn_differences(40, 1)
    few = made_responses(
        differences,
        population="temra_cd4",
        n_unstimulated=[31] * 12 + [80] * 28,
        use=["effect size"] * 12 + ["score"] * 28,
    )
    both = pl.concat([made_responses(differences), few])
    rows = score_responses(both, study=study_of(PEOPLE)).definitions
    temra = rows.row(by_predicate=pl.col("other") == "temra_cd4", named=True)
    assert temra["n_samples"] == 28
    assert temra["status"] == (
        "the references differ (baseline, 40 people; baseline, 28 people): so does the mean; "
        "12 of 40 participants have no score in temra_cd4, 12 for fewer than 50 cells"
    )


def test_a_score_says_where_nobody_told_how_long_the_stimulus_acted():
    _, differences = drawn_differences(30, 2)
    told, untold = (
        score_responses(made_responses(differences, **given), study=study_of(PEOPLE))
        for given in ({}, {"stimulus_minutes": None})
    )
    words = "how long the stimulus acted is not stated"
    assert not told.responsiveness["status"].str.contains(words).any()
    assert untold.responsiveness["status"].str.contains(words).all()
    assert untold.responsiveness["score"].equals(told.responsiveness["score"])


def test_no_responses_give_empty_tables():
    nothing = made_responses(np.zeros((1, 5))).clear()
    scored = score_responses(nothing, study=study_of(["a"]))
    tables = (scored.responsiveness, scored.reference, scored.definitions, scored.plates)
    assert [one.height for one in tables] == [0] * 4


def test_tissue_has_no_score():
    _, differences = drawn_differences(40, 1)
    responses = made_responses(differences)
    samples = pl.DataFrame({
        "sample_id": ["P000-0"],
        "participant_id": ["P000"],
        "days_from_treatment_start": [0.0],
        "compartment": ["tumour"],
    })
    study = study_of(PEOPLE, samples=samples)
    scored = score_responses(responses, study=study)
    assert scored.responsiveness.height == 39
    assert [one.code for one in scored.findings] == ["stimulated-samples-not-of-blood"]
    resting = pl.DataFrame({"sample_id": ["P000-0", "P001-0"], "value": [9.0, 1.0]})
    assert blood_samples(resting, study)["value"].to_list() == [1.0]


def test_stated_errors_of_batches_count_where_no_control_is_scored():
    _, differences = drawn_differences(40, 1)
    without, with_batch = (
        score_responses(
            made_responses(differences, thresholds_se=None, batch_se=batch), study=study_of(PEOPLE)
        ).responsiveness
        for batch in (None, 0.1)
    )
    assert without["is_batch_included"].unique().to_list() == [False]
    assert without["status"][0] == (
        "batch not included; thresholds not included; "
        "not adjusted: 0 people with score and unstimulated level; 20 are needed"
    )
    assert with_batch["is_batch_included"].unique().to_list() == [True]
    # Cells: errors that are correlated by 0.25; batches: errors that are one.
    ratio = by_person(with_batch, "standard_error") / by_person(without, "standard_error")
    spread = 1 / score_spread(differences)
    cells = np.sqrt(0.75 * (spread**2).sum() + 0.25 * spread.sum() ** 2)
    assert ratio == pytest.approx(np.sqrt(1 + (spread.sum() / cells) ** 2))


def score_spread(differences: np.ndarray) -> np.ndarray:
    """Return 1.4826 x median absolute deviation of each column."""
    return 1.4826 * np.median(np.abs(differences - np.median(differences, axis=0)), axis=0)


def test_controls_in_several_batches_widen_intervals_by_how_much_they_differ():
    _, differences = drawn_differences(40, 1)
    people = made_responses(differences)

    def scored(shifts: list[float]) -> pl.DataFrame:
        controls = made_responses(
            differences[:1] + np.array(shifts)[:, None],
            participant_id="",
            control="Control A",
            sample_id="Control A",
            batch=[f"B{number}" for number in range(len(shifts))],
        )
        rows = score_responses(pl.concat([people, controls]), study=study_of(PEOPLE))
        return rows.responsiveness.filter(pl.col("control") == "")

    alike, apart = scored([0.0] * 4), scored([0.0, 0.3, -0.3, 0.1])
    assert alike["is_batch_included"].all()
    assert (apart["standard_error"] > 1.5 * alike["standard_error"]).all()
    one = scored([0.0])
    assert not one["is_batch_included"].any()
    assert "batch not included" in one["status"][0]
