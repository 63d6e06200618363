"""Published biomarkers: which peripheral features go with response or survival."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from macroimmune.evidence.phrases import capitalised, in_tumours, listed
from macroimmune.evidence.source import cite
from macroimmune.evidence.tables import parts, table

__all__ = ["Biomarker", "biomarkers", "biomarkers_of", "tidy_place"]

# A favourable outcome in words, by endpoint; an endpoint that is not here is itself a good one.
_FAVOURABLE = {
    "OS": "longer overall survival",
    "PFS": "longer progression-free survival",
    "survival": "longer survival",
    "prognosis": "better prognosis",
    "tumour control": "better tumour control",
    "relapse": "less relapse",
    "early disseminated relapse": "less early disseminated relapse",
    "residual disease": "less residual disease",
}
_RESPONSES = {"response", "complete response", "pathological complete response"}
_WHEN = {
    "baseline": "at baseline",
    "not stated": "",
    "on treatment minus baseline": "(on treatment minus baseline)",
}


@dataclass(frozen=True, slots=True)
class Biomarker:
    """One published biomarker: a feature, a therapy, an endpoint and a group of tumours.

    Parameters
    ----------
    evidence_id : str
        Unique: id of the feature with a running number, `nlr-1`.
    feature_id, feature, unit : str
        Id, name and unit of what is measured.
    timepoint, therapy : str
        `not stated` and `any` where the source does not narrow it down.
    endpoint : str
        One endpoint, or several between semicolons.
    favourable_direction : {"low", "high", "not stated"}
        Which values go with the good outcome.
    tumours : tuple of str
    stage : str
        M, NM, M/NM or unspecified.
    references : tuple of str
        Numbers in the list of the source, or author and year.
    source : str
        Document and place in it, as the table writes it.
    """

    evidence_id: str
    feature_id: str
    feature: str
    unit: str
    timepoint: str
    therapy: str
    endpoint: str
    favourable_direction: Literal["low", "high", "not stated"]
    tumours: tuple[str, ...]
    stage: str
    references: tuple[str, ...]
    source: str

    @property
    def citation(self) -> str:
        """The source in words."""
        document, place = self.source.split(":", maxsplit=1)
        return cite(document, tidy_place(place), self.references)

    @property
    def sentence(self) -> str:
        """The line as one plain sentence."""
        return capitalised(
            f"{self._subject()} {self._verb()} {self._outcome()} in "
            f"{in_tumours(self.tumours, self.stage)}."
        )

    def _subject(self) -> str:
        when = _WHEN.get(self.timepoint, self.timepoint)
        # "PMN-MDSC frequency after treatment" says already when it is measured.
        said = when.split(" (")[0] in self.feature
        words = (self._level(), self.feature, "" if said else when)
        return " ".join(word for word in words if word)

    def _level(self) -> str:
        if self.favourable_direction == "not stated":
            return ""
        low, high = ("low", "high")
        if re.match(r"(increase|rise|expansion|clonal expansion)\b", self.feature):
            low, high = ("small", "large")
        return low if self.favourable_direction == "low" else high

    def _verb(self) -> str:
        is_signed = self.favourable_direction != "not stated"
        return "goes with" if is_signed else "is associated (sign not stated) with"

    def _outcome(self) -> str:
        endpoints = parts(self.endpoint)
        if self.favourable_direction == "not stated":
            outcomes = [_FAVOURABLE.get(name, name).split(" ", 1)[-1] for name in endpoints]
        else:
            outcomes = [_FAVOURABLE.get(name, name) for name in endpoints]
        if self.therapy == "any":
            return listed(outcomes)
        # One responds to a therapy; everything else is seen with it, or after surgery.
        if endpoints[0] in _RESPONSES:
            return listed([f"{outcomes[0]} to {self.therapy}", *outcomes[1:]])
        return (
            f"{listed(outcomes)} {'after' if self.therapy == 'surgery' else 'with'} {self.therapy}"
        )


def tidy_place(place: str) -> str:
    """Return the place in a source in words.

    Examples
    --------
    >>> tidy_place("Table2;text")
    'Table 2; text'
    """
    return "; ".join(parts(re.sub(r"\b(Table|Fig|ref)(?=\d)", r"\1 ", place)))


@cache
def biomarkers() -> tuple[Biomarker, ...]:
    """Return the published biomarkers, in the order of the table.

    Notes
    -----
    Convention: conflicting lines stand side by side; none is averaged away.

    Examples
    --------
    >>> biomarkers()[0].sentence
    'Low neutrophil to lymphocyte ratio at baseline goes with response to ICI in melanoma (M/NM).'
    """
    seen: dict[str, int] = {}
    lines = []
    for row in table("biomarkers"):
        seen[row["id"]] = seen.get(row["id"], 0) + 1
        lines.append(
            Biomarker(
                evidence_id=f"{row['id']}-{seen[row['id']]}",
                feature_id=row["id"],
                feature=row["feature"],
                unit=row["unit"],
                timepoint=row["timepoint"],
                therapy=row["therapy"],
                endpoint=row["endpoint"],
                favourable_direction=cast(
                    Literal["low", "high", "not stated"], row["favourable_direction"]
                ),
                tumours=parts(row["tumour"]),
                stage=row["stage"],
                references=parts(row["refs"]),
                source=row["source"],
            )
        )
    return tuple(lines)


def biomarkers_of(feature_id: str) -> tuple[Biomarker, ...]:
    """Return the lines about one feature, none where the evidence does not name it.

    Examples
    --------
    >>> [line.evidence_id for line in biomarkers_of("nlr")]
    ['nlr-1', 'nlr-2', 'nlr-3']
    """
    return tuple(line for line in biomarkers() if line.feature_id == feature_id)
