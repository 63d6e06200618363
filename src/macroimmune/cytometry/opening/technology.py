"""Whether a file is of mass or of fluorescence cytometry, from what it says of itself."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["DetectedTechnology", "detect_technology", "isotope_of"]

# Element: lightest and heaviest isotope that is used as a label, a dye or a bead.
_METALS = {
    "Y": (89, 89), "Rh": (103, 103), "Pd": (102, 110), "Cd": (106, 116), "In": (113, 115),
    "Sn": (112, 124), "I": (127, 127), "Te": (120, 130), "Xe": (124, 136), "Cs": (133, 133),
    "Ba": (130, 138), "La": (138, 139), "Ce": (136, 142), "Pr": (141, 141), "Nd": (142, 150),
    "Sm": (144, 154), "Eu": (151, 153), "Gd": (152, 160), "Tb": (159, 159), "Dy": (156, 164),
    "Ho": (165, 165), "Er": (162, 170), "Tm": (169, 169), "Yb": (168, 176), "Lu": (175, 176),
    "Os": (184, 192), "Ir": (191, 193), "Pt": (190, 198), "Au": (197, 197), "Pb": (204, 208),
    "Bi": (209, 209),
}  # fmt: skip
_ISOTOPE = re.compile(
    r"(?<![A-Za-z])([A-Z][a-z]?)[ -]?([0-9]{2,3})(?![0-9])|"
    r"(?<![A-Za-z0-9])([0-9]{2,3})[ -]?([A-Z][a-z]?)(?![a-z])"
)
_MASS_INSTRUMENT = re.compile(r"cytof|helios|dvs ?sciences|mass cytomet|hyperion", re.IGNORECASE)
_FEW_METALS = 3


@dataclass(frozen=True, slots=True)
class DetectedTechnology:
    """What kind of cytometry a file is of.

    Parameters
    ----------
    technology : {"mass", "fluorescence"}
    reason : str
        By what it was told.
    is_certain : bool
        False where the signs disagree or there is none.
    """

    technology: Literal["mass", "fluorescence"]
    reason: str
    is_certain: bool


def isotope_of(name: str) -> tuple[str, int] | None:
    """Return element and mass number of the metal that a name of a channel holds, or None.

    Examples
    --------
    >>> isotope_of("Nd145Di"), isotope_of("CD45(In115)Dd"), isotope_of("176Yb_CD56")
    (('Nd', 145), ('In', 115), ('Yb', 176))
    >>> isotope_of("Y585-A") is None and isotope_of("BV421-A") is None
    True
    """
    for found in _ISOTOPE.finditer(name):
        element = found[1] or found[4]
        mass = int(found[2] or found[3])
        low, high = _METALS.get(element, (1, 0))
        if low <= mass <= high:
            return element, mass
    return None


def detect_technology(
    names: Sequence[str], antigens: Sequence[str], keywords: Mapping[str, str]
) -> DetectedTechnology:
    """Return whether channels are metals or dyes.

    Parameters
    ----------
    names, antigens : sequence of str, one per channel
        $PnN and $PnS.
    keywords : mapping of str to str
        $CYT is looked at.

    Returns
    -------
    detected : DetectedTechnology

    Notes
    -----
    Convention: three channels that name a metal with its mass number, or an instrument of mass
    cytometry in $CYT, are mass cytometry; scatter is fluorescence. Where metals and scatter stand
    in one file, metals decide; where there is neither, an event length is mass cytometry and all
    else fluorescence. Both of these are uncertain.

    Examples
    --------
    >>> detect_technology(["FSC-A", "FITC-A"], ["", "CD4"], {}).reason
    'scatter channels'
    """
    metals = sum(
        isotope_of(name) is not None or isotope_of(label) is not None
        for name, label in zip(names, antigens, strict=True)
    )
    lower = [name.casefold() for name in names]
    has_scatter = any(name.startswith(("fsc", "ssc")) for name in lower)
    instrument = keywords.get("$CYT", "").strip()
    is_mass = _MASS_INSTRUMENT.search(instrument) is not None
    if metals >= _FEW_METALS or is_mass:
        reason = f"{metals} channels named by a metal" if metals else f"$CYT is {instrument[:40]}"
        return DetectedTechnology("mass", reason, not has_scatter)
    if has_scatter:
        return DetectedTechnology("fluorescence", "scatter channels", is_certain=True)
    if {"event_length", "cell_length", "event length", "cell length"} & set(lower):
        return DetectedTechnology("mass", "an event length", is_certain=False)
    return DetectedTechnology("fluorescence", "no metal in the channels", is_certain=False)
