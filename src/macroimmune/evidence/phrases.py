"""Put lists, tumours and first letters into plain sentences."""

from collections.abc import Sequence

__all__ = ["NOT_TOLD", "capitalised", "in_tumours", "listed"]

NOT_TOLD = {"unspecified", "not stated", ""}
# Tumours that the tables name by their organ alone.
_ORGANS = {
    "bladder",
    "breast",
    "cervical",
    "colon",
    "colorectal",
    "gastric",
    "gastro-oesophageal",
    "gastrointestinal",
    "head and neck",
    "head and neck squamous cell",
    "hepatocellular",
    "HER2+ breast",
    "liver",
    "lung",
    "oesophageal",
    "ovarian",
    "pancreatic",
    "prostate",
    "renal",
}


def listed(words: Sequence[str], *, last: str = "and") -> str:
    """Return words as a list in a sentence.

    Examples
    --------
    >>> listed(["breast", "lung", "liver"])
    'breast, lung and liver'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def capitalised(sentence: str) -> str:
    """Return a sentence with its first letter large, the others as they are (pSTAT1, NK)."""
    return sentence[:1].upper() + sentence[1:]


def in_tumours(tumours: Sequence[str], stage: str) -> str:
    """Return tumours with their stage, where the source gives one.

    Examples
    --------
    >>> in_tumours(["melanoma", "breast"], "M/NM")
    'melanoma and breast cancer (M/NM)'
    """
    named = [f"{tumour} cancer" if tumour in _ORGANS else tumour for tumour in tumours]
    return listed(named) if stage in NOT_TOLD else f"{listed(named)} ({stage})"
