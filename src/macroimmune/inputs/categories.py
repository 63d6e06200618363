"""Cells to booleans and to the permitted codes of a category."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import polars as pl

from macroimmune.inputs.cells import Cells, code_key, code_keys
from macroimmune.inputs.column_spec import ColumnSpec
from macroimmune.results import Finding
from macroimmune.schema import Column

__all__ = ["read_booleans", "read_categories"]

_TRUE = ("1", "true", "t", "yes", "y")
_FALSE = ("0", "false", "f", "no", "n")
# Words for a permitted code that need no declaration; numbers never do.
_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "sex": {"f": "female", "woman": "female", "m": "male", "man": "male"},
    "best_response": {
        "complete response": "CR",
        "partial response": "PR",
        "stable disease": "SD",
        "progressive disease": "PD",
        "not evaluable": "NE",
        "inevaluable": "NE",
    },
    "death_cause": {
        "tumour": "cancer",
        "tumor": "cancer",
        "disease": "cancer",
        "progression": "cancer",
        "toxicity": "treatment",
    },
    "pfs_event_kind": {"progressed": "progression", "progressive disease": "progression"},
    "rfs_event_kind": {"relapsed": "relapse", "recurrence": "relapse"},
    "group": {"healthy control": "healthy", "healthy donor": "healthy", "patients": "patient"},
    "compartment": {
        "peripheral blood": "blood",
        "marrow": "bone marrow",
        "tumor": "tumour",
        "lymph nodes": "lymph node",
        "faeces": "stool",
        "feces": "stool",
    },
    "counted": {"template": "templates", "umi": "umis", "cell": "cells", "read": "reads"},
    "role": {
        "type": "lineage",
        "typing": "lineage",
        "phenotype": "lineage",
        "functional": "state",
        "signalling": "state",
        "signaling": "state",
        "live dead": "viability",
        "live/dead": "viability",
    },
    "drug_class": {
        "antibiotics": "antibiotic",
        "steroids": "steroid",
        "corticosteroid": "steroid",
        "corticosteroids": "steroid",
        "g-csf": "g_csf",
        "gcsf": "g_csf",
    },
})


def read_booleans(cells: Cells, spec: ColumnSpec) -> tuple[pl.Series, tuple[Finding, ...]]:
    """Return the booleans in `cells`, null where missing, and an error for codes that are none.

    Parameters
    ----------
    cells : Cells
    spec : ColumnSpec
        Its `true` and `false` codes; without both 1/0, true/false, yes/no and Y/N are read.
    """
    given = bool(spec.true or spec.false)
    codes = dict.fromkeys(map(code_key, spec.true if given else _TRUE), True)
    codes |= dict.fromkeys(map(code_key, spec.false if given else _FALSE), False)
    keys = code_keys(cells.text)
    values = keys.replace_strict(
        list(codes), list(codes.values()), default=None, return_dtype=pl.Boolean
    )
    listed = f"true = {list(spec.true)}, false = {list(spec.false)}"
    expected = listed if given else "1 or 0, true or false, yes or no, Y or N"
    advice = 'Write which codes mean what: { column = "...", true = [...], false = [...] }.'
    return values, _unmapped(cells, values, expected, advice)


def read_categories(cells: Cells, column: Column) -> tuple[pl.Series, tuple[Finding, ...]]:
    """Return the permitted codes in `cells`, null where missing, and an error for other codes.

    Parameters
    ----------
    cells : Cells
        Codes are compared without case; well-known words (female for F, Partial Response for PR)
        are understood, numbers never.
    column : Column
        Its categories.
    """
    words = _WORDS["best_response"] if column.name == "recist" else _WORDS.get(column.name, {})
    codes = {code_key(word): code for word, code in words.items()}
    codes |= {code_key(code): code for code in column.categories}
    values = code_keys(cells.text).replace_strict(
        list(codes), list(codes.values()), default=None, return_dtype=pl.String
    )
    advice = 'Say what they mean: { column = "...", values = { "their code" = "our code" } }.'
    return values, _unmapped(cells, values, " or ".join(column.categories), advice)


def _unmapped(cells: Cells, values: pl.Series, expected: str, advice: str) -> tuple[Finding, ...]:
    bad = values.is_null() & cells.text.is_not_null()
    if not bad.any():
        return ()
    counts = cells.text.filter(bad).value_counts(sort=True)
    return (
        Finding(
            "error",
            "unmapped-code",
            cells.place,
            cells.rows[int(bad.arg_true()[0])],
            cells.column,
            _listed(counts.rows()),
            expected,
            advice,
        ),
    )


def _listed(counts: Sequence[tuple[str, int]]) -> str:
    shown = ", ".join(f"{code[:60]!r} ({count} rows)" for code, count in counts[:10])
    more = f" and {len(counts) - 10} more codes" if len(counts) > 10 else ""
    return f"codes {shown}{more}"
