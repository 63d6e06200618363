"""A run as one tidy frame, in the counts of its species."""

import polars as pl

from macroimmune.mechanism.scenarios.compartments import (
    CELLS,
    column_place,
    column_unit,
    observable_unit,
    printed_scale,
)
from macroimmune.mechanism.scenarios.observables import observables
from macroimmune.mechanism.scenarios.running import ScenarioRun
from macroimmune.results import RESULT_TABLES

__all__ = ["tidy_course"]

_TABLE = "model_course"
_NO_VALUE = "no value on this day: what it is a share of is zero"


def tidy_course(run: ScenarioRun) -> pl.DataFrame:
    """Return a row per day, compartment and quantity.

    Parameters
    ----------
    run : ScenarioRun
        With its columns, and the observables that were asked for.

    Returns
    -------
    polars.DataFrame
        The table `model_course` of a results folder. `value` is null only where
        `status` says why, never NaN; the status of a run that ended early stands in every row, and
        in one row of its own where no day was reached.

    Notes
    -----
    Convention: numbers of cells are those of the species (`count_scale`); frequencies, levels and
    drugs have no scale.
    """
    columns = [
        (name, column_place(name), name, column_unit(name, run.populations))
        for name in run.course.columns[1:]
    ]
    known = {entry.column: entry for entry in observables().entries.values()}
    shown = [
        (name, known[name].compartment, known[name].name, observable_unit(known[name].name))
        for name in run.observed.columns[1:]
    ]
    wide = pl.concat([run.course, run.observed.drop("day")], how="horizontal")
    if wide.height == 0:
        return _without_days(run)
    names = pl.DataFrame(
        [*columns, *shown], schema=["column", "compartment", "quantity", "unit"], orient="row"
    )
    scale = printed_scale(run.scenario.species, CELLS)
    scaled = pl.col("value") * pl.when(pl.col("unit") == CELLS).then(scale).otherwise(1.0)
    undefined = pl.when(pl.col("value").is_null()).then(pl.lit(_NO_VALUE)).otherwise(pl.lit(""))
    return (
        wide
        .unpivot(index="day", variable_name="column", value_name="value")
        .join(names, on="column", how="left", maintain_order="left")
        .with_columns(
            scenario=pl.lit(run.scenario.name),
            value=scaled,
            status=pl.lit(run.status) if run.status else undefined,
        )
        .select(list(RESULT_TABLES[_TABLE].schema))
    )


def _without_days(run: ScenarioRun) -> pl.DataFrame:
    row = (run.scenario.name, None, "none", "run", None, "1", run.status)
    return pl.DataFrame([row], schema=RESULT_TABLES[_TABLE].schema, orient="row")
