"""The files of a study with their panels and species; those that cannot be opened are told."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from macroimmune.cytometry.cytometry_file import CytometryFile
from macroimmune.cytometry.stage.files import cytometry_files
from macroimmune.errors import FormatError
from macroimmune.evidence import Species, find_antigen
from macroimmune.formats import read_fcs_head
from macroimmune.study import Study
from macroimmune.study.panels import Panel, panel_of

__all__ = ["ListedFile", "listed_files"]


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file that a study lists, and what is known before its events are read.

    Parameters
    ----------
    file : CytometryFile
    panel : Panel or None
        None where the file cannot be opened.
    species : {"human", "mouse"}
    trouble : str
        Why it cannot be opened; empty where it can.
    remarks : tuple of str
        What was assumed.
    """

    file: CytometryFile
    panel: Panel | None
    species: Species
    trouble: str
    remarks: tuple[str, ...]


def listed_files(study: Study) -> tuple[ListedFile, ...]:
    """Return every FCS file of a study; only heads are read.

    Notes
    -----
    Convention: the species is that of the participant; where the study does not say, a panel with
    an antigen that only mice have is of mice, any other of humans.
    """
    people = study.tables["participants"]
    species = dict(zip(people["participant_id"], people["species"], strict=True))
    table = study.tables.get("panels", pl.DataFrame())
    found = [_listed(file, species, table) for file in cytometry_files(study)]
    return tuple(found)


def _listed(
    file: CytometryFile, species: Mapping[str, str | None], table: pl.DataFrame
) -> ListedFile:
    try:
        head = read_fcs_head(file.path)
    except FormatError as error:
        return ListedFile(file, None, "human", str(error), ())
    panel = panel_of(file.panel, table, head)
    told = species.get(file.participant_id)
    if told == "mouse":
        return ListedFile(file, panel, "mouse", "", ())
    if told == "human":
        return ListedFile(file, panel, "human", "", ())
    is_mouse = any(_is_of_mice(channel.antigen) for channel in panel.channels)
    guess: Species = "mouse" if is_mouse else "human"
    return ListedFile(file, panel, guess, "", (f"species not stated: {guess}, by the panel",))


def _is_of_mice(antigen: str) -> bool:
    known = find_antigen(antigen) if antigen else None
    return known is not None and known.species == "mouse"
