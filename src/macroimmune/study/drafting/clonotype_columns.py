"""Guesses of repertoires by their columns: tables of clonotypes, tissue, chain, what is counted."""

from collections.abc import Sequence

from macroimmune.closest import folded
from macroimmune.inputs import ColumnSpec
from macroimmune.study.drafting.column_profile import ColumnProfile, first_named
from macroimmune.study.drafting.guess import Guess, Open
from macroimmune.study.drafting.participant_columns import is_identifier, is_sample_identifier
from macroimmune.study.drafting.sample_columns import guess_day
from macroimmune.study.drafting.sections import Section
from macroimmune.study.drafting.sources import FoundTable

__all__ = ["guess_clonotypes", "guess_codes", "guess_counted"]

_TABLE = "clonotypes"
_COLUMNS = {
    "junction": ("junction", "nseqcdr3", "cdr3nt", "cdr3nucleotide", "cdr3nucleotides",
                 "nucleotide", "cdr3dna", "rearrangement"),
    "junction_aa": ("junctionaa", "aaseqcdr3", "cdr3aa", "cdr3aminoacid", "aminoacid", "cdr3"),
    "v_call": ("vcall", "vgene", "allvhitswithscore", "bestvhit", "bestvgene", "trbv", "v"),
    "j_call": ("jcall", "jgene", "alljhitswithscore", "bestjhit", "bestjgene", "trbj", "j"),
}  # fmt: skip
# What the heading itself says is counted; of the others nobody can tell.
_COUNTS = {
    "templates": "templates", "templatecount": "templates", "estimatednumbergenomes": "templates",
    "umis": "umis", "umicount": "umis", "uniquemoleculecount": "umis",
    "cells": "cells", "ncells": "cells", "cellcount": "cells",
    "reads": "reads", "readcount": "reads",
    "clonecount": "", "count": "", "counts": "", "duplicatecount": "", "copies": "", "freq": "",
}  # fmt: skip
_CODES = {
    "compartment": (
        ("tissue", "compartment", "sampletype", "specimen", "site", "material", "source"),
        {
            "blood": ("blood", "peripheralblood", "pbmc", "pbmcs", "buffycoat", "wholeblood"),
            "tumour": ("tumour", "tumor", "biopsy", "til", "tils", "primarytumour"),
            "lymph node": ("lymphnode", "ln", "tdln"),
            "bone marrow": ("bonemarrow", "bm"),
            "spleen": ("spleen",),
        },
    ),
    "chain": (
        ("chain", "locus"),
        {
            **{one: (one.lower(), f"tc{one[1:].lower()}", f"clones{one.lower()}") for one in
               ("TRA", "TRB", "TRG", "TRD", "IGH", "IGK", "IGL")},
            "several": ("tratrb", "trab", "several", "paired"),
        },
    ),
}  # fmt: skip
_COUNTED = ("counted", "quantity", "whatiscounted", "countof", "counttype")
_KINDS = {
    "template": "templates", "templates": "templates", "umi": "umis", "umis": "umis",
    "molecules": "umis", "cell": "cells", "cells": "cells", "read": "reads", "reads": "reads",
}  # fmt: skip


def guess_codes(free: Sequence[ColumnProfile], table: str) -> list[Guess]:
    """Return compartment and chain, where every code of a column is a known one."""
    guesses = []
    for name, (headings, words) in _CODES.items():
        ours = {word: code for code, several in words.items() for word in several}
        column = first_named(free, headings)
        if column is not None and all(folded(code) in ours for code in column.codes):
            values = {code: ours[folded(code)] for code in column.codes}
            own = {code: to for code, to in values.items() if code != to}
            guesses.append(Guess(table, name, ColumnSpec(column.heading, values=own)))
    return guesses


def guess_counted(free: Sequence[ColumnProfile], table: str) -> Guess | Open:
    """Return the column that says what is counted, or ask."""
    column = first_named(free, _COUNTED)
    if column is not None and all(folded(code) in _KINDS for code in column.codes):
        values = {code: _KINDS[folded(code)] for code in column.codes}
        own = {code: to for code, to in values.items() if code != to}
        return Guess(table, "counted", ColumnSpec(column.heading, values=own))
    return Open(
        table,
        "counted",
        "nothing that says what is counted",
        'write counted = { constant = "templates" }, or umis, cells, reads',
    )


def guess_clonotypes(source: FoundTable) -> Section | None:
    """Return how a table of the clonotypes of several samples is read, None where it is none.

    Parameters
    ----------
    source : FoundTable

    Notes
    -----
    Convention: a column of CDR3s, one of counts, and one of participants or samples. What is
    counted is taken from the heading of the counts alone, never guessed from the format.
    """
    columns = {name: first_named(source.columns, words) for name, words in _COLUMNS.items()}
    counts = first_named([one for one in source.columns if one.is_number], tuple(_COUNTS))
    taken = [one for one in (*columns.values(), counts) if one is not None]
    free = [one for one in source.columns if all(one is not other for other in taken)]
    whose = next((one for one in free if is_identifier(one)), None)
    # A barcode is a cell.
    samples = [one for one in free if is_sample_identifier(one) and not one.has("barcode")]
    sample = samples[0] if samples else None
    sequence = columns["junction"] or columns["junction_aa"]
    if sequence is None or sequence.is_number or counts is None or not (whose or sample):
        return None
    guesses = [Guess(_TABLE, name, ColumnSpec(one.heading)) for name, one in columns.items() if one]
    guesses.append(Guess(_TABLE, "count", ColumnSpec(counts.heading)))
    if sample is not None:
        guesses.append(Guess(_TABLE, "sample_id", ColumnSpec(sample.heading)))
    guesses += guess_codes(free, _TABLE)
    day = guess_day(free, _TABLE)
    guesses += [day] if day else []
    counted = _COUNTS[folded(counts.heading)]
    opens: tuple[Open, ...] = ()
    if counted:
        reason = f"{counts.heading} counts {counted}"
        guesses.append(Guess(_TABLE, "counted", ColumnSpec(constant=counted), reason))
    else:
        found = guess_counted(free, _TABLE)
        if isinstance(found, Guess):
            guesses.append(found)
        else:
            opens = (found,)
    return Section(_TABLE, source, whose.heading if whose else "", tuple(guesses), opens)
