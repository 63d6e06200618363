"""Whatever stands in a file: rows, faults or one sentence, and nothing is lost in between."""

import gzip

from hypothesis import given, settings
from hypothesis import strategies as st

from macroimmune.errors import FormatError
from macroimmune.formats import RECEPTOR_LAYOUTS
from macroimmune.repertoires.reading import read_chains

COUNTED = {"airr": "templates", "immunoseq": "templates", "mixcr": "reads", "10x": "cells"}
WORDS = [
    "",
    "T",
    "NA",
    "3",
    "-1",
    "0.5",
    "1e999",
    "TGTGCCTTT",
    "CAF",
    "C*F",
    "TRBV19*01",
    '"',
    "\u00e9",
]
CELL = st.sampled_from(WORDS) | st.text(max_size=4)


def headings_of(layout):
    known = RECEPTOR_LAYOUTS[layout]
    counts = known.counts[COUNTED.get(layout, "umis")]
    return [counts[0], *(names[0] for names in known.headings.values() if names[0] != counts[0])]


@settings(max_examples=25)
@given(
    layout=st.sampled_from(sorted(RECEPTOR_LAYOUTS)),
    rows=st.lists(st.lists(CELL, max_size=30), max_size=6),
    is_even=st.booleans(),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    is_packed=st.booleans(),
)
def test_every_row_is_kept_or_told(tmp_path_factory, layout, rows, is_even, end, is_packed):
    names = headings_of(layout)
    separator = RECEPTOR_LAYOUTS[layout].separator or "\t"
    if is_even:
        rows = [[*row, *[""] * len(names)][: len(names)] for row in rows]
    text = end.join([separator.join(names), *(separator.join(row) for row in rows), ""])
    path = tmp_path_factory.mktemp("a") / "a.txt"
    data = text.encode("utf-8", "replace")
    path.write_bytes(gzip.compress(data, 0) if is_packed else data)
    found = read_chains(path, layout=layout, counted=COUNTED.get(layout, "umis"))
    assert found.is_whole
    dropped = found.faults.filter(~found.faults["is_kept"])
    kinds = dropped.unique(["kind", "column"])
    assert len(found.table) + kinds["n_rows"].sum() == found.n_rows
    assert not set(found.table["row"]) & set(dropped["row"])
    assert found.table["count"].null_count() == 0
    assert (found.table["count"] >= 0).all()


@settings(max_examples=40)
@given(data=st.binary(max_size=300), is_under_heading=st.booleans())
def test_any_bytes_are_rows_or_a_sentence(tmp_path_factory, data, is_under_heading):
    path = tmp_path_factory.mktemp("a") / "a.tsv"
    heading = b"junction\tv_call\tduplicate_count\n"
    path.write_bytes(heading + data if is_under_heading else data)
    try:
        found = read_chains(path, layout="airr", counted="templates")
    except FormatError as error:
        said = str(error)
    else:
        said = ""
        assert found.n_rows >= len(found.table)
    assert "\n" not in said
    assert not (said and is_under_heading)
