"""Populations of one file, given its thresholds: members, counts, shares with their intervals."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import EventKind, Events
from macroimmune.cytometry.gated import FileThresholds, GatedFile, PopulationCount, Threshold
from macroimmune.cytometry.gating.leakage import leaks
from macroimmune.cytometry.gating.membership import belonging, count_moved
from macroimmune.cytometry.gating.population_ratios import population_ratios
from macroimmune.cytometry.gating.share_intervals import share_intervals
from macroimmune.cytometry.gating.sign_tests import (
    NodeTests,
    ThresholdKey,
    node_tests,
    separating,
    threshold_keys,
)
from macroimmune.cytometry.gating.threshold_fits import column_of
from macroimmune.cytometry.gating.unspecific_markers import without_unspecific
from macroimmune.errors import InputError
from macroimmune.evidence import Hierarchy, PopulationDefinition

__all__ = ["LEAST_PARENT", "OTHER_WHOLES", "gate_events"]

LEAST_PARENT = 20
_NOT_USED = "shows no separation and is not used"
# A blood count has lymphocytes; other shares are those in which biomarkers were published.
OTHER_WHOLES = MappingProxyType({
    "t_cell": "lymphocytes",
    "b_cell": "lymphocytes",
    "nk": "lymphocytes",
    "nk_mature": "leukocytes",
    "m_mdsc": "leukocytes",
    "classical_monocyte": "leukocytes",
    "treg_cd45ra_neg_foxp3_hi": "cd4_t",
})


def gate_events(
    events: Events,
    kinds: NDArray[np.uint8],
    hierarchy: Hierarchy,
    thresholds: FileThresholds,
) -> GatedFile:
    """Return the members of each population, their counts, and their shares of the parent.

    Parameters
    ----------
    events : Events
    kinds : uint8 array, shape (events,)
        `EventKind`; only cells are gated.
    hierarchy : Hierarchy
    thresholds : FileThresholds
        Of this file, shrunk to the cohort or not; one for each sign of the hierarchy.

    Returns
    -------
    gated : GatedFile
        A threshold that is missing (NaN) leaves its populations without cells and share, and
        `status` says which one it is; a threshold at the end of a marker's one population leaves
        the share, and `status` says that it is one. An excluding sign of a marker that shows one
        population is not used, which `status` says; see `separating`, and `without_unspecific` for
        the positive sign of such a marker. `status` also names populations that should not count
        but could not be told. Some populations are shares of other wholes as well (T cells of
        lymphocytes).

    Raises
    ------
    InputError
        If a threshold that the hierarchy needs is not among those given.

    Notes
    -----
    Convention: each threshold is moved down and up by its standard error, cells are counted
    again, in all populations that share it, and the changes of a share add up as independent
    errors; overlap of groups at a threshold widens the interval to the side to which it moves a
    share, and leaves members and share as the thresholds cut them; see `share_intervals`.
    """
    keys, asked = threshold_keys(hierarchy), node_tests(hierarchy)
    given = _in_order(events.file, keys, thresholds)
    nodes = [separating(one, given) for one in asked]
    rows = np.flatnonzero(kinds == EventKind.CELL)
    columns = {key[0]: events.values[:, column_of(events, key[0])][rows] for key in keys}
    values = [columns[antigen] for antigen, _, _ in keys]
    cuts = np.array([one.value for one in given], float)
    members = _members(nodes, values, cuts, len(rows))
    given = without_unspecific(given, asked, members, hierarchy.names)
    if np.isnan([one.value for one in given]).sum() > np.isnan(cuts).sum():
        cuts = np.array([one.value for one in given], float)
        members = _members(nodes, values, cuts, len(rows))
    changes = [
        count_moved(nodes, values, cuts, members, cut, one.value + side * one.standard_error)
        for cut, one in enumerate(given)
        if not np.isnan(one.value)
        for side in (-1, 1)
    ]
    # The last place is that of all cells, and -1 is the place of a missing parent.
    counts = np.append(members.sum(axis=1), len(rows))
    moved = counts + np.array([[*change, 0] for change in changes], int).reshape(-1, len(counts))
    parents = np.array([node.parent for node in nodes], int)
    leaked = leaks(nodes, values, cuts, members)
    shares = share_intervals(counts[:-1], counts[parents], moved[:, :-1], moved[:, parents], leaked)
    statuses, has_share = _statuses(hierarchy, asked, nodes, counts[parents], given)
    shares[:, ~has_share] = np.nan
    is_member = np.zeros((len(nodes), len(kinds)), bool)
    is_member[:, rows] = members
    return GatedFile(
        events.file,
        hierarchy,
        MappingProxyType(dict(zip(hierarchy.names, is_member, strict=True))),
        tuple(
            _count(
                (node.population, node.parent),
                (counts[place], counts[parents[place]]),
                shares[:, place],
                statuses[place],
            )
            for place, node in enumerate(hierarchy.nodes)
        ),
        _other_shares(hierarchy, counts, moved, leaked, statuses, has_share),
        population_ratios(hierarchy.names, counts, moved, leaked, statuses, has_share),
        cuts,
    )


def _members(
    nodes: Sequence[NodeTests],
    values: Sequence[NDArray[np.float32]],
    cuts: NDArray[np.float64],
    n_cells: int,
) -> NDArray[np.bool_]:
    """Return which cells belong to each population."""
    members = np.zeros((len(nodes), n_cells), bool)
    for place, node in enumerate(nodes):
        members[place] = belonging(node, values, cuts, members)
    return members


def _other_shares(
    hierarchy: Hierarchy,
    counts: NDArray[np.int64],
    moved: NDArray[np.int64],
    leaked: NDArray[np.float64],
    statuses: Sequence[str],
    has_share: NDArray[np.bool_],
) -> tuple[PopulationCount, ...]:
    """Return populations as shares of wholes that are not their parent."""
    place = {name: number for number, name in enumerate(hierarchy.names)}
    parents = {node.population: node.parent for node in hierarchy.nodes}
    pairs = [
        (place[part], place[whole])
        for part, whole in OTHER_WHOLES.items()
        if part in place and whole in place and parents[part] != whole
    ]
    if not pairs:
        return ()
    parts, wholes = (list(side) for side in zip(*pairs, strict=True))
    shares = share_intervals(
        counts[parts], counts[wholes], moved[:, parts], moved[:, wholes], leaked[parts]
    )
    rows = []
    for (part, whole), share in zip(pairs, shares.T, strict=True):
        untold = [one for one in (part, whole) if not has_share[one]]
        status = statuses[untold[0]] if untold else ""
        if not status and counts[whole] < LEAST_PARENT:
            status = _too_few(int(counts[whole]))
        rows.append(
            _count(
                (hierarchy.names[part], hierarchy.names[whole]),
                (counts[part], counts[whole]),
                np.full_like(share, np.nan) if status else share,
                status or statuses[part],
            )
        )
    return tuple(rows)


def _too_few(n_parent: int) -> str:
    return f"{n_parent} cells in the parent; a share needs {LEAST_PARENT}"


def _in_order(
    file: str, keys: Sequence[ThresholdKey], thresholds: FileThresholds
) -> list[Threshold]:
    by_key = {(one.antigen, one.within, one.level): one for one in thresholds.thresholds}
    for key in keys:
        if key not in by_key:
            msg = (
                f"{file}: no threshold of {key[0]} within {key[1] or 'all cells'} ({key[2]}); "
                "expected those of the same hierarchy"
            )
            raise InputError(msg)
    return [by_key[key] for key in keys]


def _count(
    of: tuple[str, str],
    numbers: tuple[np.int64, np.int64],
    share: NDArray[np.float64],
    status: str,
) -> PopulationCount:
    """Return the count of a population of a parent."""
    fraction, ci_low, ci_high, count_low, count_high = share.tolist()
    return PopulationCount(
        population=of[0],
        parent=of[1],
        n_cells=int(numbers[0]),
        n_parent=int(numbers[1]),
        fraction=fraction,
        ci_low=ci_low,
        ci_high=ci_high,
        count_ci_low=count_low,
        count_ci_high=count_high,
        status=status,
    )


def _statuses(
    hierarchy: Hierarchy,
    asked: Sequence[NodeTests],
    nodes: Sequence[NodeTests],
    n_parents: NDArray[np.int64],
    given: Sequence[Threshold],
) -> tuple[list[str], NDArray[np.bool_]]:
    """Say of each population why it has no share, or how to read it; and whether it has one."""
    statuses: list[str] = []
    has_share: list[bool] = []
    of_population: dict[str, str] = {"": ""}
    rows = zip(hierarchy.nodes, asked, nodes, n_parents.tolist(), strict=True)
    for node, tests, used, n_parent in rows:
        without = [given[cut] for cut, _ in used.cuts if np.isnan(given[cut].value)]
        untold = [f"{name}: {why}" for name in node.union if (why := of_population[name])]
        status = of_population[node.parent]
        if not status and without:
            status = f"no threshold of {without[0].antigen}: {without[0].status}"
        if not status and untold:
            status = untold[0]
        of_population[node.population] = status
        if not status and n_parent < LEAST_PARENT:
            status = _too_few(n_parent)
        has_share.append(not status)
        statuses.append(status or "; ".join(_remarks(node, tests, used, given, of_population)))
    return statuses, np.array(has_share, bool)


def _remarks(
    node: PopulationDefinition,
    asked: NodeTests,
    used: NodeTests,
    given: Sequence[Threshold],
    untold: Mapping[str, str],
) -> list[str]:
    """Say how to read the share of a population."""
    left = [given[pair[0]].antigen for pair in asked.cuts if pair not in used.cuts]
    # What was found in the file counts; what the cohort said has its error in the interval.
    seen = [given[cut] for cut, _ in used.cuts if given[cut].method.endswith(" end")]
    return [
        *(f"{antigen} {_NOT_USED}" for antigen in left),
        *(f"{one.antigen}: {one.status}" for one in seen),
        *(f"{name} counted too: {untold[name]}" for name in node.excluding if untold[name]),
    ]
