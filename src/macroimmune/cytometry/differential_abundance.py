"""Which clusters or populations are more abundant in one group than in another, donors counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.errors import InputError
from macroimmune.results import conform, empty
from macroimmune.statistics import (
    overdispersed_logistic,
    paired_share_difference,
    q_values,
    share_difference,
)

__all__ = [
    "AbundanceCounts",
    "AbundanceDifference",
    "cluster_counts",
    "compared_files_frame",
    "differential_abundance",
    "differential_abundance_frame",
    "population_counts",
]

Whole = NDArray[np.int64]

_FEWEST_DONORS = 3


@dataclass(frozen=True, slots=True, eq=False)
class AbundanceCounts:
    """Cells of clusters or populations in files.

    Parameters
    ----------
    files : tuple of str
    names : tuple of str
        Clusters or populations.
    counts, totals : int array, shape (files, names)
        Cells, and cells of the parent; 0 of 0 where a file does not show the population.
    """

    files: tuple[str, ...]
    names: tuple[str, ...]
    counts: Whole
    totals: Whole


@dataclass(frozen=True, slots=True)
class AbundanceDifference:
    """One cluster or population compared between two groups.

    Parameters
    ----------
    name : str
    odds_ratio, ci_low, ci_high : float
        Of a cell of the parent to belong to it, in the second group against the first; NaN where
        `status` says why there is none.
    p_value, q_value : float
        Two-sided; Benjamini-Hochberg over all names of the comparison.
    n : int
        Donors that were compared; in pairs each counts once.
    method, status : str
    """

    name: str
    odds_ratio: float
    ci_low: float
    ci_high: float
    p_value: float
    q_value: float
    n: int
    method: str
    status: str


@dataclass(frozen=True, slots=True, eq=False)
class _Sides:
    """Counts and totals of one name in both groups, a row per donor; in pairs in the same order."""

    first: tuple[Whole, Whole]
    second: tuple[Whole, Whole]
    is_paired: bool
    note: str


def differential_abundance(
    counts: AbundanceCounts,
    donors: Mapping[str, str],
    groups: Mapping[str, str],
    compared: tuple[str, str],
) -> tuple[AbundanceDifference, ...]:
    """Return how clusters or populations differ in abundance between two groups.

    Parameters
    ----------
    counts : AbundanceCounts
    donors, groups : mapping from file to str
        Whose it is; response, arm, visit, stimulus or whatever is compared. Files without a group,
        or of other groups, are left out.
    compared : (str, str)
        First group, and the one that is compared with it.

    Returns
    -------
    differences : tuple of AbundanceDifference
        In the order of the names.

    Raises
    ------
    InputError
        If both groups are the same one.

    Notes
    -----
    Convention: the donor is the unit. Files of a donor within a group are added up. Where three or
    more donors are in both groups, these are compared within donors and the others are left out,
    which the status says; with fewer, donors that are in both are left out, because they are no
    independent second donor. Unpaired: logistic regression of counts with over-dispersion by
    Williams, and differences of logits where a group has no cell at all. Paired: differences of
    logits within donors. Type I errors and power: `benchmarks/differential_abundance.py`. Shares
    of one whole depend on each other: when one rises, others fall.

    Examples
    --------
    >>> cells = np.array([[10], [12], [9], [25], [40], [31]])
    >>> counts = AbundanceCounts(tuple("abcdef"), ("1",), cells, np.full((6, 1), 200))
    >>> groups = dict(zip("abcdef", ["healthy"] * 3 + ["patients"] * 3, strict=True))
    >>> donors = {file: file for file in "abcdef"}
    >>> (one,) = differential_abundance(counts, donors, groups, ("healthy", "patients"))
    >>> round(one.odds_ratio, 1), one.n
    (3.5, 6)
    """
    if compared[0] == compared[1]:
        msg = f"two groups are compared, found {compared[0]!r} twice"
        raise InputError(msg)
    differences = []
    for place, name in enumerate(counts.names):
        sides = _sides(counts, place, donors, groups, compared)
        compare = _within_donors if sides.is_paired else _between_donors
        differences.append(replace(compare(sides, compared), name=name))
    q = q_values([one.p_value for one in differences])
    return tuple(
        replace(one, q_value=float(value)) for one, value in zip(differences, q, strict=True)
    )


def differential_abundance_frame(
    panel: str, of: str, compared: tuple[str, str], differences: Sequence[AbundanceDifference]
) -> pl.DataFrame:
    """Return the rows of one comparison in the table `differential_abundance`.

    Parameters
    ----------
    panel : str
    of : {"clusters", "populations"}
    compared : (str, str)
    differences : sequence of AbundanceDifference
    """
    if not differences:
        return empty("differential_abundance")
    rows = [
        {
            "panel": panel,
            "of": of,
            "name": one.name,
            "comparison": _comparison(compared),
            "odds_ratio": one.odds_ratio,
            "ci_low": one.ci_low,
            "ci_high": one.ci_high,
            "p_value": one.p_value,
            "q_value": one.q_value,
            "n": one.n,
            "method": one.method,
            "status": one.status,
        }
        for one in differences
    ]
    return conform("differential_abundance", pl.DataFrame(rows, infer_schema_length=None))


def compared_files_frame(
    panel: str, compared: tuple[str, str], groups: Mapping[str, str]
) -> pl.DataFrame:
    """Return which file is on which side of a comparison: the table `compared_files`.

    Parameters
    ----------
    panel : str
    compared : (str, str)
    groups : mapping from file to str
        As for `differential_abundance`; files of other groups are left out.
    """
    rows = [
        {"panel": panel, "comparison": _comparison(compared), "raw_file": file, "group": group}
        for side in compared
        for file, group in groups.items()
        if group == side
    ]
    return conform("compared_files", pl.DataFrame(rows)) if rows else empty("compared_files")


def _comparison(compared: tuple[str, str]) -> str:
    return f"{compared[1]} v {compared[0]}"


def cluster_counts(abundance: pl.DataFrame) -> AbundanceCounts:
    """Return the counts of the table `cluster_abundance`, rows of one panel."""
    return _counts(abundance, "cluster")


def population_counts(frequencies: pl.DataFrame) -> AbundanceCounts:
    """Return the counts of the table `cell_frequencies`, rows of one panel and way of gating.

    Each population is counted against its parent; with several parents against the first.
    """
    first = frequencies.unique(["raw_file", "population"], keep="first", maintain_order=True)
    return _counts(first, "population")


def _counts(frame: pl.DataFrame, column: str) -> AbundanceCounts:
    known = frame.drop_nulls(["n_cells", "n_parent"])
    files = tuple(known["raw_file"].unique(maintain_order=True))
    names = tuple(known[column].unique(maintain_order=True))
    row = {name: place for place, name in enumerate(files)}
    of_name = {name: place for place, name in enumerate(names)}
    counts = np.zeros((len(files), len(names)), np.int64)
    totals = np.zeros_like(counts)
    for file, name, cells, parent in known.select(
        "raw_file", column, "n_cells", "n_parent"
    ).iter_rows():
        counts[row[file], of_name[name]] = cells
        totals[row[file], of_name[name]] = parent
    return AbundanceCounts(files, names, counts, totals)


def _sides(
    counts: AbundanceCounts,
    place: int,
    donors: Mapping[str, str],
    groups: Mapping[str, str],
    compared: tuple[str, str],
) -> _Sides:
    """Return the donors of both groups with their cells added up."""
    added: tuple[dict[str, list[int]], dict[str, list[int]]] = ({}, {})
    for row, file in enumerate(counts.files):
        total = int(counts.totals[row, place])
        if groups.get(file) not in compared or not donors.get(file) or not total:
            continue
        of_donor = added[compared.index(groups[file])].setdefault(donors[file], [0, 0])
        of_donor[0] += int(counts.counts[row, place])
        of_donor[1] += total
    both = [donor for donor in added[0] if donor in added[1]]
    is_paired = len(both) >= _FEWEST_DONORS
    kept = [
        [donor for donor in side if (donor in both) == is_paired] if both else list(side)
        for side in added
    ]
    if is_paired:
        kept = [both, both]
    left_out = len({*added[0], *added[1]}) - len({*kept[0], *kept[1]})
    why = "in one group only" if is_paired else "in both groups, too few for pairs,"
    note = f"{left_out} donors {why} left out" if left_out else ""
    first, second = (
        _arrays([side[donor] for donor in chosen]) for side, chosen in zip(added, kept, strict=True)
    )
    return _Sides(first, second, is_paired, note)


def _arrays(rows: list[list[int]]) -> tuple[Whole, Whole]:
    table = np.array(rows, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _within_donors(sides: _Sides, _: tuple[str, str]) -> AbundanceDifference:
    found = paired_share_difference(*sides.first, *sides.second)
    return AbundanceDifference(
        name="",
        odds_ratio=found.odds_ratio,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        p_value=found.p_value,
        q_value=float("nan"),
        n=found.n,
        method=found.method,
        status=_joined(found.status, sides.note),
    )


def _between_donors(sides: _Sides, compared: tuple[str, str]) -> AbundanceDifference:
    n_first, n_second = len(sides.first[0]), len(sides.second[0])
    cells = np.concatenate([sides.first[0], sides.second[0]])
    totals = np.concatenate([sides.first[1], sides.second[1]])
    is_second = np.arange(n_first + n_second) >= n_first
    without = [
        group
        for group, (own, _) in zip(compared, (sides.first, sides.second), strict=True)
        if not own.any()
    ]
    if min(n_first, n_second) < _FEWEST_DONORS:
        return _without(
            n_first + n_second,
            _joined(
                f"{n_first} and {n_second} donors are too few, {_FEWEST_DONORS} are needed in each "
                "group",
                sides.note,
            ),
        )
    if len(without) == 1:
        return _absent(cells, totals, is_second, without[0], sides.note)
    model = overdispersed_logistic(cells, totals, is_second)
    return AbundanceDifference(
        name="",
        odds_ratio=float(model.odds_ratios[1]),
        ci_low=float(model.ci_low[1]),
        ci_high=float(model.ci_high[1]),
        p_value=float(model.p_values[1]),
        q_value=float("nan"),
        n=model.n,
        method=model.method,
        status=_joined(model.status, sides.note),
    )


def _absent(
    cells: Whole, totals: Whole, is_second: NDArray[np.bool_], group: str, note: str
) -> AbundanceDifference:
    """Compare where one group has no cell: finite, but too near to 1."""
    found = share_difference(cells, totals, is_second)
    said = found.status or "half a cell per sample was added, so the ratio is too near to 1"
    return AbundanceDifference(
        name="",
        odds_ratio=found.odds_ratio,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        p_value=found.p_value,
        q_value=float("nan"),
        n=found.n,
        method=found.method,
        status=_joined(f"no cell in group {group}: {said}", note),
    )


def _without(n: int, status: str) -> AbundanceDifference:
    gap = float("nan")
    return AbundanceDifference("", gap, gap, gap, gap, gap, n, "", status)


def _joined(*sentences: str) -> str:
    return "; ".join(filter(None, sentences))
