"""Labels of events in every shape that people deliver."""

import gzip

import numpy as np
import polars as pl
import pytest

from macroimmune.cytometry.manual import read_channel_labels, read_event_labels
from macroimmune.errors import FormatError, InputError
from macroimmune.formats import FcsHeading, write_fcs


def spelled(labels):
    return ["" if code < 0 else labels.names[code] for code in labels.codes.tolist()]


@pytest.mark.data
def test_the_public_labels_without_heading_are_one_per_event(public_data):
    labels = read_event_labels(public_data / "flowsom_wsp" / "gatingResult.csv", 19225)
    counts = {name: int((labels.codes == k).sum()) for k, name in enumerate(labels.names)}
    assert counts == {
        "CD4 T cells": 7487,
        "gd T cells": 1470,
        "B cells": 2460,
        "NK cells": 312,
        "CD8 T cells": 1407,
        "NK T cells": 535,
    }
    assert int((labels.codes == -1).sum()) == 5554


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plain.csv", "B cells\nNK cells\n\nB cells\n"),
        ("quoted.csv", '"B cells"\r\n"NK cells"\r\n"NA"\r\n"B cells"\r\n'),
        ("heading.csv", "cell_type\nB cells\nNK cells\nUnlabeled\nB cells\n"),
        ("of R.csv", '"","x"\n"1","B cells"\n"2","NK cells"\n"3",NA\n"4","B cells"\n'),
        ("blank end.csv", "B cells\nNK cells\nungated\nB cells\n\n"),
        ("semicolons.csv", ";x\n1;B cells\n2;NK cells\n3;\n4;B cells\n"),
        ("tabs.tsv", "\tx\n1\tB cells\n2\tNK cells\n3\t\n4\tB cells\n"),
        ("no end.txt", "B cells\nNK cells\nunknown\nB cells"),
    ],
)
def test_text_with_and_without_heading_gives_the_same_labels(tmp_path, name, text):
    for path, data in (
        (tmp_path / name, text.encode()),
        (tmp_path / f"{name}.gz", gzip.compress(text.encode())),
    ):
        if path.name == "semicolons.csv.gz":
            continue  # Packed tables without a name that says otherwise are read with commas.
        path.write_bytes(data)
        labels = read_event_labels(path, 4)
        assert spelled(labels) == ["B cells", "NK cells", "", "B cells"], path.name
        assert labels.names == ("B cells", "NK cells")


def test_a_named_column_is_read_among_others(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("event,population,area\n1,B,0.5\n2,NK,0.7\n", encoding="utf-8")
    assert spelled(read_event_labels(path, 2, column="population")) == ["B", "NK"]
    with pytest.raises(InputError, match="no column 'populaton'. Did you mean 'population'"):
        read_event_labels(path, 2, column="populaton")
    with pytest.raises(InputError, match="expected one, or the name of one"):
        read_event_labels(path, 2)


def test_parquet_of_words_categories_and_numbers_is_read(tmp_path):
    path = tmp_path / "a.parquet"
    frame = pl.DataFrame({
        "word": ["B", None, "NK"],
        "kind": pl.Series(["B", None, "NK"], dtype=pl.Categorical),
        "whole": [3, None, 11],
        "number": [3.0, float("nan"), 11.0],
    })
    frame.write_parquet(path)
    for column, expected in {
        "word": ["B", "", "NK"],
        "kind": ["B", "", "NK"],
        "whole": ["3", "", "11"],
        "number": ["3", "", "11"],
    }.items():
        assert spelled(read_event_labels(path, 3, column=column)) == expected, column
    with pytest.raises(InputError, match="3 labels; expected 4, one per event"):
        read_event_labels(path, 4, column="word")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("B\nNK\nB\n", "3 labels; expected 5"),
        ("B\nNK\nB\nB\nB\nNK\nNK\n", "7 labels; expected 5"),
        ("population\nB\nNK\nB\nB\n", "4 labels under the heading .'population'.; expected 5"),
        ("", "0 labels; expected 5"),
    ],
)
def test_another_number_of_labels_than_events_is_refused(tmp_path, text, found):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=f"a.csv: {found}, one per event"):
        read_event_labels(path, 5)


def test_cluster_numbers_one_row_too_many_have_no_heading(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("7\n1\n2\n3\n", encoding="utf-8")
    with pytest.raises(InputError, match="4 labels; expected 3"):
        read_event_labels(path, 3)


def test_a_first_label_that_occurs_again_is_no_heading(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("B\nNK\nB\nNK\n", encoding="utf-8")
    with pytest.raises(InputError, match="4 labels; expected 3"):
        read_event_labels(path, 3)


@pytest.mark.parametrize(
    ("name", "data", "match"),
    [
        ("a.csv", b"a,b\n1,2,3\n", "not a table"),
        ("a.csv", b"caf\xe9\nb\n", "not a table"),
        ("a.parquet", b"PAR1 no", "no Parquet"),
        ("a.csv.gz", b"\x1f\x8bcut", "cannot be read"),
    ],
)
def test_damaged_tables_are_refused(tmp_path, name, data, match):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(FormatError, match=match):
        read_event_labels(path, 2)


def test_tables_that_are_not_there_are_refused(tmp_path):
    for name in ("a.csv", "a.tsv", "a.parquet"):
        with pytest.raises(FormatError, match="correct the path"):
            read_event_labels(tmp_path / name, 2)


def test_a_channel_of_cluster_numbers_is_read(tmp_path):
    path = tmp_path / "a.fcs"
    events = np.array([[0.5, 3], [1.5, 0], [2.5, 3]], dtype=np.float32)
    write_fcs(path, events, FcsHeading(names=["CD3", "P2"], antigens=["", "FlowSOM"]))
    for channel in ("P2", "FlowSOM"):
        assert spelled(read_channel_labels(path, channel)) == ["3", "0", "3"]
    with pytest.raises(InputError, match="a.fcs, event 1, CD3 = 0.5; expected whole numbers"):
        read_channel_labels(path, "CD3")
    with pytest.raises(InputError, match="no channel 'FlowSO'. Did you mean 'FlowSOM'"):
        read_channel_labels(path, "FlowSO")


def test_a_channel_of_measured_integers_is_no_clustering(tmp_path):
    path = tmp_path / "a.fcs"
    values = np.arange(10_001, dtype=np.float32)[:, None]
    write_fcs(path, values, FcsHeading(names=["FSC-A"]))
    with pytest.raises(InputError, match="more than 10000 different numbers"):
        read_channel_labels(path, "FSC-A")
