"""Virtual people beside the public cohorts: tables of distances, curves and shapes."""

import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl

from macroimmune.errors import InputError
from macroimmune.outcomes import Survival
from macroimmune.report import write_realism_page
from macroimmune.simulator import StudyPlan
from macroimmune.simulator.calibration import (
    COMPARED,
    CohortTable,
    correlation_distances,
    is_calibrated_to,
    rank_correlations,
    shipped_summaries,
    variable_distances,
    virtual_rows,
)
from macroimmune.simulator.missing_values import drawn_missing
from macroimmune.simulator.outcomes_like import cohorts_with_outcomes, plan_like
from macroimmune.simulator.people import draw_outcomes, draw_people
from macroimmune.simulator.streams import random_stream
from macroimmune.statistics import kaplan_meier
from macroimmune.units import DAYS_PER_MONTH
from macroimmune.workflow.calibration_cohorts import calibration_tables
from macroimmune.workflow.histograms import LINEAR_UNITS, shapes_from_rows, shapes_from_summaries
from macroimmune.workflow.raw_beside_real import raw_beside_real, raw_lines

__all__ = ["compare_virtual", "distance_lines"]

_PATIENTS = 5000
_MISSING_PATIENTS = 600


def compare_virtual(out: Path, *, people: int, seed: int) -> Path:
    """Write how virtual people stand beside the public cohorts, and return the page.

    Parameters
    ----------
    out : Path
        Made if absent; gets `distances.csv`, `correlations.csv`, `shapes.csv`, `curves.csv`,
        `missing.csv`, `compare.json`, `realism.html` and, of repertoires, mass cytometry and
        single-cell RNA, `raw_values.csv`, `raw_measures.csv`, `raw_shapes.csv`,
        `raw_distances.csv`, `raw_correlations.csv` and `raw_points.csv`.
    people : int
        Virtual people beside each cohort.
    seed : int

    Returns
    -------
    page : Path

    Notes
    -----
    Convention: where the cohorts are on this machine (`MACROIMMUNE_DATA`, or downloaded) their
    rows are compared; else the summary numbers that come with the package, without distances.
    """
    out.mkdir(parents=True, exist_ok=True)
    tables = _tables_at_hand()
    raw = raw_beside_real(seed)
    written: dict[str, pl.DataFrame] = {
        **raw.tables,
        "missing": _missing(seed),
        "curves": pl.concat(list(_curves(tables, seed)), how="vertical_relaxed"),
    }
    if tables:
        written |= _compared(tables, people, seed)
    else:
        written["shapes"] = _shapes_of_summaries(people, seed)
        written["correlations"] = _correlations_of_summaries(people, seed)
    # What an earlier comparison with other cohorts at hand left here would be read as of this one.
    for stale in {*out.glob("raw_*.csv"), out / "distances.csv"}:
        stale.unlink(missing_ok=True)
    for name, table in written.items():
        table.write_csv(out / f"{name}.csv", float_precision=6, line_terminator="\n")
    about = {
        "version": version("macroimmune"),
        "seed": seed,
        "people": people,
        "rows_at_hand": bool(tables),
        "raw_cohorts": raw.cohorts,
    }
    (out / "compare.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    return write_realism_page(out)


def _tables_at_hand() -> tuple[CohortTable, ...]:
    try:
        return calibration_tables()
    except InputError:
        return ()


def _virtual(cohort: str, people: int, seed: int) -> pl.DataFrame:
    return virtual_rows(cohort, people, rng=random_stream(seed, "compare", cohort))


def _compared(tables: tuple[CohortTable, ...], people: int, seed: int) -> dict[str, pl.DataFrame]:
    distances, correlations, shapes = [], [], []
    for table in tables:
        if table.cohort not in COMPARED or table.group != "all":
            continue
        virtual = _virtual(table.cohort, people, seed)
        halves = random_stream(seed, "compare", "halves", table.cohort)
        logarithmic = frozenset(
            name for name in virtual.columns if table.units[name] not in LINEAR_UNITS
        )
        found = variable_distances(table.frame, virtual, logarithmic, rng=halves)
        units = pl.col("variable").replace_strict(dict(table.units)).alias("unit")
        distances.append(_of_cohort(found, table.cohort, units))
        found = correlation_distances(table.frame, virtual, rng=halves)
        is_calibrated = pl.lit(COMPARED[table.cohort][1]).alias("is_calibrated_to")
        correlations.append(
            found.select(pl.lit(table.cohort).alias("cohort"), is_calibrated, pl.all())
        )
        shapes.append(_of_cohort(shapes_from_rows(table.frame, virtual, table.units), table.cohort))
    return {
        "distances": pl.concat(distances),
        "correlations": pl.concat(correlations),
        "shapes": pl.concat(shapes),
    }


def _of_cohort(rows: pl.DataFrame, cohort: str, *more: pl.Expr) -> pl.DataFrame:
    """Return rows of variables with their cohort, and whether the model was made from them."""
    used = {name: is_calibrated_to(cohort, name) for name in rows["variable"].unique()}
    return rows.select(
        pl.lit(cohort).alias("cohort"),
        pl.col("variable").replace_strict(used, return_dtype=pl.Boolean).alias("is_calibrated_to"),
        *more,
        pl.all(),
    )


def _shapes_of_summaries(people: int, seed: int) -> pl.DataFrame:
    marginals = shipped_summaries().marginals.filter(pl.col("group") == "all")
    return pl.concat([
        _of_cohort(
            shapes_from_summaries(
                marginals.filter(pl.col("cohort") == cohort), _virtual(cohort, people, seed)
            ),
            cohort,
        )
        for cohort in COMPARED
    ])


def _correlations_of_summaries(people: int, seed: int) -> pl.DataFrame:
    """Return measured and virtual correlations, without what chance makes of halves."""
    measured = shipped_summaries().correlations.filter(pl.col("group") == "all")
    found = []
    for cohort, (_, is_calibrated) in COMPARED.items():
        virtual = _virtual(cohort, people, seed)
        ours = rank_correlations(virtual)
        # The summaries and the virtual columns stand in the same order, so pairs agree.
        rows = measured.filter(pl.col("cohort") == cohort).join(
            ours, on=["variable_a", "variable_b"]
        )
        found.append(
            rows.select(
                "cohort",
                pl.lit(is_calibrated).alias("is_calibrated_to"),
                "variable_a",
                "variable_b",
                n_real="n",
                rho_real="rho",
                rho_virtual="rho_virtual",
                difference=pl.col("rho_virtual") - pl.col("rho"),
                halves_95=pl.lit(None, dtype=pl.Float64),
            )
        )
    return pl.concat(found)


def _curves(tables: tuple[CohortTable, ...], seed: int) -> Iterator[pl.DataFrame]:
    """Yield survival by month, of the cohort and of virtual patients whose plan is like it."""
    rows = {(table.cohort, table.group): table for table in tables}
    stated = shipped_summaries().survival
    for cohort, group in cohorts_with_outcomes():
        like = "chowell_train" if cohort == "chowell_test" else cohort
        plan = plan_like(StudyPlan(patients=_PATIENTS, seed=seed), like, group)
        virtual = _virtual_survival(plan)
        real = stated.filter(pl.col("cohort") == cohort, pl.col("group") == group)
        for endpoint in real["endpoint"].unique(maintain_order=True):
            months = real.filter(pl.col("endpoint") == endpoint)
            last = float(str(months["month"].max()))
            at_hand = rows.get((cohort, group))
            yield _curve(cohort, group, endpoint, "virtual", virtual[endpoint], last)
            if at_hand is None:
                yield months.select(
                    "cohort", "group", "endpoint", pl.lit("real").alias("source"),
                    pl.col("month").cast(pl.Float64), "survival", "n", "events",
                )  # fmt: skip
            else:
                yield _curve(cohort, group, endpoint, "real", at_hand.survival[endpoint], last)


def _virtual_survival(plan: StudyPlan) -> dict[str, Survival]:
    outcomes = draw_outcomes(plan, draw_people(plan))
    first = np.minimum(outcomes.progression_days, outcomes.death_days)
    seen = outcomes.last_seen_days
    return {
        name: Survival(time=np.minimum(days, seen), event=days <= seen)
        for name, days in (("os", outcomes.death_days), ("pfs", first))
    }


def _curve(
    cohort: str, group: str, endpoint: str, source: str, survival: Survival, last: float
) -> pl.DataFrame:
    months = np.arange(0.0, last + 0.25, 0.5)
    curve = kaplan_meier(survival)
    heights = curve.at(months * DAYS_PER_MONTH)[0]
    is_known = np.isfinite(heights)
    return pl.DataFrame({
        "cohort": cohort,
        "group": group,
        "endpoint": endpoint,
        "source": source,
        "month": months[is_known],
        "survival": heights[is_known],
        "n": curve.n,
        "events": curve.n_events,
    })


def _missing(seed: int) -> pl.DataFrame:
    """Return the share of missing values of each cohort beside that of drawn tables."""
    drawn = drawn_missing(StudyPlan(patients=_MISSING_PATIENTS, seed=seed))
    table = shipped_summaries().marginals.filter(
        pl.col("group") == "all", pl.col("cohort").is_in(list(COMPARED))
    )
    virtual = [
        drawn.share(variable, unit) for variable, unit in table.select("variable", "unit").rows()
    ]
    return table.select(
        "cohort",
        "variable",
        "n",
        real="missing_share",
        virtual=pl.Series(virtual, dtype=pl.Float64),
    )


def distance_lines(folder: Path) -> Iterator[str]:
    """Yield the distances and the worst correlations of a comparison as lines to print.

    Parameters
    ----------
    folder : Path
        As `compare_virtual` wrote it; of cohorts that were not on the machine there are no lines.
    """
    yield from _table_lines(folder)
    yield from raw_lines(folder)


def _table_lines(folder: Path) -> Iterator[str]:
    path = folder / "distances.csv"
    if not path.is_file():
        return
    distances, correlations = pl.read_csv(path), pl.read_csv(folder / "correlations.csv")
    for cohort in distances["cohort"].unique(maintain_order=True):
        here = distances.filter(pl.col("cohort") == cohort)
        yield f"{cohort} ({_use(here)})"
        for row in here.iter_rows(named=True):
            yield (
                f"  {row['variable']:24s} KS {row['ks']:.3f} (halves {row['ks_halves_95']:.3f})  "
                f"difference {row['standardised_difference']:+.2f} SD  "
                f"SD ratio {row['sd_ratio']:.2f}  Wasserstein {row['wasserstein']:.3f}"
            )
        pairs = correlations.filter(pl.col("cohort") == cohort).with_columns(
            apart=pl.col("difference").abs()
        )
        if pairs.is_empty():
            continue
        worst = pairs.sort("apart", descending=True).row(0, named=True)
        beyond = pairs.filter(pl.col("apart") > pl.col("halves_95")).height
        yield (
            f"  correlations: mean difference {float(str(pairs['apart'].mean())):.3f}, largest "
            f"{worst['variable_a']} and {worst['variable_b']} {worst['rho_real']:+.2f} real, "
            f"{worst['rho_virtual']:+.2f} virtual; {beyond} of {pairs.height} beyond halves"
        )


def _use(here: pl.DataFrame) -> str:
    """Return what the model has of a cohort, in words."""
    used = here.filter("is_calibrated_to")["variable"].to_list()
    if len(used) == here.height:
        return "made from it"
    shaped = f" but for the shape of {', '.join(used)}" if used else ""
    return f"a test: not made from it{shaped}"
