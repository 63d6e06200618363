"""The claims that are scored: frozen before the model was written, with groups and reasons."""

import csv
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from macroimmune.errors import MacroimmuneError

__all__ = ["SCORABLE_SHA256", "ScorableClaim", "scorable_claims"]

# Of `data/scorable.csv`, as it stood before the first equation.
SCORABLE_SHA256 = "bbdd17c65c68903b7e5ed928ca2b485de1846d5c0afd7b94f23d2187051af83b"


@dataclass(frozen=True, slots=True)
class ScorableClaim:
    """One claim that could be simulated.

    Parameters
    ----------
    claim_id : str
    group : str
        First claim of those that state the same of several tumours within one section; a group
        counts once.
    is_scored : bool
    reason_if_not : str
        Why it is left out; empty where it is scored.
    """

    claim_id: str
    group: str
    is_scored: bool
    reason_if_not: str


def _table() -> Traversable:
    return files("macroimmune.mechanism.acceptance") / "data" / "scorable.csv"


@cache
def scorable_claims() -> dict[str, ScorableClaim]:
    """Return the frozen set by claim.

    Raises
    ------
    MacroimmuneError
        If the table is not the one that was frozen.
    """
    content = _table().read_bytes()
    found = sha256(content).hexdigest()
    if found != SCORABLE_SHA256:
        msg = (
            f"scorable.csv has sha256 {found}, frozen was {SCORABLE_SHA256}: the claims that are "
            "scored were fixed before the model; restore the file"
        )
        raise MacroimmuneError(msg)
    return {
        row["claim_id"]: ScorableClaim(
            claim_id=row["claim_id"],
            group=row["group"],
            is_scored=row["scored"] == "yes",
            reason_if_not=row["reason_if_not"],
        )
        for row in csv.DictReader(content.decode("utf-8").splitlines())
    }
