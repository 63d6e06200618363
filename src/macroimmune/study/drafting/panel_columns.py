"""Guesses of a table of panels: which column names channels, which antigens, which roles."""

from collections.abc import Sequence

from macroimmune.closest import folded
from macroimmune.evidence import find_antigen
from macroimmune.inputs import ColumnSpec
from macroimmune.schema import TABLES
from macroimmune.study.drafting.column_profile import ColumnProfile, first_named
from macroimmune.study.drafting.fcs_folder import FoundFcs
from macroimmune.study.drafting.guess import Guess
from macroimmune.study.drafting.sources import FoundTable
from macroimmune.study.panels import detector_key

__all__ = ["panel_guesses"]

_MOSTLY = 0.6
_FEWEST = 3
_ANTIGEN = ("antigen", "target", "marker", "markername", "protein", "antibody", "specificity",
            "desc", "description", "label")  # fmt: skip
_ROLE = ("role", "markerclass", "class", "type", "markertype", "channeltype", "category")
_PANEL = ("panel", "panelname", "tube", "tubename")
# What panels of other programs call the roles.
_WORDS = {
    "type": "lineage", "typing": "lineage", "phenotype": "lineage", "phenotypic": "lineage",
    "surface": "lineage", "functional": "state", "signalling": "state", "signaling": "state",
    "intracellular": "state", "livedead": "viability", "dead": "viability", "beads": "bead",
    "dna1": "dna", "dna2": "dna", "barcoding": "barcode", "fsc": "scatter", "ssc": "scatter",
    "fsca": "scatter", "fsch": "scatter", "fscw": "scatter", "ssca": "scatter", "ssch": "scatter",
    "sscw": "scatter",
}  # fmt: skip


def panel_guesses(source: FoundTable, files: Sequence[FoundFcs]) -> tuple[Guess, ...]:
    """Return how a table of the channels of FCS files is read, empty where it is none.

    Parameters
    ----------
    source : FoundTable
    files : sequence of FoundFcs
    """
    channel = _channel_column(source, files)
    if channel is None:
        return ()
    free = [one for one in source.columns if one is not channel]
    guesses = [Guess("panels", "channel", ColumnSpec(channel.heading))]
    panel = first_named(free, _PANEL)
    if panel is not None:
        guesses.append(Guess("panels", "panel", ColumnSpec(panel.heading)))
    antigen = _antigen_column([one for one in free if one is not panel])
    if antigen is not None:
        guesses.append(Guess("panels", "antigen", ColumnSpec(antigen.heading)))
    role = first_named([one for one in free if one is not antigen], _ROLE)
    if role is not None:
        guesses.append(_role(role))
    return tuple(guesses) if antigen is not None or role is not None else ()


def _channel_column(source: FoundTable, files: Sequence[FoundFcs]) -> ColumnProfile | None:
    """Return the column that names channels: by detectors before labels."""
    for kind in ("names", "antigens"):
        keys = {detector_key(name) for one in files for name in getattr(one.head, kind) if name}
        for column in source.columns:
            known = sum(detector_key(cell) in keys for cell in column.cells)
            if known >= max(_FEWEST, _MOSTLY * len(column.cells)):
                return column
    return None


def _antigen_column(free: Sequence[ColumnProfile]) -> ColumnProfile | None:
    """Return the column of antigens: by its heading, else the one with most that are known."""
    named = first_named(free, _ANTIGEN)
    if named is not None:
        return named
    known = [(sum(find_antigen(cell) is not None for cell in one.cells), one) for one in free]
    best = max(known, key=lambda pair: pair[0], default=(0, None))
    return best[1] if best[0] >= _FEWEST else None


def _role(column: ColumnProfile) -> Guess:
    """Return the roles; words that say none are missing, and the vocabulary says the role."""
    declared = TABLES["panels"].column("role")
    ours = {folded(word): word for word in (declared.categories if declared else ())}
    values, missing = {}, []
    for code in column.codes:
        word = ours.get(folded(code)) or _WORDS.get(folded(code))
        if word is None:
            missing.append(code)
        elif word != code.lower():
            values[code] = word
    said = [f"{code} = {word}" for code, word in values.items()]
    said += [f"{code}: as usual for the antigen" for code in missing]
    spec = ColumnSpec(column.heading, values=values, missing=tuple(missing))
    return Guess("panels", "role", spec, ", ".join(said))
