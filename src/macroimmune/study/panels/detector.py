"""What the name of a detector says: scatter, time, height or width of a pulse, which metal."""

import re

from macroimmune.closest import folded
from macroimmune.evidence import Role

__all__ = [
    "area_of",
    "bare_detector",
    "detector_key",
    "is_blank",
    "repeats_detector",
    "technical_role",
]

# FlowJo puts these around the names of compensated channels.
_COMPENSATED = re.compile(r"^(?:fjcomp|comp)[-_ ](?=.)|^<(?=.+>$)", re.IGNORECASE)
_METAL_ENDING = re.compile(r"(?<=\d)\)?(?:di|dd)$", re.IGNORECASE)
_SCATTER = re.compile(r"[vbry]?[fs]sc(?![a-z])|(?:fs|ss)(?:[-_ ]|$)", re.IGNORECASE)
_TIME = {"time", "hdrt"}
_LENGTH = {"eventlength", "celllength"}
# Of fits and programs: the shape of a pulse, distances to beads or barcodes, running numbers.
_COMPUTED = {
    "center", "offset", "width", "residual", "amplitude", "beaddist", "bcseparationdist",
    "mahalanobisdist", "filenumber", "fileno", "sampleid", "eventnumber", "event", "cellid",
    "timemsw", "timelsw",
}  # fmt: skip
_PULSE = re.compile(r"(?P<stem>.+?)[-_ .](?P<part>area|height|width|a|h|w)$", re.IGNORECASE)
_ELEMENT = (
    "(?:Y|Zr|Rh|Pd|Ag|Cd|In|Sn|I|Te|Xe|Cs|Ba|La|Ce|Pr|Nd|Sm|Eu|Gd|Tb|Dy|Ho|Er|Tm|Yb|Lu|Os|Ir|Pt"
    "|Hg|Pb|Bi)"
)
_MASS = r"(?:[89]\d|1\d\d|20\d)"
_METAL = rf"(?:{_ELEMENT}[-_ ]?{_MASS}|{_MASS}[-_ ]?{_ELEMENT})(?:Di|Dd)?"
_BLANK = re.compile(rf"(?:{_METAL})?[-_ ()]*(?i:blank|empty|unused|background|conta\w*)?[-_ ()]*")


def bare_detector(name: str) -> str:
    """Return a detector without what FlowJo puts around compensated channels.

    Examples
    --------
    >>> bare_detector("FJComp-PE-A"), bare_detector("<PE-A>"), bare_detector(" Comp-APC-A ")
    ('PE-A', 'PE-A', 'APC-A')
    """
    name = name.strip()
    match = _COMPENSATED.match(name)
    return name[match.end() :].removesuffix(">") if match else name


def detector_key(name: str) -> str:
    """Return a detector as detectors are compared: without case, punctuation and Di or Dd.

    Examples
    --------
    >>> detector_key("Nd145Di") == detector_key("nd145"), detector_key("CD45(In115)Dd")
    (True, 'cd45in115')
    """
    return folded(_METAL_ENDING.sub("", bare_detector(name)))


def repeats_detector(label: str, name: str) -> bool:
    """Whether a label says no more than the name of the detector.

    Examples
    --------
    >>> [repeats_detector(label, "FJComp-PE-A") for label in ("PE-A", "pe", "Comp-PE-A", "CD3")]
    [True, True, True, False]
    """
    bare = bare_detector(name)
    match = _PULSE.fullmatch(bare)
    names = {folded(bare), folded(match["stem"]) if match else folded(bare)}
    return folded(bare_detector(label)) in names


def technical_role(name: str) -> Role | None:
    """Return the role of a channel that holds no marker, None where it may hold one.

    Examples
    --------
    >>> [technical_role(name) for name in ("SSC-B-A", "Cell_length", "TIME", "beadDist", "PE-A")]
    ['scatter', 'event_length', 'time', 'other', None]
    """
    bare = bare_detector(name)
    key = folded(bare)
    if _SCATTER.match(bare):
        return "scatter"
    roles: tuple[tuple[set[str], Role], ...] = (
        (_TIME, "time"),
        (_LENGTH, "event_length"),
        (_COMPUTED, "other"),
    )
    return next((role for names, role in roles if key in names), None)


def area_of(name: str) -> str:
    """Return the area that a height or a width belongs to, as a key, empty for other channels.

    Examples
    --------
    >>> area_of("PE-H") == detector_key("PE-A"), area_of("PE-A"), area_of("Nd145Di")
    (True, '', '')
    """
    match = _PULSE.fullmatch(bare_detector(name))
    if match is None or match["part"].casefold() in {"a", "area"}:
        return ""
    part = "area" if len(match["part"]) > 1 else "a"
    return folded(match["stem"] + part)


def is_blank(label: str) -> bool:
    """Whether a label names no more than a metal, or says that the channel is empty.

    Examples
    --------
    >>> [is_blank(label) for label in ("127I", "208Pb", "131Xe_conta", "", "89Y_CD45", "p38")]
    [True, True, True, True, False, False]
    """
    return _BLANK.fullmatch(label.strip()) is not None
