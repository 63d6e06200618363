"""Virtual repertoires, mass cytometry and single-cell RNA beside public ones, as tables."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import polars as pl

from macroimmune.datasets import locate
from macroimmune.errors import InputError
from macroimmune.simulator.calibration import correlation_distances, variable_distances
from macroimmune.simulator.realism import (
    RawComparison,
    beside_deep_sequencing,
    beside_interferon_wells,
    beside_populations,
    beside_reads,
    beside_single_cells,
    beside_whole_blood,
)
from macroimmune.simulator.repertoires.beside_real import measures_beside
from macroimmune.simulator.streams import random_stream
from macroimmune.workflow.histograms import LINEAR_UNITS, shapes_from_rows

__all__ = ["RAW_COHORTS", "RawTables", "raw_beside_real", "raw_lines"]

RAW_COHORTS: Mapping[str, tuple[str, Callable[[Path, int], RawComparison]]] = MappingProxyType({
    "hammerlab_urothelial": ("repertoires", beside_deep_sequencing),
    "iokin_tcr": ("repertoires", beside_reads),
    "tenx_contigs": ("repertoires", beside_single_cells),
    "cytonorm_fcs": ("mass cytometry", beside_whole_blood),
    "bodenmiller_bcrxl_fcs": ("mass cytometry", beside_populations),
    "kang_ifnb": ("single-cell RNA", beside_interferon_wells),
})
# Fewer rows than these are shown one by one.
_FEW = 100
_SCHEMAS: Mapping[str, Mapping[str, type[pl.DataType]]] = MappingProxyType({
    "raw_values": {
        "cohort": pl.String, "variable": pl.String, "unit": pl.String, "is_log": pl.Boolean,
        "source": pl.String, "value": pl.Float64,
    },
    "raw_measures": {
        "cohort": pl.String, "measure": pl.String, "unit": pl.String, "n_real": pl.Int64,
        "n_virtual": pl.Int64, "real_least": pl.Float64, "real_median": pl.Float64,
        "real_largest": pl.Float64, "virtual_least": pl.Float64, "virtual_median": pl.Float64,
        "virtual_largest": pl.Float64, "inside": pl.Float64,
    },
    "raw_shapes": {
        "cohort": pl.String, "variable": pl.String, "unit": pl.String, "is_log": pl.Boolean,
        "low": pl.Float64, "high": pl.Float64, "real": pl.Float64, "virtual": pl.Float64,
    },
    "raw_distances": {
        "cohort": pl.String, "unit": pl.String, "variable": pl.String, "scale": pl.String,
        "n_real": pl.Int64, "n_virtual": pl.Int64, "median_real": pl.Float64,
        "median_virtual": pl.Float64, "ks": pl.Float64, "ks_halves": pl.Float64,
        "ks_halves_95": pl.Float64, "standardised_difference": pl.Float64,
        "standardised_difference_halves_95": pl.Float64, "sd_ratio": pl.Float64,
        "wasserstein": pl.Float64,
    },
    "raw_correlations": {
        "cohort": pl.String, "variable_a": pl.String, "variable_b": pl.String,
        "n_real": pl.Int64, "rho_real": pl.Float64, "rho_virtual": pl.Float64,
        "difference": pl.Float64, "halves_95": pl.Float64,
    },
    "raw_points": {
        "cohort": pl.String, "figure": pl.String, "unit": pl.String, "label": pl.String,
        "x": pl.Float64, "real": pl.Float64, "virtual": pl.Float64,
    },
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class RawTables:
    """Raw measurements beside public ones.

    Parameters
    ----------
    tables : mapping from name to polars DataFrame
        `raw_values`, `raw_measures` (few rows, such as libraries), `raw_shapes`, `raw_distances`
        (many rows, such as cells), `raw_correlations`, `raw_points`; empty ones keep columns.
    cohorts : tuple of mappings
        `name`, `kind`, `lead` of every cohort; `absent` says why it could not be compared, else
        None.
    """

    tables: Mapping[str, pl.DataFrame]
    cohorts: tuple[Mapping[str, str | None], ...]


@dataclass(slots=True)
class _Parts:
    """Tables of all cohorts while they are put together."""

    of: dict[str, list[pl.DataFrame]] = field(default_factory=lambda: {k: [] for k in _SCHEMAS})

    def add(self, name: str, cohort: str, frame: pl.DataFrame) -> None:
        """Add the rows of a cohort to a table."""
        if not frame.is_empty():
            schema = _SCHEMAS[name]
            frame = frame.with_columns(pl.lit(cohort).alias("cohort"))
            self.of[name].append(frame.select(pl.col(key).cast(schema[key]) for key in schema))


def raw_beside_real(seed: int) -> RawTables:
    """Return virtual raw measurements beside those of the cohorts that are on this machine.

    Parameters
    ----------
    seed : int

    Returns
    -------
    tables : RawTables
    """
    parts = _Parts()
    cohorts: list[Mapping[str, str | None]] = []
    for cohort, (kind, compare) in RAW_COHORTS.items():
        try:
            found = compare(locate(cohort), seed)
        except InputError as error:
            cohorts.append({"name": cohort, "kind": kind, "lead": "", "absent": str(error)})
            continue
        _add(parts, cohort, found, seed)
        cohorts.append({"name": cohort, "kind": kind, "lead": found.lead, "absent": None})
    tables = {
        name: pl.concat([pl.DataFrame(schema=dict(schema)), *parts.of[name]])
        for name, schema in _SCHEMAS.items()
    }
    return RawTables(tables, tuple(cohorts))


def _add(parts: _Parts, cohort: str, found: RawComparison, seed: int) -> None:
    halves = random_stream(seed, "compare", "halves", cohort)
    parts.add("raw_points", cohort, found.points)
    for rows in found.rows:
        real, virtual = rows.real, rows.virtual
        units = pl.col("variable").replace_strict(dict(rows.units)).alias("unit")
        if real.height < _FEW:
            parts.add("raw_values", cohort, _values(real, virtual, rows.units))
            measured = measures_beside(virtual.to_dicts(), real.to_dicts()).with_columns(
                pl.col("measure").replace_strict(dict(rows.units)).alias("unit"),
                n_real=pl.lit(real.height),
                n_virtual=pl.lit(virtual.height),
            )
            parts.add("raw_measures", cohort, measured)
            continue
        parts.add("raw_shapes", cohort, shapes_from_rows(real, virtual, rows.units))
        logarithmic = frozenset(n for n in real.columns if rows.units[n] not in LINEAR_UNITS)
        distances = variable_distances(real, virtual, logarithmic, rng=halves)
        parts.add("raw_distances", cohort, distances.with_columns(units))
        if rows.is_correlated:
            pairs = correlation_distances(real, virtual, rng=halves)
            parts.add("raw_correlations", cohort, pairs)


def _values(real: pl.DataFrame, virtual: pl.DataFrame, units: Mapping[str, str]) -> pl.DataFrame:
    return pl.concat(
        pl.DataFrame({
            "variable": name,
            "unit": unit,
            "is_log": unit not in LINEAR_UNITS,
            "source": source,
            "value": frame[name].cast(pl.Float64),
        })
        for name, unit in units.items()
        for source, frame in (("real", real), ("virtual", virtual))
    )


def raw_lines(folder: Path) -> Iterator[str]:
    """Yield medians, distances and points of the raw measurements as lines to print.

    Parameters
    ----------
    folder : Path
        As `compare_virtual` wrote it.
    """
    tables = {name: pl.read_csv(folder / f"{name}.csv", schema=dict(schema))
              for name, schema in _SCHEMAS.items()}  # fmt: skip
    for cohort, (kind, _) in RAW_COHORTS.items():
        here = {name: table.filter(pl.col("cohort") == cohort) for name, table in tables.items()}
        lines = [*_measure_lines(here), *_distance_lines(here), *_point_lines(here["raw_points"])]
        if lines:
            yield f"{cohort} ({kind})"
            yield from lines


def _measure_lines(here: Mapping[str, pl.DataFrame]) -> Iterator[str]:
    for row in here["raw_measures"].iter_rows(named=True):
        yield (
            f"  {row['measure']:34s} median {row['real_median']:.3g} real (n {row['n_real']}), "
            f"{row['virtual_median']:.3g} virtual (n {row['n_virtual']}); "
            f"{100 * row['inside']:.0f} % within the real range"
        )


def _distance_lines(here: Mapping[str, pl.DataFrame]) -> Iterator[str]:
    for row in here["raw_distances"].iter_rows(named=True):
        yield (
            f"  {row['variable']:34s} KS {row['ks']:.3f} (halves {row['ks_halves_95']:.3f})  "
            f"median {row['median_real']:.3g} real, {row['median_virtual']:.3g} virtual  "
            f"SD ratio {row['sd_ratio']:.2f}"
        )
    pairs = here["raw_correlations"]
    if not pairs.is_empty():
        yield f"  correlations: mean difference {float(str(pairs['difference'].abs().mean())):.3f}"


def _point_lines(points: pl.DataFrame) -> Iterator[str]:
    for figure in points["figure"].unique(maintain_order=True):
        part = points.filter(pl.col("figure") == figure)
        apart = float(str((part["virtual"] - part["real"]).abs().mean()))
        agreement = float(str(part.select(pl.corr("real", "virtual")).item()))
        yield (
            f"  {figure} ({part.height}): r {agreement:.3f}, mean difference {apart:.3g} "
            f"{part['unit'][0]}"
        )
