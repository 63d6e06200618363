"""Guesses of a table of levels after stimuli, measured elsewhere: one row per well and marker."""

from collections.abc import Sequence

from macroimmune.evidence import find_antigen
from macroimmune.inputs import ColumnSpec
from macroimmune.study.drafting.column_profile import ColumnProfile, first_named
from macroimmune.study.drafting.file_list_columns import guess_stimulus, guess_well
from macroimmune.study.drafting.guess import Guess, Open
from macroimmune.study.drafting.participant_columns import is_sample_identifier
from macroimmune.study.drafting.sample_columns import guess_day

__all__ = ["guess_stimulated_levels"]

_TABLE = "stimulated_levels"
_MARKER = ("marker", "antigen", "protein", "phosphoprotein", "readout", "analyte")
_VALUE = ("value", "mfi", "medianfi", "median", "mean", "level", "intensity", "geomean")
_OTHERS = (
    ("population", ("population", "celltype", "celltypes", "cells", "subset", "gate")),
    ("n_cells", ("ncells", "cellcount", "count", "counts", "events", "nevents", "cells")),
    ("stimulus_dose", ("dose", "stimulusdose", "concentration", "conc")),
    ("stimulus_dose_unit", ("doseunit", "stimulusdoseunit", "concentrationunit")),
    ("unit", ("unit", "units", "scale")),
)
_NUMBERS = ("n_cells", "stimulus_dose")


def guess_stimulated_levels(
    columns: Sequence[ColumnProfile], participant: str
) -> list[Guess | Open]:
    """Return how a long table of levels after stimuli is read; empty where it is none.

    Parameters
    ----------
    columns : sequence of ColumnProfile
    participant : str
        Heading, empty where there is none.

    Notes
    -----
    Convention: a column of stimuli of which one says unstimulated, a column of which at least half
    of the words are antigens, and a column of numbers with a heading such as MFI or median.
    """
    marker, value = first_named(columns, _MARKER), first_named(columns, _VALUE)
    stimulus, _ = guess_stimulus(columns, _TABLE)
    if marker is None or value is None or not stimulus or not value.is_number:
        return []
    known = [code for code in marker.codes if find_antigen(code) is not None]
    if 2 * len(known) < len(marker.codes):
        return []
    sample = next((one for one in columns if is_sample_identifier(one)), None)
    guesses = [
        Guess(_TABLE, "marker", ColumnSpec(marker.heading)),
        Guess(_TABLE, "value", ColumnSpec(value.heading, unit=value.unit)),
        *stimulus,
    ]
    if sample is not None and sample.heading != participant:
        guesses.append(Guess(_TABLE, "sample_id", ColumnSpec(sample.heading)))
    used = {guess.spec.column for guess in guesses}
    for name, headings in _OTHERS:
        fitting = [
            one
            for one in columns
            if one.heading not in used and one.is_number == (name in _NUMBERS)
        ]
        column = first_named(fitting, headings)
        if column is not None:
            guesses.append(Guess(_TABLE, name, ColumnSpec(column.heading)))
            used.add(column.heading)
    free = [one for one in columns if one.heading not in used]
    guesses += [one for one in guess_well(free, _TABLE) if one.name != "panel"]
    day = guess_day(free, _TABLE)
    return [*guesses, *([day] if day else [])]
