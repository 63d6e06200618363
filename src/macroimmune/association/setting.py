"""Whether a published line was found in the tumours and under the therapy of this study."""

import polars as pl

from macroimmune.evidence import Biomarker

__all__ = ["setting_of"]

_ANY_TUMOUR = "several cancers"
# The short names of the evidence beside words in which participants' tumours are written.
_WORDS = {
    "nsclc": ("nsclc", "non-small cell lung"),
    "sclc": ("sclc", "small cell lung"),
    "renal cell carcinoma": ("renal", "rcc", "kidney"),
    "renal": ("renal", "rcc", "kidney"),
    "tnbc": ("tnbc", "triple-negative", "triple negative"),
    "pancreatic": ("pancrea", "pdac"),
    "colorectal": ("colorectal", "crc", "colon", "rectal"),
    "hepatocellular": ("hepatocellular", "hcc"),
    "classical hodgkin lymphoma": ("hodgkin",),
}
_NOT_SMALL = ("sclc", ("nsclc", "non-small"))


def setting_of(line: Biomarker, people: pl.DataFrame) -> str:
    """Return how the setting of a published line compares with that of the participants.

    Parameters
    ----------
    line : Biomarker
    people : polars DataFrame
        The table of participants; cancer_type and immunotherapy are read.

    Returns
    -------
    setting : str
        "same tumour and therapy", "another tumour", "another therapy", "another tumour and
        therapy", "this and other tumours" (with ", another therapy"), or "not stated" where the
        participants' columns do not tell.

    Notes
    -----
    Convention: of therapies only immunotherapy yes or no is known here, so a line on
    chemotherapy or surgery is "not stated" in a study without immunotherapy.
    """
    tumour, therapy = _tumour(line, people["cancer_type"]), _therapy(line, people["immunotherapy"])
    if not tumour or not therapy:
        return "not stated"
    if therapy == "another":
        return {
            "same": "another therapy",
            "another": "another tumour and therapy",
            "mixed": "this and other tumours, another therapy",
        }[tumour]
    return {
        "same": "same tumour and therapy",
        "another": "another tumour",
        "mixed": "this and other tumours",
    }[tumour]


def _tumour(line: Biomarker, column: pl.Series) -> str:
    """Return same, another, mixed, or nothing where no tumour is stated."""
    if _ANY_TUMOUR in line.tumours:
        return "same"
    known = column.drop_nulls().unique().to_list()
    if not known:
        return ""
    meant = [any(_is_tumour(name, text) for name in line.tumours) for text in known]
    if not any(meant):
        return "another"
    return "same" if all(meant) and column.null_count() == 0 else "mixed"


def _is_tumour(published: str, written: str) -> bool:
    name, text = published.casefold(), written.casefold()
    if name == _NOT_SMALL[0] and any(word in text for word in _NOT_SMALL[1]):
        return False
    return any(word in text for word in _WORDS.get(name, (name,)))


def _therapy(line: Biomarker, column: pl.Series) -> str:
    """Return same, another, or nothing where it cannot be told."""
    if line.therapy == "any":
        return "same"
    known = column.drop_nulls()
    if known.is_empty():
        return ""
    under_ici = line.therapy.startswith("ICI")
    if under_ici:
        return "same" if known.all() else "another"
    return "another" if known.all() else ""
