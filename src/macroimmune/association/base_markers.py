"""What a marker is measured against: the routine bloods that a study has, and chosen scores."""

from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from macroimmune.association.endpoint_data import EndpointData
from macroimmune.association.values import ParticipantValues
from macroimmune.errors import InputError
from macroimmune.features import ROUTINE_BLOODS, FeatureTable, blood_parts
from macroimmune.study import Study

__all__ = ["BaseMarkers", "kinship", "routine_base", "score_bases"]

# Fewer would shrink every comparison to the participants who happen to have it.
_FEWEST_MEASURED = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class BaseMarkers:
    """The base over which markers are tested.

    Parameters
    ----------
    over : str
        As it stands in the tables: "routine bloods: nlr, albumin" or "score loris_score".
    members : tuple of ParticipantValues
    absent : str
        Routine bloods that are not in it, joined by commas.
    note : str
        A sentence on what is absent and why; empty where nothing is.
    """

    over: str
    members: tuple[ParticipantValues, ...]
    absent: str
    note: str

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the features in it."""
        return tuple(member.definition.id for member in self.members)


def routine_base(baseline: list[ParticipantValues], data: EndpointData) -> BaseMarkers | None:
    """Return the routine bloods that were measured at baseline, None where none was.

    Parameters
    ----------
    baseline : list of ParticipantValues
        Of all baseline features.
    data : EndpointData
        A blood counts as measured where at least half of those with the endpoint have it.
    """
    by_id = {value.definition.id: value for value in baseline}
    members, names, absent, reasons = [], [], [], []
    for name, candidates in ROUTINE_BLOODS.items():
        found = [by_id[one] for one in candidates if one in by_id]
        why = [_why_not(value, data) for value in found]
        good = [value for value, reason in zip(found, why, strict=True) if not reason]
        if good:
            members.append(good[0])
            names.append(name)
        else:
            absent.append(name)
            reasons.append(why[0] if why else "not measured at baseline")
    if not members:
        return None
    note = ""
    if absent:
        listed = ", ".join(f"{one} {why}" for one, why in zip(absent, reasons, strict=True))
        note = f"{listed}: over {' and '.join(names)} alone"
    over = "routine bloods: " + ", ".join(member.definition.id for member in members)
    return BaseMarkers(over, tuple(members), ", ".join(absent), note)


def _why_not(value: ParticipantValues, data: EndpointData) -> str:
    """Say why a routine blood cannot be part of the base, or nothing."""
    known = value.on_scale[data.known]
    there = known[~np.isnan(known)]
    if there.size < _FEWEST_MEASURED * known.size:
        return f"known for {there.size} of {known.size} only"
    if not there.size or np.ptp(there) == 0:
        return "the same in everyone"
    return ""


def score_bases(
    study: Study, features: FeatureTable, baseline: list[ParticipantValues]
) -> list[BaseMarkers]:
    """Return a base for each feature that the study names in `added_value_over`.

    Raises
    ------
    InputError
        If a name is no baseline feature of this study.
    """
    by_id = {value.definition.id: value for value in baseline}
    for name in study.analysis.added_value_over:
        if name not in by_id:
            raise InputError(_no_such_score(name, features, list(by_id)))
    return [
        BaseMarkers(f"score {name}", (by_id[name],), "", "")
        for name in study.analysis.added_value_over
    ]


def _no_such_score(name: str, features: FeatureTable, known: list[str]) -> str:
    definition = features.definition(name)
    if definition is not None:
        return (
            f"added_value_over in [analysis] names {name!r}, which is measured after treatment "
            "start; a base is known at baseline: name a baseline feature"
        )
    near = get_close_matches(name, known, n=3, cutoff=0.5) or known[:10]
    return (
        f"added_value_over in [analysis] names {name!r}, which is no feature of this study; "
        f"did you mean one of: {', '.join(near) or 'none'}?"
    )


def kinship(values: ParticipantValues, base: BaseMarkers) -> str:
    """Say what a marker shares with the base, or nothing.

    Parameters
    ----------
    values : ParticipantValues
    base : BaseMarkers

    Returns
    -------
    sentence : str
        "is part of ..." where there is nothing to test; what parts both are made of, or of which
        member it is the change, where the test is run and has to be read with that in mind.
    """
    own = values.definition.id
    if own in base.ids:
        return f"is part of what it would be tested over ({base.over})"
    before = values.definition.baseline_of
    if before in base.ids:
        return f"is the change of {before}, which is in the base"
    shared = [
        f"{' and '.join(sorted(common))} with {member}"
        for member in base.ids
        if (common := blood_parts(before or own) & blood_parts(member))
    ]
    return f"shares {', '.join(shared)}" if shared else ""
