"""The batch effect of every marker: how far batches lie apart, beside files of one batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.alignment.channel_quantiles import FileQuantiles
from macroimmune.statistics.group_differences import GroupDifferences, group_differences
from macroimmune.statistics.quantile_functions import LEVELS

__all__ = ["Unit", "batch_effect_row", "units_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """What counts once when batches are compared: a tube of a control, a donor in a batch.

    Parameters
    ----------
    batch : str
    quantiles : FileQuantiles
        Of the file, or the mean over the files of the donor in the batch.
    """

    batch: str
    quantiles: FileQuantiles


def units_of(
    files: Sequence[FileQuantiles], batches: Sequence[str], donors: Sequence[str]
) -> tuple[Unit, ...]:
    """Return one unit per donor and batch, with the mean of the files' quantile functions.

    Parameters
    ----------
    files : sequence of FileQuantiles
        Of one panel.
    batches, donors : sequences of str, one per file
        For replicate tubes of a control each tube is a donor of its own.

    Notes
    -----
    Convention: several samples of one donor in a batch are no replicates of the batch; taken for
    such, they would make files of one batch look more alike than donors are. A marker that a file
    of the donor lacks is left out.
    """
    grouped: dict[tuple[str, str], list[FileQuantiles]] = {}
    for file, batch, donor in zip(files, batches, donors, strict=True):
        grouped.setdefault((batch, donor), []).append(file)
    return tuple(Unit(batch, _mean(members)) for (batch, _), members in grouped.items())


def _mean(files: Sequence[FileQuantiles]) -> FileQuantiles:
    first = files[0]
    if len(files) == 1:
        return first
    shared = [name for name in first.antigens if all(name in one.antigens for one in files)]
    values = [
        np.mean([one.values[one.antigens.index(name)] for one in files], axis=0) for name in shared
    ]
    return FileQuantiles(
        first.file,
        first.panel,
        first.technology,
        sum(one.n_cells for one in files),
        tuple(shared),
        tuple(first.roles[first.antigens.index(name)] for name in shared),
        np.array(values).reshape(len(shared), LEVELS.size),
    )


def batch_effect_row(
    units: Sequence[Unit],
    antigen: str,
    *,
    rng: np.random.Generator,
) -> Mapping[str, object]:
    """Return the figures of one marker: columns `n_files` to `status` of `batch_effects`.

    Parameters
    ----------
    units : sequence of Unit
        Of one panel; those without the marker or without cells are left out.
    antigen : str
    rng : numpy Generator
    """
    there = [(one, _finite(one.quantiles.of(antigen))) for one in units]
    known = [(one, values) for one, values in there if values is not None]
    names = sorted({one.batch for one, _ in known})
    found = group_differences(
        np.array([values for _, values in known]).reshape(len(known), LEVELS.size),
        [one.quantiles.n_cells for one, _ in known],
        [names.index(one.batch) for one, _ in known],
        rng=rng,
    )
    return {
        "n_files": found.n,
        "n_batches": found.n_groups,
        "distance": found.distance,
        "null_distance": found.null_distance,
        "variance_share": found.variance_share,
        "p_value": found.p_value,
        "status": _status(found),
    }


def _finite(values: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
    return values if values is not None and np.isfinite(values).all() else None


def _status(found: GroupDifferences) -> str:
    if found.n_groups < 2:
        return f"{found.n_groups} batch with cells: nothing to compare"
    if found.n == found.n_groups:
        return (
            "one tube or donor per batch: what tubes of one batch differ by is not known; counting "
            f"cells alone would put {found.counting_distance:.3f} between them"
        )
    return ""
