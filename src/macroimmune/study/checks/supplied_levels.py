"""Levels after a stimulus that were measured elsewhere and cannot be compared with any other."""

from collections.abc import Iterator, Sequence

from macroimmune.results import Finding
from macroimmune.study.checks.check import Check, Tables, limited, rows_of
from macroimmune.study.study import AnalysisSettings
from macroimmune.study.supplied_levels import (
    SuppliedLevel,
    SuppliedPair,
    is_standardised,
    supplied_pairs,
)

__all__ = ["SUPPLIED_LEVELS"]


def _look(tables: Tables, _analysis: AnalysisSettings) -> Iterator[Finding]:
    pairs = supplied_pairs(rows_of(tables, "stimulated_levels"))
    alone = [pair for pair in pairs if pair.unstimulated is None]
    if alone and len(alone) == len(pairs):
        yield _all_alone(alone)
    else:
        yield from limited(_alone(alone))
    yield from limited(_two_units(pairs))
    yield from _standardised(pairs)


def _at(level: SuppliedLevel, code: str, column: str, found: str, *words: str) -> Finding:
    return Finding("warning", code, level.file, level.row, column, found, *words)


def _all_alone(alone: Sequence[SuppliedPair]) -> Finding:
    first = alone[0].stimulated
    return Finding(
        "warning",
        "level-without-partner",
        first.file,
        None,
        "stimulus",
        f"{len(alone)} levels after a stimulus, none of which has its unstimulated level",
        "levels without a stimulus, named none, unstimulated, medium, ... or of dose 0",
        "Nothing but curves over dose can be made of them. List the unstimulated levels.",
    )


def _alone(alone: Sequence[SuppliedPair]) -> Iterator[Finding]:
    """Yield a warning per sample and stimulus, however many markers it was measured by."""
    told = set()
    for pair in alone:
        level = pair.stimulated
        key = (level.participant_id, level.sample_id, level.stimulus, level.minutes, level.dose)
        if key not in told:
            told.add(key)
            yield _at(
                level,
                "level-without-partner",
                "stimulus",
                f"{level.marker} of {level.population or 'all cells'} in sample {level.sample_id} "
                f"after {level.stimulus}, without its unstimulated level",
                "an unstimulated level of the same sample, population and marker",
                "A response is a difference between two wells: list the other one.",
            )


def _two_units(pairs: Sequence[SuppliedPair]) -> Iterator[Finding]:
    for pair in pairs:
        after, before = pair.stimulated, pair.unstimulated
        if before is not None and before.unit != after.unit:
            yield _at(
                after,
                "levels-in-two-units",
                "unit",
                f"{after.marker} of sample {after.sample_id} in {after.unit or 'no unit'}, "
                f"unstimulated in {before.unit or 'no unit'}",
                "one unit for both wells of a pair",
                "The pair gives no response. Correct the unit, or bring both to one scale.",
            )


def _standardised(pairs: Sequence[SuppliedPair]) -> Iterator[Finding]:
    for pair in pairs:
        if is_standardised(pair.stimulated.unit):
            level = pair.stimulated
            yield _at(
                level,
                "levels-standardised",
                "unit",
                f"unit {level.unit!r}: every column has a zero and a scale of its own",
                "levels on the scale on which they were measured",
                "No response is made of them, because differences between them mean nothing. "
                "Give the levels before they were standardised.",
            )
            return


SUPPLIED_LEVELS = Check(
    ("level-without-partner", "levels-in-two-units", "levels-standardised"),
    "levels measured elsewhere that have no unstimulated level to be compared with",
    _look,
)
