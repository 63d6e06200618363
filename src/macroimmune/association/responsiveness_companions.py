"""The unstimulated level beside a responsiveness score: a ceiling looks like a weak response."""

import re

import numpy as np
from numpy.typing import NDArray

from macroimmune.association.adjusting_columns import AdjustingColumn
from macroimmune.association.values import ParticipantValues
from macroimmune.features import CHANGE_SUFFIX, FeatureDefinition

__all__ = ["FAMILY", "LEVEL", "is_score", "unstimulated_level"]

FAMILY = "responsiveness"
LEVEL = "the unstimulated level"
_SUFFIX = "_unstimulated_level"
# A measured score bears its family's name too where the study supplies one of the same id.
_BESIDE_SUPPLIED = re.compile(rf"_{FAMILY}(_\d+)?$")


def is_score(definition: FeatureDefinition) -> bool:
    """Say whether a feature is a responsiveness score, or its change, and no companion of one."""
    return definition.family == FAMILY and not _stem(definition.id).endswith(_SUFFIX)


def unstimulated_level(
    values: ParticipantValues, others: list[ParticipantValues]
) -> AdjustingColumn | None:
    """Return the unstimulated level of a score as a column to adjust for.

    Parameters
    ----------
    values : ParticipantValues
        Of the score; for a change since baseline, the level's change is returned.
    others : list of ParticipantValues
        All features of the same time.

    Returns
    -------
    column : AdjustingColumn or None
        None where it is no score, or the study has no level for it.
    """
    if not is_score(values.definition):
        return None
    stem = _stem(values.definition.id)
    change = values.definition.id.removeprefix(stem)
    known = {item.definition.id: item for item in others}
    wanted = [base + _SUFFIX + change for base in (stem, _BESIDE_SUPPLIED.sub("", stem))]
    found = next((known[name] for name in wanted if name in known), None)
    if found is None:
        return None
    level: NDArray[np.float64] = found.on_scale[:, None]
    return AdjustingColumn(LEVEL, level, "continuous")


def _stem(identity: str) -> str:
    return identity.removesuffix(CHANGE_SUFFIX)
