from functools import cache

import numpy as np
import polars as pl
import pytest

from macroimmune.errors import InputError
from macroimmune.mechanism.clones import (
    CLONAL_OBSERVABLES,
    PUBLISHED_SHARES,
    CloneSettings,
    clonal_observables,
    clonal_run,
    clone_engine,
    clone_table,
    run_totals,
)
from macroimmune.mechanism.scenarios import Intervention, Scenario, ScenarioRun, run_scenario

SETTINGS = CloneSettings(most_clones=300, founder_cells=20.0)


@cache
def course(*, treated: bool, implanted: bool = True) -> ScenarioRun:
    given = [Intervention("anti_PD1", day=0, every=14, times=4)] if treated else []
    tumour = "generic" if implanted else "none"
    scenario = Scenario(
        "skin", species="human", tumour=tumour, tumour_days=60.0, days=42, interventions=given
    )
    return run_scenario(scenario, engine=clone_engine())


def test_the_clones_of_a_run_sum_to_its_columns():
    run = course(treated=True)
    clones = clonal_run(run.course, 1, settings=SETTINGS)
    for day in clones.days:
        row = run.course.filter(pl.col("day") == day)
        for place, name in enumerate(clones.history.subsets):
            cells = clones.history.cells[clones.history.day_place(day), :, place].sum()
            assert cells == np.rint(row[name][0] * 1e9)


def test_flows_of_a_run_explain_how_its_totals_change():
    totals = run_totals(course(treated=True).course)
    change = np.zeros((len(totals.days) - 1, len(totals.subsets)))
    for flow in totals.flows:
        if flow.source and flow.kind in ("move", "death"):
            change[:, totals.subsets.index(flow.source)] -= flow.cells
        if flow.kind == "division":
            change[:, totals.subsets.index(flow.source)] += flow.cells
        if flow.target:
            arriving = flow.cells if flow.arriving is None else flow.arriving
            change[:, totals.subsets.index(flow.target)] += arriving
    # Rates are read once a day, so flows are not exact, least so on the days of a dose.
    moved = np.diff(totals.cells, axis=0)
    missed = np.abs(moved - change) / (totals.cells[1:] + 20.0)
    late = totals.days[1:] > -30.0
    assert np.median(missed[late]) < 0.01
    assert np.quantile(missed[late], 0.9) < 0.1


def test_every_observable_is_read_and_finite():
    found = clonal_observables(course(treated=True), 1, settings=SETTINGS)
    assert set(found) == set(CLONAL_OBSERVABLES) | set(PUBLISHED_SHARES)
    for name, values in found.items():
        assert np.isfinite(list(values.values())).all(), name
    assert found["novel T cell clones", "tumour"]


def test_the_same_seed_gives_the_same_observables():
    wanted = [("TCR diversity", "blood"), ("share of CD8 clones that are novel", "tumour")]
    one, same = (
        clonal_observables(course(treated=True), 3, settings=SETTINGS, only=wanted)
        for _ in range(2)
    )
    assert one == same


def test_a_host_without_tumour_has_no_clone_that_recognises_it():
    run = course(treated=False, implanted=False)
    found = clonal_observables(run, 1, settings=SETTINGS)
    assert found["breadth of T cell reactivity", "blood"][0.0] == 0.0
    assert found["blood-tumour clone sharing", "blood"] == {}
    assert found["TCR diversity", "blood"][0.0] > 1_000.0


def test_tumours_expand_regulatory_clones_that_blood_shares():
    free = clonal_observables(course(treated=False, implanted=False), 1, settings=SETTINGS)
    bearing = clonal_observables(course(treated=False), 1, settings=SETTINGS)
    clonality = ("Treg clonality", "blood")
    assert bearing[clonality][42.0] > free[clonality][42.0]
    shared = ("Treg blood-tumour clone sharing", "blood")
    by_chance = ("Treg blood-tumour clone sharing by chance", "blood")
    assert bearing[shared][42.0] > 1.1 * bearing[by_chance][42.0]


def test_a_run_that_reports_no_flows_is_refused_with_what_to_do():
    run = run_scenario(Scenario("healthy", days=2))
    with pytest.raises(InputError, match=r"engine=clone_engine\(\)"):
        clonal_observables(run, 1)


def test_a_negative_seed_is_refused():
    with pytest.raises(InputError, match="seed = -1"):
        clonal_run(course(treated=False).course, -1)


def test_rows_of_clones_tell_where_they_come_from():
    clones = clonal_run(course(treated=True).course, 1, settings=SETTINGS)
    table = clone_table(clones.history)
    assert set(table["origin"].unique()) <= {"resident", "blood", "new"}
    late = table.filter(pl.col("day") == 42.0)
    assert late["cells"].sum() == clones.history.cells[-1].sum()
    assert (late.filter(pl.col("origin") == "new")["founded_day"] > -14.0).all()
