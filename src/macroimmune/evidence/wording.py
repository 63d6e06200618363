"""One spelling for the names of cells and markers, so that names can be compared."""

import re
import unicodedata

__all__ = ["words_of"]

_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2010": "-", "\u2011": "-", "_": " "})
_LEVELS = {"hi": "high", "lo": "low"}

# Applied in order to lower-case text.
_RULES = (
    (r"haem", "hem"),
    (r"([αa]lpha[- ]?[βb]eta|αβ)", " alpha beta "),
    (r"gamma[- ]?delta|γδ|\b(tcr)?gd\b", " gamma delta "),
    # A marker with its level: CD56dim, CD56-dim, CD127lo, FOXP3high.
    (r"(\d[a-z]{0,2}?)-?(dim|bright|high|hi|low|lo|int)\b", r"\1 \2 "),
    (r"[- ]negative\b", "neg "),
    (r"[- ]positive\b", " "),
    # A minus that belongs to the marker before it: CD45RA- CD28-; not the hyphen of PMN-MDSC.
    (r"(?<=[a-z0-9])-(?=[\s,;+)/]|$|cd\d)", "neg "),
    # IL-6, PD-1, Ki-67 and IL 6 are one word each.
    (r"\b(il|pd|pdl|ki|tim|ctla|hla)[- ](?=\d)", r"\1"),
    (r"(?<=[a-z])-(?=\d)", ""),
)


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a name in one spelling.

    Parameters
    ----------
    text : str
        A name as people write it.

    Returns
    -------
    words : tuple of str
        Lower case, singular, in the order of the text.

    Notes
    -----
    Convention: case, accents, superscripts, plural, plus signs, hyphens between words and
    British or American `haem` do not matter. A minus sign behind a marker does: it is kept as
    `neg`, because CD45RA- cells are other cells than CD45RA+ cells.

    Examples
    --------
    >>> words_of("CD4+ T-cells"), words_of("CD45RA- FOXP3hi Tregs")
    (('cd4', 't', 'cell'), ('cd45raneg', 'foxp3', 'high', 'treg'))
    """
    folded = unicodedata.normalize("NFKD", text)
    folded = "".join(letter for letter in folded if not unicodedata.combining(letter))
    folded = " ".join(folded.translate(_MINUS).lower().split())
    for pattern, replacement in _RULES:
        folded = re.sub(pattern, replacement, folded)
    words = re.findall(r"[^\W_]+", folded)
    return tuple(_singular(_LEVELS.get(word, word)) for word in words)


def _singular(word: str) -> str:
    is_plural = len(word) > 2 and word.endswith("s") and not word.endswith(("ss", "us", "is", "os"))
    return word[:-1] if is_plural else word
