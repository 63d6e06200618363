"""Measures of diversity in words, and where each stands."""

__all__ = ["COMMON", "OBSERVED", "basis_words", "measure_name"]

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
}


def measure_name(measure: str) -> str:
    """Return the measure as people write it.

    Examples
    --------
    >>> measure_name("hill_1"), measure_name("top_10_share")
    ('Shannon diversity (Hill number 1)', 'Top 10 share')
    """
    plain = measure.replace("_", " ")
    return _NAMES.get(measure, plain[:1].upper() + plain[1:])


def basis_words(basis: str) -> str:
    """Return at which depth a value stands."""
    return {OBSERVED: "as observed", COMMON: "at common coverage"}.get(basis, basis)
