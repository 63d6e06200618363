"""Which unstimulated well a stimulated one is compared with: the one idea of pairing."""

from collections.abc import Sequence
from dataclasses import dataclass

from macroimmune.study.stimulus import UNSTIMULATED

__all__ = ["Partner", "Well", "is_stimulated", "well_partners"]


@dataclass(frozen=True, slots=True)
class Well:
    """A well of one donor, as far as pairing goes.

    Parameters
    ----------
    donor : str
        Participant, or name of the control.
    is_control : bool
    sample_id : str
        Empty for controls.
    day : float or None
        From treatment start.
    compartment, panel, batch : str
        Empty where it is not stated.
    minutes : float or None
        How long the stimulus acted, or the medium alone.
    is_stimulated : bool
    """

    donor: str
    is_control: bool
    sample_id: str
    day: float | None
    compartment: str
    panel: str
    batch: str
    minutes: float | None
    is_stimulated: bool


@dataclass(frozen=True, slots=True)
class Partner:
    """The partner of a stimulated well.

    Parameters
    ----------
    stimulated : int
        Place of the stimulated well.
    unstimulated : int or None
        Place of its partner, None where there is none.
    same_batch : bool
    status : str
        Empty, or why there is no partner or how to read the pair.
    """

    stimulated: int
    unstimulated: int | None
    same_batch: bool
    status: str


def is_stimulated(stimulus: str | None, dose: float | None = None) -> bool:
    """Whether a well holds a stimulus: a word that is none of those for medium, no dose of zero.

    Examples
    --------
    >>> is_stimulated("IFN-alpha", 100.0), is_stimulated("IFN-alpha", 0.0), is_stimulated("Ref ")
    (True, False, False)
    """
    return dose != 0 and (stimulus or "").strip().casefold() not in UNSTIMULATED


def well_partners(wells: Sequence[Well]) -> tuple[Partner, ...]:
    """Return the partner of each stimulated well, in the order of the wells.

    Parameters
    ----------
    wells : sequence of Well

    Notes
    -----
    Convention: a partner is of the same donor and panel, and of the same sample, or of another
    sample of the same day and compartment where that sample has none. Of several the one of the
    same batch goes first, then one left as long as the stimulus acted, then the first. A control
    is compared within its batch alone, because it is there to tell batches apart.

    Examples
    --------
    >>> one = Well("P1", False, "S1", 0.0, "blood", "T", "B1", None, False)
    >>> other = Well("P1", False, "S1", 0.0, "blood", "T", "B2", 15.0, True)
    >>> well_partners([one, other])[0].unstimulated, well_partners([one, other])[0].same_batch
    (0, False)
    """
    resting: dict[tuple[str, bool, str], list[int]] = {}
    for place, well in enumerate(wells):
        if not well.is_stimulated:
            resting.setdefault((well.donor, well.is_control, well.panel), []).append(place)
    return tuple(
        _partner(place, wells, resting.get((well.donor, well.is_control, well.panel), []))
        for place, well in enumerate(wells)
        if well.is_stimulated
    )


def _partner(place: int, wells: Sequence[Well], resting: Sequence[int]) -> Partner:
    """Return the partner among the unstimulated wells of donor and panel."""
    well = wells[place]
    if well.is_control:
        mates = [one for one in resting if wells[one].batch == well.batch]
        if not mates:
            return _alone(place, f"no unstimulated well of {well.donor} in its batch and panel")
    else:
        mates = [one for one in resting if wells[one].sample_id == well.sample_id]
        mates = mates or [one for one in resting if _is_of_one_draw(wells[one], well)]
        if not mates:
            told = f"sample {well.sample_id}" if well.sample_id else "this sample"
            return _alone(place, f"no unstimulated well of {told} and its panel")
    best = min(mates, key=lambda one: _distance(wells[one], well))
    alike = [one for one in mates if _distance(wells[one], well) == _distance(wells[best], well)]
    status = "; ".join(_remarks(well, wells[best], len(alike)))
    return Partner(place, best, wells[best].batch == well.batch, status)


def _alone(place: int, status: str) -> Partner:
    return Partner(place, None, same_batch=False, status=status)


def _is_of_one_draw(one: Well, other: Well) -> bool:
    return bool(one.donor) and one.day is not None and _draw(one) == _draw(other)


def _draw(well: Well) -> tuple[float | None, str]:
    return well.day, well.compartment


def _distance(mate: Well, well: Well) -> tuple[bool, bool]:
    return mate.batch != well.batch, mate.minutes != well.minutes


def _remarks(well: Well, mate: Well, n_alike: int) -> list[str]:
    """Say how to read a pair."""
    remarks = []
    if mate.batch != well.batch:
        batches = [one.batch or "not stated" for one in (mate, well)]
        remarks.append(
            f"its unstimulated well is of another batch ({batches[0]}, this one {batches[1]}): "
            "the difference holds that of the batches"
        )
    if mate.sample_id != well.sample_id:
        remarks.append(f"its unstimulated well is of sample {mate.sample_id} of the same day")
    if n_alike > 1:
        remarks.append(f"{n_alike} unstimulated wells fit; the first of the list is used")
    return remarks
