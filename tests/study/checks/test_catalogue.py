"""Every check finds what is planted for it and is silent on a study without faults."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from macroimmune.study import AnalysisSettings
from macroimmune.study.checks import CHECKS, check_tables

Tables = dict[str, pl.DataFrame]
ANALYSIS = AnalysisSettings(control_arms=("chemotherapy",), treated_arms=("ICI",))


def _with(tables: Tables, name: str, *columns: pl.Expr) -> Tables:
    return tables | {name: tables[name].with_columns(*columns)}


def _blood(tables: Tables, analyte: str, value: pl.Expr) -> Tables:
    chosen = pl.when(pl.col("analyte") == analyte).then(value).otherwise(pl.col("value"))
    return _with(tables, "blood_counts", chosen.alias("value"))


def _at(column: str, row: int, value: object) -> pl.Expr:
    place = pl.int_range(pl.len()) == row
    return pl.when(place).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)


def constant_value(tables: Tables) -> Tables:
    return _blood(tables, "albumin", pl.lit(40.0))


def no_censoring(tables: Tables) -> Tables:
    return tables | {"outcomes": tables["outcomes"].filter("os_event")}


def few_events(tables: Tables) -> Tables:
    early = pl.col("os_event") & (pl.int_range(pl.len()) < 8)
    return tables | {"outcomes": tables["outcomes"].with_columns(os_event=early)}


def months_labelled_days(tables: Tables) -> Tables:
    return _with(tables, "outcomes", pl.col("os_time_days", "pfs_time_days") / 30.4375)


def days_labelled_months(tables: Tables) -> Tables:
    return _with(tables, "outcomes", pl.col("os_time_days") * 30.4375)


def ratio_disagrees(tables: Tables) -> Tables:
    return _blood(tables, "nlr", pl.col("value") * 1.3)


def percent_in_absolute_column(tables: Tables) -> Tables:
    share = tables["blood_counts"].filter(pl.col("analyte") == "neutrophils_percent")["value"]
    blood = tables["blood_counts"].filter(pl.col("analyte") == "neutrophils")
    rest = tables["blood_counts"].filter(pl.col("analyte") != "neutrophils")
    return tables | {"blood_counts": pl.concat([rest, blood.with_columns(value=share)])}


def fraction_in_percent_column(tables: Tables) -> Tables:
    return _blood(tables, "neutrophils_percent", pl.col("value") / 100)


def absolute_in_percent_column(tables: Tables) -> Tables:
    return _blood(
        _blood(tables, "neutrophils_percent", pl.col("value") / 14),
        "lymphocytes_percent",
        pl.col("value") / 14,
    )


def differential_over_leukocytes(tables: Tables) -> Tables:
    return _blood(tables, "leukocytes", pl.col("value") / 2)


def baseline_after_treatment(tables: Tables) -> Tables:
    return _with(tables, "samples", _at("days_from_treatment_start", 5, 9.0))


def no_baseline_sample(tables: Tables) -> Tables:
    return _with(tables, "samples", _at("days_from_treatment_start", 5, -300.0))


def reversed_events(tables: Tables) -> Tables:
    return _with(tables, "outcomes", ~pl.col("os_event", "pfs_event"))


def ids_restart(tables: Tables) -> Tables:
    again = (
        tables["participants"]
        .head(80)
        .with_columns(source_file=pl.lit("second.csv"), age_years=pl.col("age_years") + 7)
    )
    return tables | {"participants": pl.concat([tables["participants"], again])}


def same_patients_twice(tables: Tables) -> Tables:
    renamed = pl.format("second-{}", pl.col("participant_id")).alias("participant_id")
    again = {
        name: tables[name].filter(pl.col("participant_id") < "P012").with_columns(renamed)
        for name in ("participants", "outcomes", "blood_counts")
    }
    again["blood_counts"] = again["blood_counts"].with_columns(
        pl.format("second-{}", pl.col("sample_id")).alias("sample_id")
    )
    return tables | {name: pl.concat([tables[name], rows]) for name, rows in again.items()}


def arm_as_treated_differs(tables: Tables) -> Tables:
    return _with(tables, "participants", _at("arm_as_treated", 3, "none"))


def arm_not_found(tables: Tables) -> Tables:
    return _with(tables, "participants", pl.lit("ICI").alias("arm"))


def batch_confounded(tables: Tables) -> Tables:
    return _with(tables, "samples", pl.col("timepoint").alias("batch"))


def _drug(tables: Tables, drug: str, start: float, stop: float | None) -> Tables:
    row = (
        tables["medications"]
        .head(1)
        .with_columns(
            drug_class=pl.lit(drug),
            start_day=pl.lit(start),
            stop_day=pl.lit(stop, dtype=pl.Float64),
        )
    )
    return tables | {"medications": pl.concat([tables["medications"], row])}


def drug_before_draw(tables: Tables) -> Tables:
    return _drug(tables, "steroid", 30.0, 35.0)


def antibiotic_around_start(tables: Tables) -> Tables:
    return _drug(tables, "antibiotic", 50.0, None)


def impossible_count(tables: Tables) -> Tables:
    return _with(tables, "blood_counts", _at("value", 0, 6200.0))


def half_limit_fill(tables: Tables) -> Tables:
    low = pl.col("value") < 1.0
    filled = pl.when(low).then(0.5).otherwise(pl.col("value")).alias("value")
    return _with(tables, "proteins", filled, pl.lit(1.0).alias("limit_of_detection"))


def zero_on_log_scale(tables: Tables) -> Tables:
    low = pl.col("value") < 1.0
    return _with(tables, "proteins", pl.when(low).then(0.0).otherwise("value").alias("value"))


def impossible_times(tables: Tables) -> Tables:
    return _with(tables, "outcomes", _at("pfs_time_days", 4, 5000.0))


def half_an_outcome(tables: Tables) -> Tables:
    return _with(tables, "outcomes", _at("os_time_days", 4, None))


def censored_at_death(tables: Tables) -> Tables:
    at_death = pl.col("os_event") & (pl.col("pfs_time_days") == pl.col("os_time_days"))
    return _with(tables, "outcomes", (pl.col("pfs_event") & ~at_death).alias("pfs_event"))


def cause_unknown(tables: Tables) -> Tables:
    late = pl.col("os_time_days") > 300
    return _with(tables, "outcomes", pl.when(~late).then("death_cause").alias("death_cause"))


def cause_without_event(tables: Tables) -> Tables:
    alive = int((~tables["outcomes"]["os_event"]).arg_true()[0])
    return _with(tables, "outcomes", _at("death_cause", alive, "cancer"))


def cause_against_os(tables: Tables) -> Tables:
    progressed = int((tables["outcomes"]["pfs_event_kind"] == "progression").arg_true()[0])
    return _with(tables, "outcomes", _at("pfs_event_kind", progressed, "death"))


def outcome_without_participant(tables: Tables) -> Tables:
    return _with(tables, "outcomes", _at("participant_id", 4, "P4"))


def participant_without_outcome(tables: Tables) -> Tables:
    return tables | {"outcomes": tables["outcomes"].head(190)}


def _supplied(tables: Tables, **features: object) -> Tables:
    key = tables["samples"].select(
        "sample_id", "participant_id", "days_from_treatment_start", "source_row"
    )
    rows = [
        key.with_columns(
            feature=pl.lit(name.replace("_", " ")),
            value=pl.Series(values),
            unit=pl.lit(""),
            source_file=pl.lit("tcr.csv"),
        )
        for name, values in features.items()
    ]
    return tables | {"supplied_features": pl.concat(rows)}


def depth_not_given(tables: Tables) -> Tables:
    values = np.random.default_rng(1).random(tables["samples"].height)
    return _supplied(tables, blood_clonality=values)


def follows_depth(tables: Tables) -> Tables:
    rng = np.random.default_rng(1)
    depth = rng.lognormal(10, 1, tables["samples"].height)
    return _supplied(tables, TCR_richness=depth**0.7 * rng.lognormal(0, 0.3, depth.size),
                     templates=depth)  # fmt: skip


def raw_file_repeated(tables: Tables) -> Tables:
    return _with(tables, "cytometry", _at("raw_file", 3, "fcs/P001-C1D1-none.fcs"))


def no_unstimulated_well(tables: Tables) -> Tables:
    rows = tables["cytometry"]
    return tables | {"cytometry": rows.filter(pl.col("raw_file") != "fcs/P007-C1D1-none.fcs")}


def only_stimulated_wells(tables: Tables) -> Tables:
    return tables | {"cytometry": tables["cytometry"].filter(pl.col("stimulus") != "none")}


def partner_in_another_batch(tables: Tables) -> Tables:
    return _with(tables, "cytometry", _at("batch", 3, "B98"))


def stimulus_named_two_ways(tables: Tables) -> Tables:
    wells = tables["cytometry"]["stimulus"].to_list()
    return _with(tables, "cytometry", _at("stimulus", wells.index("IFN-alpha"), "IFNα2b 10 ng/mL"))


def stimulus_unknown(tables: Tables) -> Tables:
    words = pl.col("stimulus").replace("IFN-alpha", "cocktail 7")
    return _with(tables, "cytometry", words)


def stimulus_minutes_missing(tables: Tables) -> Tables:
    return _with(tables, "cytometry", pl.lit(None, pl.Float64).alias("stimulus_minutes"))


def control_without_batch(tables: Tables) -> Tables:
    return _with(tables, "cytometry_controls", _at("batch", 0, None))


def control_in_one_batch(tables: Tables) -> Tables:
    return _with(tables, "cytometry_controls", pl.col("batch").first())


def count_not_declared(tables: Tables) -> Tables:
    return _with(tables, "repertoires", _at("counted", 4, None))


def _levels(tables: Tables, *rows: tuple[str, str]) -> Tables:
    """Add levels of pSTAT1 measured elsewhere: (stimulus, unit) of one sample."""
    told = tables["samples"].select("sample_id", "participant_id").row(0, named=True) | {
        "marker": "pSTAT1",
        "stimulus_minutes": 15.0,
        "value": 1.0,
        "source_file": "levels.csv",
        "source_row": 2,
    }
    levels = [told | {"stimulus": stimulus, "unit": unit} for stimulus, unit in rows]
    return tables | {"stimulated_levels": pl.DataFrame(levels)}


def level_without_partner(tables: Tables) -> Tables:
    return _levels(tables, ("IFN-alpha", "MFI"))


def levels_in_two_units(tables: Tables) -> Tables:
    return _levels(tables, ("none", "MFI"), ("IFN-alpha", "arcsinh"))


def levels_standardised(tables: Tables) -> Tables:
    return _levels(tables, ("none", "z"), ("IFN-alpha", "z"))


def count_not_whole(tables: Tables) -> Tables:
    told = tables["samples"].select("sample_id", "participant_id").row(0, named=True) | {
        "junction": "TGTGCCTTC",
        "counted": "templates",
        "count": 0.5,
        "source_file": "clonotypes.csv",
        "source_row": 2,
    }
    return tables | {"clonotypes": pl.DataFrame([told])}


PLANTED: dict[str, Callable[[Tables], Tables]] = {
    plant.__name__.replace("_", "-"): plant
    for plant in (
        constant_value,
        no_censoring,
        few_events,
        months_labelled_days,
        days_labelled_months,
        ratio_disagrees,
        percent_in_absolute_column,
        fraction_in_percent_column,
        absolute_in_percent_column,
        differential_over_leukocytes,
        baseline_after_treatment,
        no_baseline_sample,
        reversed_events,
        ids_restart,
        same_patients_twice,
        arm_as_treated_differs,
        arm_not_found,
        batch_confounded,
        drug_before_draw,
        antibiotic_around_start,
        impossible_count,
        half_limit_fill,
        zero_on_log_scale,
        impossible_times,
        half_an_outcome,
        censored_at_death,
        cause_unknown,
        cause_without_event,
        cause_against_os,
        outcome_without_participant,
        participant_without_outcome,
        depth_not_given,
        follows_depth,
        raw_file_repeated,
        no_unstimulated_well,
        only_stimulated_wells,
        partner_in_another_batch,
        stimulus_named_two_ways,
        stimulus_unknown,
        stimulus_minutes_missing,
        control_without_batch,
        control_in_one_batch,
        count_not_declared,
        level_without_partner,
        levels_in_two_units,
        levels_standardised,
        count_not_whole,
    )
}


def test_a_fault_is_planted_for_every_code_of_the_catalogue() -> None:
    assert {code for check in CHECKS for code in check.codes} == set(PLANTED)


@pytest.mark.parametrize("code", sorted(PLANTED))
def test_a_planted_fault_is_found(code, clean_tables) -> None:
    found = check_tables(PLANTED[code](clean_tables(1)), ANALYSIS)
    assert code in {finding.code for finding in found}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.codes[0])
@pytest.mark.parametrize("seed", range(3))
def test_a_study_without_faults_is_passed_in_silence(check, seed, clean_tables) -> None:
    assert list(check.look(clean_tables(seed), ANALYSIS)) == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.codes[0])
def test_absent_and_empty_tables_are_passed_in_silence(check, clean_tables) -> None:
    assert list(check.look({}, AnalysisSettings())) == []
    empty = {name: rows.clear() for name, rows in clean_tables(1).items()}
    assert list(check.look(empty, AnalysisSettings())) == []


def test_a_repertoire_metric_beside_a_depth_that_it_does_not_follow_is_passed_in_silence(
    clean_tables,
) -> None:
    tables, rng = clean_tables(1), np.random.default_rng(1)
    n = tables["samples"].height
    free = _supplied(tables, blood_clonality=rng.random(n), templates=rng.lognormal(10, 1, n))
    codes = {finding.code for finding in check_tables(free, ANALYSIS)}
    assert not codes & {"depth-not-given", "follows-depth"}
    other = _supplied(tables, tumour_mutational_burden=rng.random(n))
    assert "depth-not-given" not in {one.code for one in check_tables(other, ANALYSIS)}


def test_findings_name_the_users_file_and_row(clean_tables) -> None:
    (finding,) = [
        one
        for one in check_tables(impossible_times(clean_tables(1)), ANALYSIS)
        if one.code == "impossible-times"
    ]
    assert (finding.file, finding.row, finding.column) == ("clinical.csv", 6, "pfs_time_days")


def test_events_after_death_stop_the_run_and_those_after_the_last_contact_are_told(
    clean_tables,
) -> None:
    tables = clean_tables(1)
    died = {True: "error", False: "warning"}
    for row, dead in enumerate(tables["outcomes"]["os_event"].head(10)):
        late = _with(tables, "outcomes", _at("pfs_time_days", row, 5000.0))
        found = check_tables(late, ANALYSIS)
        (finding,) = [one for one in found if one.code == "impossible-times"]
        assert finding.severity == died[dead]


def test_unknown_causes_are_counted_whether_empty_or_said_to_be_unknown(clean_tables) -> None:
    tables = clean_tables(1)
    died = tables["outcomes"]["os_event"].arg_true()
    some = _with(tables, "outcomes", _at("death_cause", int(died[0]), None))
    some = _with(some, "outcomes", _at("death_cause", int(died[1]), "unknown"))
    (finding,) = [one for one in check_tables(some, ANALYSIS) if one.code == "cause-unknown"]
    assert finding.found.startswith(f"2 of {died.len()} events of overall survival")
    assert "never as censored" in finding.advice
    # Where no cause is given at all nothing is asked.
    none = _with(tables, "outcomes", pl.lit(None, dtype=pl.String).alias("death_cause"))
    assert "cause-unknown" not in {one.code for one in check_tables(none, ANALYSIS)}


def test_errors_come_first_and_long_lists_are_counted(clean_tables) -> None:
    tables = ratio_disagrees(impossible_times(clean_tables(1)))
    found = check_tables(tables, ANALYSIS)
    severities = [finding.severity for finding in found]
    assert severities == sorted(severities, key=["error", "warning", "note"].index)
    ratios = [finding for finding in found if finding.code == "ratio-disagrees"]
    nlr = [finding for finding in ratios if finding.column == "nlr"]
    assert sum(finding.row is None for finding in nlr) >= 1
    assert any("rows in all" in finding.found for finding in nlr)


def test_every_finding_is_a_whole_sentence(clean_tables) -> None:
    tables = clean_tables(1)
    for plant in PLANTED.values():
        for finding in check_tables(plant(tables), ANALYSIS):
            assert finding.found
            assert finding.expected
            assert finding.advice[-1] in ".?"
            assert np.isin(finding.severity, ["error", "warning", "note"])


def test_batches_of_files_that_go_with_the_time_or_the_stimulus_are_told(clean_tables) -> None:
    tables = clean_tables(1)
    late = pl.col("days_from_treatment_start") > 0
    of_time = pl.when(late).then(pl.lit("late")).otherwise(pl.lit("early"))
    for batch, what in ((of_time, "time point"), (pl.col("stimulus"), "stimulation")):
        planted = _with(tables, "cytometry", batch.alias("batch"))
        found = check_tables(planted, ANALYSIS)
        (finding,) = [one for one in found if one.code != "partner-in-another-batch"]
        assert (finding.code, finding.file) == ("batch-confounded", "wells.csv")
        # Only where batches go with the stimulus are the wells of a pair in two.
        assert (len(found) > 1) == (what == "stimulation")
        assert what in finding.found


def test_an_unstimulated_well_is_one_that_says_none_or_nothing(clean_tables) -> None:
    wells = pl.col("stimulus").replace("none", None)
    tables = _with(clean_tables(1), "cytometry", wells.alias("stimulus"))
    assert check_tables(tables, ANALYSIS) == ()


def test_one_file_of_two_samples_stops_a_run_and_a_repeated_row_is_told(clean_tables) -> None:
    (other,) = [
        one
        for one in check_tables(raw_file_repeated(clean_tables(1)), ANALYSIS)
        if one.code == "raw-file-repeated"
    ]
    assert (other.severity, other.row, "P001-C1D1" in other.found) == ("error", 5, True)
    tables = clean_tables(1)
    twice = pl.concat([tables["repertoires"], tables["repertoires"].head(1)])
    (same,) = check_tables(tables | {"repertoires": twice}, ANALYSIS)
    assert same.severity == "warning"
