"""Checkable statements: one observable in one place, one contrast, one sign."""

from dataclasses import dataclass
from functools import cache

from macroimmune.evidence.phrases import capitalised
from macroimmune.evidence.source import cite
from macroimmune.evidence.tables import parts, table

__all__ = ["CLAIM_KINDS", "DIRECTIONS", "Claim", "claims"]

CLAIM_KINDS = (
    "perturbation",
    "function",
    "intervention",
    "mechanism",
    "null",
    "association",
    "quantity",
    "context",
)
# A direction of the vocabulary and what it says of the observable.
DIRECTIONS = {
    "up": "is higher",
    "down": "is lower",
    "unchanged": "is unchanged",
    "not up": "is not higher",
    "not down": "is not lower",
    "value": "has no sign stated",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement that a study or a simulation can be held against.

    Parameters
    ----------
    evidence_id : str
        Unique: C or N with a number.
    section, quote_pointer : str
        Where the source says it.
    compartment : str
        Where the observable is measured; `none` without an anatomical readout.
    observable : str
    condition, comparator : str
        The contrast; the comparator is empty for a plain value.
    direction : str
        One of `DIRECTIONS`: the observable under the condition relative to the comparator.
    magnitude : str
        A note for readers; opens with the unit where there are values.
    species : str
    tumours : tuple of str
        `none` where no tumour is involved.
    references : tuple of str
        Numbers in the list of the source, or author and year; empty where it cites none.
    kind : str
        One of `CLAIM_KINDS`.
    is_simulatable : bool
    reason_if_not : str
    day : str
        Day or window of the readout: `2`, `0-10`, `>365`; empty where none is given.
    value_low, value_high : float or None
        None on the open side.
    """

    evidence_id: str
    section: str
    compartment: str
    observable: str
    condition: str
    comparator: str
    direction: str
    magnitude: str
    species: str
    tumours: tuple[str, ...]
    references: tuple[str, ...]
    quote_pointer: str
    kind: str
    is_simulatable: bool
    reason_if_not: str
    day: str
    value_low: float | None
    value_high: float | None

    @property
    def citation(self) -> str:
        """The source in words."""
        document = "briefing" if "briefing" in self.section else "review"
        return cite(document, self.quote_pointer, self.references)

    @property
    def sentence(self) -> str:
        """The statement as one plain sentence."""
        place = "" if self.compartment == "none" else f" in {self.compartment}"
        contrast = " against ".join(part for part in (self.condition, self.comparator) if part)
        day = f" on day {self.day}" if self.day else ""
        note = f"; {self.magnitude}" if self.magnitude else ""
        return capitalised(f"{self.observable}{place} {self._says()}{day} ({contrast}){note}.")

    def _says(self) -> str:
        if self.direction != "value":
            return DIRECTIONS[self.direction]
        low, high = self.value_low, self.value_high
        if low is not None and high is not None:
            return f"is {low:g}" if low == high else f"is {low:g} to {high:g}"
        if low is not None:
            return f"is at least {low:g}"
        return f"is at most {high:g}" if high is not None else DIRECTIONS["value"]


@cache
def claims() -> tuple[Claim, ...]:
    """Return the statements, in the order of the table."""
    # Texts that the table and the record call the same.
    same = set(Claim.__slots__) & set(table("claims")[0]) - {"value_low", "value_high"}
    return tuple(
        Claim(
            evidence_id=row["id"],
            tumours=parts(row["tumour"]),
            references=parts(row["refs"]),
            is_simulatable=row["simulatable"] == "yes",
            value_low=_number(row["value_low"]),
            value_high=_number(row["value_high"]),
            **{name: row[name] for name in same},
        )
        for row in table("claims")
    )


def _number(cell: str) -> float | None:
    return float(cell) if cell else None
