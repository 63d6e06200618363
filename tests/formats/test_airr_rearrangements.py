import gzip

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.errors import FormatError, InputError
from macroimmune.formats import read_airr, write_airr
from macroimmune.formats.airr_rearrangements import AIRR_COLUMNS, AIRR_REQUIRED

TABLE = pl.DataFrame({
    "sequence_id": ["s1", "s2", "s3"],
    "productive": [True, False, None],
    "rev_comp": [False, False, False],
    "v_call": ["TRBV20-1*01", "TRBV5-1", None],
    "junction": ["TGTGCC", None, "TGT"],
    "junction_aa": ['C"A', "C*", None],
    "duplicate_count": [6, 3, None],
    "consensus_count": [16718, None, 2],
    "v_identity": [0.99, None, float("nan")],
    "cell_id": ["AAAC-1", "AAAC-1", None],
    "my_note": ["x", None, "z"],
})


@pytest.mark.parametrize("name", ["a.tsv", "a.tsv.gz"])
def test_what_is_written_is_read(tmp_path, name):
    path = tmp_path / name
    write_airr(path, TABLE)
    assert path.read_bytes().startswith(b"\x1f\x8b") == name.endswith("gz")
    read = read_airr(path, [*TABLE.columns])
    assert read.absent == ()
    assert read.table.select(TABLE.columns).equals(TABLE.fill_nan(None))


def test_the_file_has_the_required_columns_first_and_truth_values_as_letters(tmp_path):
    path = tmp_path / "a.tsv"
    write_airr(path, TABLE)
    rows = [line.split("\t") for line in path.read_text().splitlines()]
    assert tuple(rows[0][:14]) == AIRR_REQUIRED
    assert [row[rows[0].index("productive")] for row in rows[1:]] == ["T", "F", ""]
    assert [row[rows[0].index("v_cigar")] for row in rows[1:]] == ["", "", ""]


def test_counts_stay_apart_and_none_stands_in_for_another(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text("sequence_id\tconsensus_count\tumi_count\ns1\t500\t4\n")
    table = read_airr(path).table
    assert table.to_dicts() == [{"sequence_id": "s1", "consensus_count": 500, "umi_count": 4}]
    with pytest.raises(FormatError, match="expected some of duplicate_count"):
        read_airr(path, ["duplicate_count"])


def test_only_the_columns_asked_for_are_read_and_absent_required_ones_are_named(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text("junction_aa\tother\tv_call\nCASS\t1\tTRBV1\n")
    read = read_airr(path, ["v_call", "other"])
    assert read.table.to_dicts() == [{"other": "1", "v_call": "TRBV1"}]
    assert set(read.absent) == set(AIRR_REQUIRED) - {"junction_aa", "v_call"}
    assert read_airr(path).table.columns == ["junction_aa", "v_call"]


def test_spellings_of_other_programs_are_read(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_bytes(b"\xef\xbb\xbfproductive\tduplicate_count\r\nTRUE\t3.0\r\nfalse\t\r\n")
    table = read_airr(path).table
    assert table.to_dicts() == [
        {"productive": True, "duplicate_count": 3},
        {"productive": False, "duplicate_count": None},
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("productive\nT\nmaybe\n", r"row 3, productive = 'maybe'; expected one of T, F"),
        ("duplicate_count\n1\n-2\n", r"row 3, duplicate_count = '-2'; expected a whole number"),
        ("duplicate_count\n1.5\n", r"row 2, duplicate_count = '1.5'"),
        ("duplicate_count\ninf\n", r"row 2, duplicate_count = 'inf'"),
        ("v_identity\nhigh\n", r"row 2, v_identity = 'high'; expected a number"),
        ("v_call\tv_call\na\tb\n", r"row 1: columns \['v_call'\] stand twice"),
        ("a,b\n1,2\n", r"row 1: columns a,b; expected some of"),
        ("v_call\tj_call\na\tb\tc\n", "not a table"),
        ("", "no heading"),
    ],
)
def test_what_is_not_as_declared_is_refused_with_its_place(tmp_path, text, found):
    path = tmp_path / "a.tsv"
    path.write_text(text)
    with pytest.raises(FormatError, match=found):
        read_airr(path)


def test_damaged_and_absent_files_are_refused(tmp_path):
    path = tmp_path / "a.tsv.gz"
    path.write_bytes(gzip.compress(b"v_call\nTRBV1\n")[:-9])
    with pytest.raises(FormatError, match="cannot be read"):
        read_airr(path)
    with pytest.raises(FormatError, match="No such file"):
        read_airr(tmp_path / "none.tsv")
    path.write_bytes(b"\xff\xfe\x00v_call\n")
    with pytest.raises(FormatError, match="no UTF-8"):
        read_airr(path)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (pl.lit("s1").alias("sequence_id"), "stands twice"),
        (pl.lit(None, pl.String).alias("sequence_id"), "without sequence_id"),
        (pl.lit("T").alias("productive"), "productive is String; expected Boolean"),
        (pl.lit(1.0).alias("duplicate_count"), "duplicate_count is Float64"),
        (pl.lit("a\tb").alias("v_call"), "a tab or a line end"),
    ],
)
def test_a_table_that_is_no_airr_table_is_refused(tmp_path, change, found):
    with pytest.raises(InputError, match=found):
        write_airr(tmp_path / "a.tsv", TABLE.with_columns(change))


CELLS = st.one_of(st.none(), st.text("ACGT*-_\"',; ", min_size=1).filter(lambda cell: cell.strip()))


@given(
    st.lists(
        st.tuples(CELLS, st.none() | st.booleans(), st.none() | st.integers(0, 2**53)), max_size=8
    )
)
def test_any_cells_are_read_as_they_were_written(tmp_path_factory, rows):
    table = pl.DataFrame(
        [(f"s{k}", *row) for k, row in enumerate(rows)],
        schema={
            "sequence_id": pl.String,
            "junction": pl.String,
            "productive": pl.Boolean,
            "duplicate_count": pl.Int64,
        },
        orient="row",
    )
    path = tmp_path_factory.mktemp("airr") / "a.tsv"
    write_airr(path, table)
    assert read_airr(path).table.select(table.columns).equals(table)


def test_the_package_airr_accepts_what_is_written_and_reads_the_same(tmp_path):
    airr = pytest.importorskip("airr")
    schema = pytest.importorskip("airr.schema").RearrangementSchema
    assert set(schema.required) == set(AIRR_REQUIRED)
    kinds = {"string": pl.String, "boolean": pl.Boolean, "integer": pl.Int64, "number": pl.Float64}
    assert {name: kinds[schema.type(name)] for name in AIRR_COLUMNS} == dict(AIRR_COLUMNS)
    path = tmp_path / "a.tsv"
    write_airr(path, TABLE)
    assert airr.validate_rearrangement(str(path))
    with path.open() as handle:
        rows = list(airr.io.RearrangementReader(handle))
    assert [row["productive"] for row in rows] == [True, False, None]
    assert [row["duplicate_count"] for row in rows] == [6, 3, None]
    assert [row["consensus_count"] for row in rows] == [16718, None, 2]


def test_a_path_may_be_text(tmp_path):
    path = str(tmp_path / "a.tsv")
    write_airr(path, TABLE)
    assert read_airr(path).table["sequence_id"].to_list() == ["s1", "s2", "s3"]
