"""Known errors of design, each committed here: the program refuses it or raises its flag.

Every cohort is drawn without any effect unless the test says otherwise, so that what a sin finds
is false. Seeds are fixed; the thresholds leave three standard errors of the simulation.
"""

import numpy as np
import polars as pl
import pytest
from scipy.special import expit
from scipy.stats import binomtest, chi2, kstest, norm

from macroimmune.association import associate, pool_cohorts
from macroimmune.association.survival_association import METHOD
from macroimmune.errors import DesignError
from macroimmune.features import compute_features
from macroimmune.outcomes import Survival
from macroimmune.statistics import (
    cox,
    cross_validate_binary,
    participant_folds,
    survival_performance,
)
from macroimmune.study import AnalysisSettings
from macroimmune.workflow import study_from_frames

VISITS = np.array([14.0, 28.0, 42.0, 70.0, 98.0, 126.0, 154.0])


def codes(study) -> set[str]:
    return {finding.code for finding in study.findings}


NOISE = tuple(f"marker_{number}" for number in range(40))


@pytest.fixture
def noise_study(make_study, make_features, make_definition):
    """Return a function that makes a study and its features from values of many markers."""

    def build(survival, samples, *, analysis, markers=NOISE, **said):
        """Take rows (participant, day, values of all markers); name nobody by more than order."""
        ids = [f"P{number}" for number in range(survival.n)]
        outcomes = [
            {"participant_id": one, "os_time_days": time, "os_event": seen}
            for one, time, seen in zip(
                ids, survival.time.tolist(), survival.event.tolist(), strict=True
            )
        ]
        people = [{"participant_id": one} for one in ids]
        study = make_study(participants=people, outcomes=outcomes, analysis=analysis)
        rows = [
            (ids[who], marker, float(day), value)
            for who, day, values in samples
            for marker, value in zip(markers, values.tolist(), strict=True)
        ]
        definitions = tuple(make_definition(name, scale="sd", **said) for name in markers)
        return study, make_features(*rows, definitions=definitions)

    return build


def p_values(found) -> list[float]:
    """Return the p of every marker's own effect, as a run tells it."""
    rows = found.associations.filter(endpoint="os", effect="hazard_ratio")
    assert set(rows["feature"]) == set(NOISE)
    return rows["p_value"].to_list()


def false_positives(p: list[float]) -> float:
    return float(np.mean(np.array(p) < 0.05))


def assert_nominal(p: list[float]) -> None:
    """Check that p-values are those of markers without effect."""
    assert kstest(p, "uniform").pvalue > 0.01
    assert binomtest(int(np.sum(np.array(p) < 0.05)), len(p), 0.05).pvalue > 0.003


# 1. Immortal time


def rising_markers(rng):
    """Markers that rise with every visit, in a cohort where they have no effect on survival."""
    n = 60
    death, end = rng.exponential(120.0, n), rng.uniform(100.0, 400.0, n)
    survival = Survival(time=np.minimum(death, end), event=death <= end)
    samples = [
        (who, day, day / 30.0 + rng.normal(size=len(NOISE)))
        for who, until in enumerate(survival.time)
        for day in VISITS[until > VISITS]
    ]
    return survival, samples


def test_immortal_time_is_refused_and_a_landmark_gives_uniform_p_values(noise_study):
    rng, naive, landmark = np.random.default_rng(101), [], []
    analysis = AnalysisSettings(landmarks_days=(42.0,), endpoints=("os",))
    for _ in range(8):
        survival, samples = rising_markers(rng)
        # The sin: the last value of each participant, as if it had been known from the start.
        last = {who: values for who, _, values in samples}
        known = np.isin(np.arange(survival.n), list(last))
        values = np.array([last[who] for who in np.flatnonzero(known)])
        naive += [float(cox(survival.select(known), one).p_values[0]) for one in values.T]
        study, features = noise_study(survival, samples, analysis=analysis, timing="change")
        landmark += p_values(associate(study, features))
    assert false_positives(naive) > 0.9
    assert_nominal(landmark)
    study, features = noise_study(
        survival, samples, analysis=AnalysisSettings(endpoints=("os",)), timing="change"
    )
    found = associate(study, features)
    assert found.ledger.is_empty()
    assert all(status.startswith("refused") for status in found.associations["status"])


def test_a_baseline_window_past_treatment_start_is_refused(draw_study):
    analysis = AnalysisSettings(baseline_window_days=(-42.0, 14.0))
    study = draw_study(rng=np.random.default_rng(1), analysis=analysis)
    with pytest.raises(DesignError, match="after treatment start"):
        associate(study, compute_features(study))


# 2. "Optimal" cut-points


MARKERS, DRAWS = 20, 4


def noise(rng, n, analysis, make_study, make_features, make_definition):
    """A cohort of n with twenty markers that have nothing to do with survival."""
    ids = [f"P{number}" for number in range(n)]
    death, end = rng.exponential(400.0, n), rng.uniform(100.0, 1500.0, n)
    outcomes = [
        {"participant_id": one, "os_time_days": t, "os_event": bool(seen)}
        for one, t, seen in zip(ids, np.minimum(death, end).tolist(), death <= end, strict=True)
    ]
    names = [f"marker_{number}" for number in range(MARKERS)]
    rows = [
        (one, name, 0.0, value)
        for name in names
        for one, value in zip(ids, rng.lognormal(1.0, 0.5, n).tolist(), strict=True)
    ]
    definitions = tuple(make_definition(name) for name in names)
    people = [{"participant_id": one} for one in ids]
    study = make_study(participants=people, outcomes=outcomes, analysis=analysis)
    return associate(study, make_features(*rows, definitions=definitions))


@pytest.mark.parametrize("n", [50, 100, 300])
def test_the_best_cut_of_noise_is_significant_only_without_the_search(
    n, make_study, make_features, make_definition
):
    rng = np.random.default_rng(200 + n)
    analysis = AnalysisSettings(search_cut_points=("all",), endpoints=("os",))
    tables = (make_study, make_features, make_definition)
    found = pl.concat([noise(rng, n, analysis, *tables).cut_points for _ in range(DRAWS)])
    assert found["kind"].to_list() == ["searched"] * MARKERS * DRAWS
    # Given the survival of a cohort the p-values of its independent markers are independent.
    naive = chi2.sf(found["statistic"].to_numpy() ** 2, 1)
    assert np.mean(naive < 0.05) > 0.25
    adjusted = found["p_value"].to_numpy()
    assert binomtest(int(np.sum(adjusted < 0.05)), adjusted.size, 0.05).pvalue > 0.003
    assert kstest(adjusted, "uniform").pvalue > 0.01
    # At its largest in small cohorts, the apparent ratio is inflated; the shrunken one is not.
    away = {
        name: np.exp(np.median(np.abs(np.log(found[name].to_numpy()))))
        for name in ("apparent_ratio", "shrunken_ratio")
    }
    assert away["apparent_ratio"] > {50: 1.7, 100: 1.4, 300: 1.2}[n]
    assert away["shrunken_ratio"] < 1.1
    low, high = (found[f"shrunken_ci_{end}"].to_numpy() for end in ("low", "high"))
    assert np.mean((low <= 1) & (high >= 1)) > 0.95 - 3 * np.sqrt(0.05 * 0.95 / adjusted.size)


def test_no_cut_is_searched_unless_the_study_asks_for_it(draw_study):
    study = draw_study(rng=np.random.default_rng(2))
    found = associate(study, compute_features(study))
    assert found.cut_points.is_empty()
    assert not any("cut" in method for method in found.ledger["method"])
    assert "cut_statistic" not in found.curves["curve"]


def test_a_cut_fixed_beforehand_has_the_ordinary_p(make_study, make_features, make_definition):
    rng, small = np.random.default_rng(22), []
    fixed = {f"marker_{number}": 2.7 for number in range(MARKERS)}
    analysis = AnalysisSettings(cut_points=fixed, search_cut_points=("all",), endpoints=("os",))
    for _ in range(DRAWS):
        found = noise(rng, 100, analysis, make_study, make_features, make_definition)
        # Asked to search them all: those that were fixed are not searched.
        assert set(found.cut_points["kind"]) == {"fixed beforehand"}
        ordinary = chi2.sf(found.cut_points["statistic"].to_numpy() ** 2, 1)
        np.testing.assert_allclose(found.cut_points["p_value"].to_numpy(), ordinary, rtol=1e-9)
        small += found.cut_points["p_value"].to_list()
    assert binomtest(int(np.sum(np.array(small) < 0.05)), len(small), 0.05).pvalue > 0.003


# 3. Selection outside cross-validation


def best_ten(x, outcome):
    """Return the ten columns that part the outcomes most, with their signs."""
    gap = x[outcome].mean(axis=0) - x[~outcome].mean(axis=0)
    gap = gap / x.std(axis=0)
    columns = np.argsort(-np.abs(gap))[:10]
    return columns, np.sign(gap[columns])


def ten_best_features(x, outcome):
    """Scale, select and add up: a recipe whose every step is fitted to what it is given."""
    centre, spread = x.mean(axis=0), x.std(axis=0)
    columns, signs = best_ten(x, outcome)
    return lambda new: expit(((new - centre) / spread)[:, columns] @ signs / 5.0)


def test_selecting_features_outside_the_folds_finds_what_is_not_there_and_inside_does_not():
    rng, inside, outside, apparent = np.random.default_rng(103), [], [], []
    options = {"thresholds": [0.5], "replicates": 0, "rng": rng}
    for _ in range(20):
        noise, outcome = rng.normal(size=(60, 1000)), rng.permutation(60) < 30
        folds = participant_folds(outcome, n_folds=5, repeats=1, rng=rng)
        honest = cross_validate_binary(noise, outcome, ten_best_features, folds, **options)
        columns, _ = best_ten(noise, outcome)
        sin = cross_validate_binary(noise[:, columns], outcome, ten_best_features, folds, **options)
        inside.append(honest.measures[0].estimate)
        outside.append(sin.measures[0].estimate)
        apparent.append(honest.measures[0].apparent)
        assert honest.apparent is not None
        assert honest.apparent.method.startswith("apparent performance")
    # An area of 60 has an error of 0.075; twenty of them have a mean with one of 0.017.
    assert np.mean(outside) > 0.85
    assert abs(np.mean(inside) - 0.5) < 3 * 0.017
    # The apparent area is as false as the sin, which is why it is never given alone.
    assert np.mean(apparent) > 0.85


# 4. Cells or repeated samples as n


def test_samples_as_participants_find_what_is_not_there_and_a_run_does_not(noise_study):
    rng, naive, found = np.random.default_rng(104), [], []
    analysis = AnalysisSettings(endpoints=("os",))
    n, n_samples = 40, 6
    for _ in range(8):
        death, end = rng.exponential(300.0, n), rng.uniform(100.0, 900.0, n)
        survival = Survival(time=np.minimum(death, end), event=death <= end)
        own = rng.normal(size=(n, len(NOISE)))
        samples = [
            (who, -1.0 - k, own[who] + rng.normal(0.0, 0.3, len(NOISE)))
            for who in range(n)
            for k in range(n_samples)
        ]
        # The sin: every sample is a row with the outcome of its participant.
        rows = survival.select(np.array([who for who, _, _ in samples]))
        values = np.array([values for _, _, values in samples])
        naive += [float(cox(rows, one).p_values[0]) for one in values.T]
        found += p_values(associate(*noise_study(survival, samples, analysis=analysis)))
    assert false_positives(naive) > 0.3
    assert_nominal(found)


def test_repeated_samples_of_a_participant_count_once(drawn_tables):
    tables = drawn_tables(rng=np.random.default_rng(4))
    first = tables["blood_counts"].with_columns(days_from_treatment_start=pl.lit(-1.0))
    earlier = [
        first.with_columns(days_from_treatment_start=pl.lit(-2.0 - k), neutrophils=pl.lit(9.0 + k))
        for k in range(5)
    ]
    once = study_from_frames("once", **(tables | {"blood_counts": first}))
    often = study_from_frames("often", **(tables | {"blood_counts": pl.concat([*earlier, first])}))
    single, repeated = (
        associate(study, compute_features(study)).associations for study in (once, often)
    )
    assert set(repeated["n"]) == {120}
    assert repeated["p_value"].to_list() == single["p_value"].to_list()


def test_a_participant_who_occurs_twice_is_refused(make_study):
    people = [{"participant_id": "a"}, {"participant_id": "b"}, {"participant_id": "a"}]
    outcomes = [{"participant_id": one, "os_time_days": 9.0, "os_event": True} for one in "ab"]
    study = make_study(participants=people, outcomes=outcomes)
    with pytest.raises(DesignError, match="the participant is the unit"):
        associate(study, compute_features(study))


def test_a_participant_who_occurs_twice_in_the_tables_is_kept_once_and_told_of(drawn_tables):
    tables = drawn_tables(rng=np.random.default_rng(4))
    doubled = {name: pl.concat([frame, frame]) for name, frame in tables.items()}
    study = study_from_frames("doubled", **doubled)
    assert study.participants.height == 120
    assert any("dup" in code or "repeat" in code for code in codes(study)), codes(study)


# 7. Forking paths


def looks(rng, make_study, make_features, make_definition):
    """Return what a run finds: four forms of a marker without effect against three endpoints."""
    n = 80
    ids = [f"P{number}" for number in range(n)]
    marker = rng.lognormal(1.0, 0.5, n)
    columns = {"response": (rng.random(n) < 0.4).tolist()}
    for name, scale in (("os", 500.0), ("pfs", 200.0)):
        death = rng.exponential(scale, n)
        columns[f"{name}_time_days"] = np.minimum(death, 600.0).tolist()
        columns[f"{name}_event"] = (death <= 600.0).tolist()
    outcomes = [
        {"participant_id": one} | {name: values[k] for name, values in columns.items()}
        for k, one in enumerate(ids)
    ]
    analysis = AnalysisSettings(
        endpoints=("os", "pfs", "response"), cut_points={"logarithm": "median", "root": 3.0}
    )
    people = [{"participant_id": one} for one in ids]
    study = make_study(participants=people, outcomes=outcomes, analysis=analysis)
    forms = {"logarithm": "doubling", "root": "root"}
    rows = [
        (one, form, -1.0, value)
        for form in forms
        for one, value in zip(ids, marker.tolist(), strict=True)
    ]
    definitions = tuple(make_definition(form, scale=scale) for form, scale in forms.items())
    return associate(study, make_features(*rows, definitions=definitions))


def test_looking_at_every_form_gives_small_p_values_but_rarely_small_q_values(
    make_study, make_features, make_definition
):
    rng, by_p, by_q, n_cohorts = np.random.default_rng(7), 0, 0, 100
    for _ in range(n_cohorts):
        ledger = looks(rng, make_study, make_features, make_definition).ledger
        family = ledger.filter(pl.col("q_value").is_not_null())
        by_p += family["p_value"].min() < 0.05
        by_q += family["q_value"].min() < 0.05
    assert set(family["endpoint"]) == {"os", "pfs", "response"}
    assert by_p > 0.25 * n_cohorts
    # Under the complete null Benjamini-Hochberg keeps the chance of any q < 0.05 at 0.05.
    assert by_q <= 0.05 * n_cohorts + 3 * np.sqrt(n_cohorts * 0.05 * 0.95)


def test_every_look_stands_in_the_ledger_and_counts(draw_study):
    analysis = AnalysisSettings(
        cut_points={"nlr": "median"},
        landmarks_days=(42.0,),
        control_arms=("chemotherapy",),
        endpoints=("os", "pfs", "response"),
    )
    arms = ("chemotherapy", "ICI")
    study = draw_study(200, rng=np.random.default_rng(7), later=True, arms=arms, analysis=analysis)
    found = associate(study, compute_features(study))
    of_nlr = found.ledger.filter(feature="nlr").group_by("method").len()
    assert dict(of_nlr.iter_rows()) == {
        METHOD: 2,
        "proportional hazards, score test": 2,
        "departure from a line, natural cubic spline": 2,
        "log-rank test, cut fixed beforehand": 2,
        "Fisher's exact test, cut fixed beforehand": 1,
        "proportional hazards at the fixed cut, score test": 2,
        "proportional hazards of the interaction, score test": 2,
        "logistic model, continuous": 1,
        "area under the ROC curve, DeLong": 1,
        "interaction with treatment, Cox model": 2,
    }
    assert set(found.ledger.filter(landmark_days=42.0)["feature"]) >= {"nlr_change"}
    # One family: the largest q is the largest p, however many endpoints and forms there are.
    family = found.ledger.filter(pl.col("q_value").is_not_null())
    assert family["q_value"].max() == family["p_value"].max()
    smallest = family.sort("p_value").row(0, named=True)
    assert smallest["q_value"] > smallest["p_value"]


# 8. Discrimination alone


def test_a_good_area_with_risks_that_are_wrong_is_not_a_good_result():
    # The linear predictor is stretched and shifted: the order stays.
    rng = np.random.default_rng(108)
    predictor = rng.normal(0.0, 0.7, 400)
    death, end = rng.exponential(np.exp(-predictor)), rng.uniform(0.5, 3.0, 400)
    survival = Survival(time=np.minimum(death, end), event=death <= end)
    risk = 1.0 - np.exp(-np.exp(1.5 * predictor + 1.0))
    found = survival_performance(
        survival, risk, horizon_days=1.0, thresholds=[0.7], is_apparent=False, replicates=0, rng=rng
    )  # fmt: skip
    by_name = {measure.name: measure for measure in found.measures}
    assert by_name["Uno's concordance up to day 1"].ci_low > 0.6
    assert by_name["calibration slope"].ci_high < 0.8
    assert by_name["observed / expected"].ci_high < 0.85
    assert by_name["Brier score"].estimate > by_name["Brier score"].without_model
    worth = by_name["net benefit at a risk of 0.7"]
    assert worth.estimate < worth.without_model


# 9. Cohorts pooled as one, or by DerSimonian and Laird with few

FEW_OF_NOISE = NOISE[:12]


def cohort_of_its_own(rng, n=100):
    """Draw a cohort in which every marker has an effect, of mean zero over all cohorts."""
    values = rng.normal(size=(n, len(FEW_OF_NOISE)))
    effects = rng.normal(0.0, 0.5, len(FEW_OF_NOISE))
    death = rng.exponential(300.0 / np.exp(values @ effects))
    end = rng.uniform(300.0, 1500.0, n)
    return Survival(time=np.minimum(death, end), event=death <= end), values


def dersimonian_laird_p(y, variance) -> float:
    """Return the p of the method of 1986, with the moment estimate and a normal test."""
    weight = 1 / variance
    fixed = (weight * y).sum() / weight.sum()
    q = (weight * (y - fixed) ** 2).sum()
    surplus = q - (y.size - 1)
    tau = max(0.0, surplus / (weight.sum() - (weight**2).sum() / weight.sum()))
    weight = 1 / (variance + tau)
    return float(2 * norm.sf(abs((weight * y).sum() / weight.sum()) * np.sqrt(weight.sum())))


@pytest.mark.parametrize("n_cohorts", [3, 5])
def test_cohorts_that_differ_find_no_mean_effect_unless_pooled_as_one(noise_study, n_cohorts):
    rng = np.random.default_rng(900 + n_cohorts)
    as_one, moments, pooled = [], [], []
    analysis = AnalysisSettings(endpoints=("os",))
    for _ in range(60 // n_cohorts):
        drawn = [cohort_of_its_own(rng) for _ in range(n_cohorts)]
        tables = {}
        for k, (survival, values) in enumerate(drawn):
            samples = [(who, -1.0, one) for who, one in enumerate(values)]
            drawn_study = noise_study(survival, samples, analysis=analysis, markers=FEW_OF_NOISE)
            tables[f"cohort {k}"] = associate(*drawn_study).associations
        meta = pool_cohorts(tables)
        assert meta.meta_analysis["feature"].to_list() == list(FEW_OF_NOISE)
        pooled += meta.meta_analysis["p_value"].to_list()
        # The sin: all patients in one data set.
        everyone = Survival(
            time=np.concatenate([survival.time for survival, _ in drawn]),
            event=np.concatenate([survival.event for survival, _ in drawn]),
        )
        stacked = np.concatenate([values for _, values in drawn])
        as_one += [float(cox(everyone, one).p_values[0]) for one in stacked.T]
        # The other sin: the moment estimate, as if three cohorts told what lies between them.
        for marker in FEW_OF_NOISE:
            rows = [table.filter(feature=marker).row(0, named=True) for table in tables.values()]
            log = np.array([row["log_effect_per_sd"] for row in rows])
            error = np.array([row["standard_error_per_sd"] for row in rows])
            moments.append(dersimonian_laird_p(log, error**2))
    assert false_positives(as_one) > 0.2
    assert false_positives(moments) > 0.08
    # At most the nominal rate: with few cohorts the floor makes the test hold back.
    assert false_positives(pooled) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / len(pooled))


# 10. Design limits passed over


def with_samples(tables, batch):
    ids = tables["participants"]["participant_id"]
    samples = pl.DataFrame({
        "sample_id": [f"{one}-s" for one in ids],
        "participant_id": ids,
        "days_from_treatment_start": [0.0] * len(ids),
        "batch": batch,
    })
    counts = tables["blood_counts"].with_columns(
        sample_id=pl.format("{}-s", "participant_id"), days_from_treatment_start=pl.lit(0.0)
    )
    return tables | {"samples": samples, "blood_counts": counts}


@pytest.mark.parametrize("confounded", [True, False])
def test_a_batch_that_goes_with_the_outcome_is_found(drawn_tables, confounded):
    rng = np.random.default_rng(10)
    tables = drawn_tables(rng=rng)
    response = tables["outcomes"]["response"].to_numpy()
    batch = np.where(response if confounded else rng.random(120) < 0.5, "b1", "b2")
    study = study_from_frames("batches", **with_samples(tables, batch))
    assert ("batch-confounded" in codes(study)) is confounded


@pytest.mark.parametrize("filled", [True, False])
def test_values_at_half_the_limit_of_detection_are_found(drawn_tables, filled):
    rng = np.random.default_rng(10)
    tables = drawn_tables(rng=rng)
    value = np.round(rng.lognormal(1.0, 0.8, 120), 4)
    undetected = value < 1.5
    proteins = pl.DataFrame({
        "participant_id": tables["participants"]["participant_id"],
        "analyte": "IL-8",
        "value": np.where(undetected, 0.75 if filled else 1.5, value),
        "unit": "pg/mL",
        "limit_of_detection": 1.5,
        "below_limit": None if filled else undetected,
    })
    study = study_from_frames("limits", proteins=proteins, **tables)
    assert ("half-limit-fill" in codes(study)) is filled


def test_half_the_limit_biases_what_values_marked_as_undetected_do_not(drawn_tables):
    # A protein that halves survival per doubling, 30 % of it undetected, against what is seen
    # where all of it is detected; six cohorts together.
    rng = np.random.default_rng(10)
    errors = {"filled": [], "marked": []}
    for _ in range(6):
        tables = drawn_tables(200, rng=rng)
        log2 = rng.normal(1.0, 0.5, 200)
        death, end = rng.exponential(400.0 * np.exp2(-(log2 - 1.0))), rng.uniform(200, 1500, 200)
        outcomes = pl.DataFrame({
            "participant_id": tables["participants"]["participant_id"],
            "os_time_days": np.minimum(death, end) + 0.01,
            "os_event": death <= end,
        })
        survival = Survival(time=outcomes["os_time_days"].to_numpy(), event=death <= end)
        whole = float(cox(survival, log2).coefficients[0])
        limit = float(np.exp2(np.quantile(log2, 0.3)))
        below = np.exp2(log2) < limit
        for way, level in (("filled", limit / 2), ("marked", limit)):
            proteins = pl.DataFrame({
                "participant_id": outcomes["participant_id"],
                "analyte": "IL-8",
                "value": np.where(below, level, np.exp2(log2)),
                "unit": "pg/mL",
                "limit_of_detection": limit,
                "below_limit": None if way == "filled" else below,
            })
            study = study_from_frames(
                way, participants=tables["participants"], outcomes=outcomes, proteins=proteins
            )
            assert ("half-limit-fill" in codes(study)) is (way == "filled")
            found = associate(study, compute_features(study)).associations
            ratio = found.filter(feature="serum_il8", endpoint="os")["estimate"][0]
            errors[way].append(np.log(ratio) - whole)
    # Of a log ratio of 0.69, half the limit takes more than a seventh away.
    assert np.mean(errors["filled"]) < -0.1
    assert abs(np.mean(errors["marked"])) < 0.05


@pytest.mark.parametrize("censored", [True, False])
def test_progression_that_is_censored_at_death_is_found(drawn_tables, censored):
    tables = drawn_tables(rng=np.random.default_rng(10))
    outcomes = tables["outcomes"]
    if censored:
        died = outcomes["os_event"]
        outcomes = outcomes.with_columns(
            pfs_time_days=pl.when(died).then("os_time_days").otherwise("pfs_time_days"),
            pfs_event=pl.col("pfs_event") & ~died,
        )
    study = study_from_frames("deaths", **(tables | {"outcomes": outcomes}))
    assert ("censored-at-death" in codes(study)) is censored


def relapses_and_deaths(rng, n=600):
    """Relapse at a rate of 1 and death at 2 a year: by one year (1 - e^-3) / 3 have relapsed."""
    relapse, death = rng.exponential(365.0, n), rng.exponential(182.5, n)
    end = rng.uniform(200.0, 1000.0, n)
    time, event = np.minimum(np.minimum(relapse, death), end), np.minimum(relapse, death) <= end
    died = death <= end
    return {
        "os_time_days": np.minimum(death, end),
        "os_event": died,
        "rfs_time_days": time,
        "rfs_event": event,
        "rfs_event_kind": np.where(~event, None, np.where(relapse < death, "relapse", "death")),
    }


def run_of_relapses(columns, tables, *, analysis=None):
    outcomes = pl.DataFrame({"participant_id": tables["participants"]["participant_id"], **columns})
    study = study_from_frames("relapses", analysis=analysis, **(tables | {"outcomes": outcomes}))
    return study, associate(study, compute_features(study))


def by_one_year(curves, name):
    line = curves.filter(curve=name, feature="", endpoint="rfs").sort("x")
    return line.filter(pl.col("x") <= 365.0).row(-1, named=True)


def test_competing_deaths_are_reported_as_incidence_where_one_less_kaplan_meier_is_far_too_high(
    drawn_tables,
):
    rng, truth = np.random.default_rng(15), (1.0 - np.exp(-3.0)) / 3.0
    tables, columns = drawn_tables(600, rng=rng), relapses_and_deaths(rng)
    study, found = run_of_relapses(columns, tables)
    line = by_one_year(found.curves, "cumulative_incidence")
    assert line["ci_low"] < truth < line["ci_high"]
    other = by_one_year(found.curves, "competing_incidence")
    assert other["ci_low"] < 2.0 * truth < other["ci_high"]
    assert "censored-at-death" not in codes(study)
    # The sin: relapse alone counts, deaths are censored, and 1 - KM is read as the incidence.
    relapsed = columns["rfs_event_kind"] == "relapse"
    sinned = {name: columns[name] for name in ("os_time_days", "os_event", "rfs_time_days")}
    study, found = run_of_relapses(sinned | {"rfs_event": relapsed}, tables)
    naive = by_one_year(found.curves, "kaplan_meier")
    assert 1.0 - naive["ci_high"] > truth + 0.15
    assert "censored-at-death" in codes(study)
    assert found.competing_risks.is_empty()


def test_kinds_of_events_worked_out_from_overall_survival_give_the_same_incidence(drawn_tables):
    rng = np.random.default_rng(15)
    tables, columns = drawn_tables(600, rng=rng), relapses_and_deaths(rng)
    _, given = run_of_relapses(columns, tables)
    del columns["rfs_event_kind"]
    analysis = AnalysisSettings(event_kinds_from_os=("rfs",))
    study, derived = run_of_relapses(columns, tables, analysis=analysis)
    assert "derived-outcome" in codes(study)
    # A relapse within two days of death is told as death, which is rare.
    for name in ("cumulative_incidence", "competing_incidence"):
        one, other = (by_one_year(found.curves, name)["y"] for found in (given, derived))
        assert abs(one - other) < 0.02


@pytest.mark.parametrize("crossing", [True, False])
def test_hazards_that_are_not_proportional_are_told_of_in_the_status(drawn_tables, crossing):
    rng = np.random.default_rng(12)
    tables = drawn_tables(400, rng=rng)
    high = (tables["blood_counts"]["neutrophils"] > 4.0).to_numpy()
    # Shapes below and above one cross: early deaths in one group, late ones in the other.
    shape = np.where(high, 0.6, 2.5) if crossing else 1.2
    death = 400.0 * rng.weibull(shape, 400) + 1.0
    outcomes = pl.DataFrame({
        "participant_id": tables["participants"]["participant_id"],
        "os_time_days": np.minimum(death, 900.0),
        "os_event": death <= 900.0,
    })
    study = study_from_frames("hazards", **(tables | {"outcomes": outcomes}))
    found = associate(study, compute_features(study)).associations
    row = found.filter(feature="neutrophils", endpoint="os").row(0, named=True)
    assert ("non-proportional hazards" in row["status"]) is crossing
    assert (row["proportional_hazards_p_value"] < 0.05) is crossing


def test_without_a_control_arm_nothing_is_called_predictive(draw_study):
    study = draw_study(300, rng=np.random.default_rng(13), log_hazard_ratio=1.5)
    found = associate(study, compute_features(study))
    neutrophils = found.associations.filter(feature="neutrophils", endpoint="os")
    assert neutrophils["p_value"][0] < 1e-6
    assert all(verdict.startswith("cannot be told") for verdict in found.predictive["verdict"])
