"""How many cells an effect size and a score need, and what is said where there are fewer."""

__all__ = ["LEAST_CELLS", "LEAST_FOR_SCORE", "few_cells", "use_of_cells"]

LEAST_FOR_SCORE, LEAST_CELLS = 50, 20


def use_of_cells(unstimulated: int, stimulated: int) -> str:
    """Return "score", "effect size" or "none" by the cells of two wells."""
    least = min(unstimulated, stimulated)
    if least < LEAST_CELLS:
        return "none"
    return "score" if least >= LEAST_FOR_SCORE else "effect size"


def few_cells(unstimulated: int, stimulated: int) -> str:
    """Say which of two wells has too few cells, and for what; nothing where both have enough."""
    if min(unstimulated, stimulated) >= LEAST_FOR_SCORE:
        return ""
    few = [
        f"{n} {which} cells"
        for n, which in ((unstimulated, "unstimulated"), (stimulated, "stimulated"))
        if n < LEAST_FOR_SCORE
    ]
    if min(unstimulated, stimulated) < LEAST_CELLS:
        return f"{' and '.join(few)}: fewer than {LEAST_CELLS} give no effect size"
    return f"{' and '.join(few)}: fewer than {LEAST_FOR_SCORE} give an effect size but no score"
