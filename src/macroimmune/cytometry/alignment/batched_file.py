"""A file with what must be known of it before batches are compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from macroimmune.cytometry.alignment.channel_quantiles import FileQuantiles

__all__ = ["BatchedFile", "bridging_files", "sample_files"]


@dataclass(frozen=True, slots=True, eq=False)
class BatchedFile:
    """One file of a study.

    Parameters
    ----------
    quantiles : FileQuantiles
    batch : str
        Files measured together; empty where it is not told.
    donor : str
        Participant, or name of the control.
    is_control : bool
        Whether aliquots of the donor are measured in every batch to bridge them.
    is_stimulated : bool
    labels : mapping from str to str
        What must not hang together with the batch (response, survival group, arm, cohort, time
        point), and the group of this file; empty or absent where it is not known.
    """

    quantiles: FileQuantiles
    batch: str
    donor: str
    is_control: bool = False
    is_stimulated: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)


def sample_files(files: Sequence[BatchedFile], least_cells: int) -> list[BatchedFile]:
    """Return the unstimulated files of participants that have cells enough."""
    return [one for one in _unstimulated(files, least_cells) if not one.is_control]


def bridging_files(files: Sequence[BatchedFile], least_cells: int) -> list[BatchedFile]:
    """Return the unstimulated tubes of the control that most batches hold.

    Notes
    -----
    Convention: one donor only; two controls differ by more than batches. Of several in as many
    batches the one with more tubes, then the first by name.
    """
    controls = [one for one in _unstimulated(files, least_cells) if one.is_control]
    by_donor = {
        name: [one for one in controls if one.donor == name]
        for name in sorted({one.donor for one in controls})
    }
    return max(by_donor.values(), key=_reach, default=[])


def _reach(members: Sequence[BatchedFile]) -> tuple[int, int]:
    return len({one.batch for one in members}), len(members)


def _unstimulated(files: Sequence[BatchedFile], least_cells: int) -> list[BatchedFile]:
    return [
        one
        for one in files
        if not one.is_stimulated and one.batch and one.quantiles.n_cells >= least_cells
    ]
