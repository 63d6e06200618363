"""Bad repertoire files: each fault is told with its row, and nothing else is lost."""

import gzip

import pytest

from macroimmune.errors import FormatError
from macroimmune.repertoires.reading import chains as module
from macroimmune.repertoires.reading import read_chains
from macroimmune.repertoires.reading.chain_faults import MAX_EXAMPLES

HEADING = "productive\tlocus\tv_call\tj_call\tjunction\tjunction_aa\tduplicate_count\tumi_count"
GOOD = "T\tTRB\tTRBV19*01\tTRBJ2-7*01\tTGTGCCAGCTTT\tCASF\t3\t2"


def read(tmp_path, data, **options):
    path = tmp_path / "patient 1.tsv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_chains(path, **({"layout": "airr", "counted": "templates"} | options))


def one_bad(tmp_path, old, new, **options):
    """Read a good, a changed and a good row; return the faults and the rows that stay."""
    text = "\n".join([HEADING, GOOD, GOOD.replace(old, new), GOOD, ""])
    found = read(tmp_path, text, **options)
    return found.faults.to_dicts(), found.table["row"].to_list(), found.table


@pytest.mark.parametrize(
    ("old", "new", "kind", "column", "found"),
    [
        ("\t3\t", "\t-3\t", "not-a-count", "duplicate_count", "-3"),
        ("\t3\t", "\t0.5\t", "not-a-count", "duplicate_count", "0.5"),
        ("\t3\t", "\tmany\t", "not-a-count", "duplicate_count", "many"),
        ("\t3\t", "\tinf\t", "not-a-count", "duplicate_count", "inf"),
        ("\t3\t", "\t1e300\t", "not-a-count", "duplicate_count", "1e300"),
        ("\t3\t", "\t100000000001\t", "not-a-count", "duplicate_count", "100000000001"),
        ("\t3\t", "\t99999999999999999999\t", "not-a-count", "duplicate_count", "9" * 20),
        ("\t3\t", "\t\t", "no-count", "duplicate_count", "empty"),
        ("\t3\t", "\tNA\t", "no-count", "duplicate_count", "empty"),
        ("TGTGCCAGCTTT", "TGTGCC?GCTTT", "not-a-sequence", "junction", "TGTGCC?GCTTT"),
        ("TGTGCCAGCTTT", "TGTG\u0421CAGCTTT", "not-a-sequence", "junction", "TGTG\u0421CAGCTTT"),
        ("CASF", "CA5F", "not-a-sequence", "junction_aa", "CA5F"),
        ("TRBV19*01", "TRBV6\u20111*01", "not-ascii", "v_call", "TRBV6\u20111*01"),
        ("T\tTRB", "maybe\tTRB", "not-a-truth-value", "productive", "maybe"),
        ("TRBJ2-7*01", "TRAJ23*01", "chains-differ", "v_call", "TRBV19*01 and TRAJ23*01"),
        ("\tTRB\t", "\tTRA\t", "chains-differ", "locus", "TRA"),
        ("\t2", "\t2\t2", "row-shape", "", "9 cells"),
        ("\t3\t2", "\t3", "row-shape", "", "7 cells"),
    ],
)
def test_a_bad_cell_is_told_with_row_column_and_what_was_found(
    tmp_path, old, new, kind, column, found
):
    faults, rows, _ = one_bad(tmp_path, old, new)
    assert rows == [2, 4]
    (fault,) = faults
    assert (fault["kind"], fault["row"], fault["column"]) == (kind, 3, column)
    assert (fault["found"], fault["n_rows"], fault["is_kept"]) == (found, 1, False)
    assert fault["expected"]


def test_a_row_with_several_faults_is_left_out_once(tmp_path):
    bad = GOOD.replace("CASF", "CA5F").replace("\t3\t", "\tx\t").replace("TRBJ2-7", "TRAJ23")
    found = read(tmp_path, "\n".join([HEADING, GOOD, bad]))
    assert found.faults.select("row", "column", "n_rows").rows() == [(3, "duplicate_count", 1)]


def test_what_a_faulty_row_counted_is_told_where_its_count_is_good(tmp_path):
    (fault,), _, _ = one_bad(tmp_path, "CASF", "CA5F")
    assert fault["n_counted"] == 3
    (fault,), _, _ = one_bad(tmp_path, "\t3\t", "\t-3\t")
    assert fault["n_counted"] is None


def test_a_bad_count_that_is_not_counted_costs_no_row(tmp_path):
    (fault,), rows, table = one_bad(tmp_path, "\t2", "\t-2")
    assert (fault["column"], fault["is_kept"]) == ("umi_count", True)
    assert rows == [2, 3, 4]
    assert table["umis"].to_list() == [2, None, 2]


def test_whole_numbers_with_a_point_are_whole(tmp_path):
    faults, _, table = one_bad(tmp_path, "\t3\t", "\t7.0\t")
    assert not faults
    assert table["count"].to_list() == [3, 7, 3]


def test_a_stop_codon_in_a_row_that_is_called_productive_is_told(tmp_path):
    (fault,), rows, table = one_bad(tmp_path, "TGTGCCAGCTTT\tCASF", "TGTTAGAGCTTT\tC*SF")
    assert (fault["kind"], fault["row"], fault["column"]) == ("not-productive", 3, "productive")
    assert (fault["found"], fault["is_kept"]) == ("C*SF", True)
    assert rows == [2, 3, 4]
    assert table["is_productive"].to_list() == [True, False, True]
    assert table["has_stop"].to_list() == [False, True, False]


def test_mixed_chains_of_one_file_are_rows_of_their_own_locus(tmp_path):
    other = GOOD.replace("TRBV19", "TRAV29DV5").replace("TRBJ2-7", "TRAJ23").replace("TRB", "TRA")
    found = read(tmp_path, f"{HEADING}\n{GOOD}\n{other}\n")
    assert found.table["locus"].to_list() == ["TRB", "TRA"]
    assert found.faults.is_empty()


def test_alpha_and_delta_genes_may_be_joined(tmp_path):
    delta = (
        GOOD
        .replace("TRBV19", "TRAV29DV5")
        .replace("TRBJ2-7", "TRDJ1")
        .replace("\tTRB\t", "\tTRD\t")
    )
    found = read(tmp_path, f"{HEADING}\n{delta}\n")
    assert found.table["locus"].to_list() == ["TRD"]
    assert found.faults.is_empty()


def test_one_bad_row_in_a_million_costs_one_row(tmp_path):
    n, bad = 1_000_000, 765_432
    row = f"{GOOD}\n".encode()
    data = HEADING.encode() + b"\n" + row * (bad - 2) + row.replace(b"\t3\t", b"\tx\t")
    found = read(tmp_path, data + row * (n - bad + 1))
    assert found.n_rows == n
    assert len(found.table) == n - 1
    assert found.table["count"].sum() == 3 * (n - 1)
    (fault,) = found.faults.to_dicts()
    assert (fault["row"], fault["column"], fault["found"]) == (bad, "duplicate_count", "x")


def test_where_all_rows_are_bad_the_first_are_shown_and_all_are_counted(tmp_path):
    bad = GOOD.replace("\t3\t", "\t0.1\t")
    found = read(tmp_path, "\n".join([HEADING, *[bad] * 500]))
    assert found.table.is_empty()
    assert found.faults["row"].to_list() == list(range(2, 2 + MAX_EXAMPLES))
    assert found.faults["n_rows"].unique().to_list() == [500]


def test_a_cut_packed_file_keeps_the_rows_before_and_says_where_it_ends(tmp_path):
    rows = [GOOD.replace("\t3\t", f"\t{k}\t") for k in range(1, 20_001)]
    packed = gzip.compress("\n".join([HEADING, *rows]).encode())
    found = read(tmp_path, packed[: len(packed) // 2])
    assert not found.is_whole
    kept = found.table["count"].to_list()
    assert 1000 < len(kept) < 20_000
    assert kept == list(range(1, len(kept) + 1))
    (fault,) = found.faults.to_dicts()
    assert (fault["kind"], fault["found"]) == ("file-damaged", "the packed file is cut")
    assert fault["row"] == len(kept) + 1


def test_a_plain_file_that_is_cut_loses_its_last_row(tmp_path):
    found = read(tmp_path, f"{HEADING}\n{GOOD}\n{GOOD[:30]}")
    assert found.table["row"].to_list() == [2]
    assert found.faults["row"].to_list() == [3]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no heading; expected a table with a heading; is the file empty"),
        ("\n\n", "no heading"),
        ("a\tb\n1\t2\n", "no column duplicate_count of templates; found a, b"),
        ("v_call\tduplicate_count\nx\t1\n", "no column junction or junction_aa or cdr3"),
        ("junction\tjunction\tduplicate_count\n", "column junction stands twice"),
        ("\x00\x01\x02\n", "no column duplicate_count"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_in_a_sentence(tmp_path, text, message):
    with pytest.raises(FormatError, match=message) as raised:
        read(tmp_path, text)
    assert str(raised.value).startswith("patient 1.tsv")
    assert "\n" not in str(raised.value)


def test_a_heading_of_the_user_that_is_not_there_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(FormatError, match="no column 'umi_counts' for count.*umi_count"):
        read(tmp_path, f"{HEADING}\n{GOOD}\n", headings={"count": "umi_counts"})


def test_a_heading_alone_is_an_empty_repertoire(tmp_path):
    found = read(tmp_path, HEADING)
    assert found.table.is_empty()
    assert found.faults.is_empty()
    assert found.n_rows == 0


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_files_of_windows_and_old_macs_are_read(tmp_path, start, end):
    found = read(tmp_path, start + end.join([HEADING, GOOD, GOOD]).encode())
    assert found.table["row"].to_list() == [2, 3]
    assert found.faults.is_empty()


def test_latin_1_in_a_column_that_is_not_read_is_no_trouble(tmp_path):
    found = read(tmp_path, f"{HEADING}\tsample\n{GOOD}\tM\u00fcller\n".encode("latin-1"))
    assert len(found.table) == 1
    assert found.faults.is_empty()


def test_quotes_of_r_are_taken_off(tmp_path):
    def quoted(line):
        return "\t".join(f'"{cell}"' for cell in line.split("\t"))

    found = read(tmp_path, f"{quoted(HEADING)}\n{quoted(GOOD)}\n")
    assert found.table["count"].to_list() == [3]
    assert found.faults.is_empty()


def test_how_a_file_is_cut_into_blocks_changes_nothing(tmp_path, monkeypatch):
    bad = GOOD.replace("\t3\t", "\tx\t")
    text = "\n".join([HEADING, *[GOOD, bad, "", GOOD, "a\tb"] * 40])
    whole = read(tmp_path, text)
    monkeypatch.setattr(module, "_BLOCK", 100)
    parts = read(tmp_path, text)
    assert parts.table.equals(whole.table)
    assert parts.faults.sort("row").equals(whole.faults.sort("row"))
    assert parts.n_rows == whole.n_rows == 160


def test_more_rows_than_memory_holds_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_ROWS", 3)
    with pytest.raises(FormatError, match="more than 3 rows; expected clonotypes"):
        read(tmp_path, "\n".join([HEADING, *[GOOD] * 4]))
