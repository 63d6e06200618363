"""Alignment learned from samples that should look the same in every batch."""

from collections.abc import Collection, Sequence

import numpy as np

from macroimmune.cytometry.alignment.alignment import (
    Alignment,
    BatchMap,
    refuse_other_than_lineage,
)
from macroimmune.cytometry.alignment.batch_effects import units_of
from macroimmune.cytometry.alignment.channel_quantiles import FileQuantiles
from macroimmune.errors import EstimationError, InputError
from macroimmune.statistics.shift_functions import shift_functions

__all__ = ["LEAST_CELLS", "MEAN_OF_BATCHES", "learn_alignment"]

LEAST_CELLS = 200
MEAN_OF_BATCHES = "mean of batches"


def learn_alignment(
    files: Sequence[FileQuantiles],
    batches: Sequence[str],
    *,
    donors: Sequence[str] | None = None,
    antigens: Collection[str] | None = None,
    goal: str = MEAN_OF_BATCHES,
    learned_on: str = "bridging controls",
) -> Alignment:
    """Return the alignment of the lineage channels of one panel.

    Parameters
    ----------
    files : sequence of FileQuantiles
        Of one panel, unstimulated: aliquots of one donor in every batch, or samples of many
        donors. Files below 200 cells are left out.
    batches : sequence of str, one per file
    donors : sequence of str, one per file, optional
        Whose the files are: several files of one donor in a batch count once. Without it each
        file counts, as replicate tubes of a control do.
    antigens : collection of str, optional
        Channels to align; without it all lineage channels that every file has.
    goal : str
        Name of a batch, or the mean of the batches.
    learned_on : str
        In words, for the record.

    Returns
    -------
    alignment : Alignment

    Raises
    ------
    InputError
        If files are of several panels, a name is missing, or the goal is no batch.
    EstimationError
        If fewer than two batches have a file with enough cells.
    DesignError
        If a channel that is asked for is not a lineage channel.

    Notes
    -----
    Convention: of each marker the quantile function of a batch is the mean of its files'; the goal
    is the mean of the batches', so no batch counts more for its size. The map to it is smooth and
    shrunk by its noise (``statistics.shift_functions``): to nothing where batches differ no more
    than files of one batch do. Zeros of mass cytometry stay zeros. Checked against: the shifts of
    staining and gain that virtual studies plant.
    """
    if len(files) != len(batches):
        msg = f"{len(files)} files and {len(batches)} batches; expected one batch per file"
        raise InputError(msg)
    if len({one.panel for one in files}) > 1:
        msg = f"files of panels {sorted({one.panel for one in files})}; expected one panel"
        raise InputError(msg)
    enough = [place for place, one in enumerate(files) if one.n_cells >= LEAST_CELLS]
    owners = [one.file for one in files] if donors is None else donors
    units = units_of(
        [files[place] for place in enough],
        [batches[place] for place in enough],
        [owners[place] for place in enough],
    )
    chosen, names = [one.quantiles for one in units], [one.batch for one in units]
    order = sorted(set(names))
    if len(order) < 2:
        msg = f"{len(order)} batch with a file of at least {LEAST_CELLS} cells; alignment needs two"
        raise EstimationError(msg)
    if goal != MEAN_OF_BATCHES and goal not in order:
        msg = f"goal {goal!r} is no batch; expected {MEAN_OF_BATCHES!r} or one of {order}"
        raise InputError(msg)
    maps = [
        one
        for antigen in _channels(chosen, antigens)
        for one in _maps(chosen, names, order, antigen, goal)
    ]
    return Alignment(tuple(maps), goal, learned_on)


def _channels(files: Sequence[FileQuantiles], antigens: Collection[str] | None) -> list[str]:
    """Return the antigens to align, each of which is a lineage channel of every file.

    Raises
    ------
    InputError
        If a file lacks an antigen that is asked for.
    """
    roles = dict(zip(files[0].antigens, files[0].roles, strict=True))
    if antigens is None:
        everywhere = set.intersection(*(set(one.antigens) for one in files))
        return [name for name, role in roles.items() if role == "lineage" and name in everywhere]
    for name in antigens:
        lacking = next((one.file for one in files if name not in one.antigens), None)
        if lacking is not None:
            msg = f"{lacking}: no channel {name}; expected every file of the panel to have it"
            raise InputError(msg)
        refuse_other_than_lineage(name, roles[name])
    return list(antigens)


def _maps(
    files: Sequence[FileQuantiles],
    names: Sequence[str],
    order: Sequence[str],
    antigen: str,
    goal: str,
) -> list[BatchMap]:
    found = shift_functions(
        np.array([one.of(antigen) for one in files]),
        [one.n_cells for one in files],
        [order.index(name) for name in names],
        reference=None if goal == MEAN_OF_BATCHES else order.index(goal),
        is_zero_fixed=files[0].technology == "mass",
    )
    return [
        BatchMap(
            files[0].panel,
            batch,
            antigen,
            float(found.low[place]),
            float(found.high[place]),
            found.shifts[place],
        )
        for place, batch in enumerate(order)
    ]
