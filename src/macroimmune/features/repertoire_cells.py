"""Clones of labelled cells as features: expansion of a population beyond that of the sample."""

from collections.abc import Iterator, Mapping

import polars as pl

from macroimmune.evidence import find_population
from macroimmune.features.compartments import placed
from macroimmune.features.definition import SAMPLE_COLUMNS, FeatureDefinition
from macroimmune.study import Study

__all__ = ["cell_features"]

Feature = tuple[FeatureDefinition, pl.DataFrame]

_FAMILY = "repertoires of cells"
# The two lineages, the regulatory cells, and the CD8 cells that expand in blood and tumour.
_POPULATIONS = ("cd4_t", "cd8_t", "treg", "em_cd8", "exhausted_cd8")
_LEAST_CELLS = 20
_BLOOD = "blood"


def cell_features(
    tables: Mapping[str, pl.DataFrame], *, study: Study | None = None
) -> list[Feature]:
    """Return what labelled cells say of clones, as features.

    Parameters
    ----------
    tables : mapping from name to polars DataFrame
        Tables `clone_populations` and `startrac`.
    study : Study or None
        Not needed: the tables say which compartment a sample is of.

    Returns
    -------
    features : list of (FeatureDefinition, polars DataFrame)
        For CD4 and CD8 T cells, Treg, effector memory and exhausted CD8 T cells that any sample
        has: the expansion index less what as many cells of the sample give when labels are
        shuffled, with its interval. None without labelled cells.

    Notes
    -----
    Convention: an index of n cells follows n, the difference does not; it is above zero where the
    population has larger clones than the T cells of its sample. Fewer than 20 cells, or a sample
    in which all labelled cells are of the population, have a status and no value.
    """
    del study
    sizes, startrac = tables["clone_populations"], tables["startrac"]
    if sizes.is_empty() or startrac.is_empty():
        return []
    samples = sizes.select(
        "repertoire_id", "sample_id", "days_from_treatment_start", "compartment"
    ).unique("repertoire_id")
    rows = startrac.filter(index="expansion").join(
        samples, left_on="of", right_on="repertoire_id", how="inner", maintain_order="left"
    )
    found: list[Feature] = []
    for population in _POPULATIONS:
        of_population = rows.filter(population=population)
        for compartment, values in _by_compartment(of_population):
            found.append((placed(_definition(population), compartment), _values(values)))
    return found


def _by_compartment(rows: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    for (compartment,), values in rows.sort(
        pl.col("compartment") != _BLOOD, "compartment", maintain_order=True
    ).group_by("compartment", maintain_order=True):
        yield str(compartment), values


def _definition(population: str) -> FeatureDefinition:
    known = find_population(population)
    name = known.name if known else population
    return FeatureDefinition(
        id=f"{population}_expansion_excess",
        name=f"clonal expansion index of {name} above that of as many cells of the sample",
        family=_FAMILY,
        unit="index",
        scale="sd",
        needs=f"at least {_LEAST_CELLS} cells with a receptor that are labelled {name}, beside "
        "others (repertoires)",
    )


def _values(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of a feature; of too few cells no value."""
    enough = pl.col("n_cells") >= _LEAST_CELLS
    return rows.with_columns(
        *(
            pl.when(enough).then(pl.col(name) - pl.col("expected")).alias(name)
            for name in ("value", "ci_low", "ci_high")
        )
    ).select(*SAMPLE_COLUMNS, "ci_low", "ci_high")
