"""Measures of diversity in words, and where each stands."""

import polars as pl

from macroimmune.report.repertoires.kinds import compartment_name, compartments_of

__all__ = ["COMMON", "OBSERVED", "axis_title", "basis_words", "coverage_lines", "measure_name"]

OBSERVED, COMMON = "observed", "common coverage"
_NAMES = {
    "hill_0": "Richness (Hill number 0)",
    "hill_1": "Shannon diversity (Hill number 1)",
    "hill_2": "Simpson diversity (Hill number 2)",
    "shannon_clonality": "Shannon clonality",
    "simpson_clonality": "Simpson clonality",
    "gini": "Gini coefficient",
    "d50": "D50",
    "d50_share": "D50, share of clonotypes",
    "chao1": "Richness, Chao1",
    "coverage": "Coverage of the sample",
    "convergence": "Convergence",
    "top_1_share": "Share of the largest clone",
    "top_10_share": "Share of the 10 largest clones",
    "top_100_share": "Share of the 100 largest clones",
}


def measure_name(measure: str) -> str:
    """Return the measure as people write it.

    Examples
    --------
    >>> measure_name("hill_1"), measure_name("top_7_share")
    ('Shannon diversity (Hill number 1)', 'Top 7 share')
    """
    plain = measure.replace("_", " ")
    return _NAMES.get(measure, plain[:1].upper() + plain[1:])


def basis_words(basis: str) -> str:
    """Return at which depth a value stands."""
    return {OBSERVED: "as observed", COMMON: "at common coverage"}.get(basis, basis)


def axis_title(measure: str, unit: str) -> str:
    """Return the title of an axis of the measure.

    Examples
    --------
    >>> axis_title("hill_0", "clonotypes"), axis_title("hill_2", "clonotypes")
    ('clonotypes', 'effective clonotypes')
    >>> axis_title("gini", "0 to 1")
    'Gini coefficient, 0 to 1'
    """
    if measure.startswith("hill"):
        return "clonotypes" if measure == "hill_0" else "effective clonotypes"
    return f"{measure_name(measure)}, {unit}" if unit else measure_name(measure)


def coverage_lines(diversity: pl.DataFrame) -> tuple[tuple[float, str], ...]:
    """Return the common coverages in percent, each with its compartment where they differ.

    Parameters
    ----------
    diversity : polars DataFrame
        Table `repertoire_diversity`, of one kind of repertoire.

    Notes
    -----
    Convention: none where a compartment has several; then no one line stands for it.
    """
    common = diversity.filter((pl.col("basis") == COMMON) & pl.col("value").is_not_null())
    levels = common.drop_nulls("coverage").select("compartment", "coverage").unique()
    if levels["coverage"].n_unique() == 1:
        return ((100.0 * float(levels["coverage"][0]), "common coverage"),)
    by_place = {
        name: levels.filter(pl.col("compartment") == name)["coverage"].to_list()
        for name in compartments_of(levels["compartment"])
    }
    return tuple(
        (100.0 * found[0], f"common, {compartment_name(name)}")
        for name, found in by_place.items()
        if len(found) == 1
    )
