import gzip

import numpy as np
import polars as pl
import pytest

from macroimmune.errors import FormatError
from macroimmune.formats import delimited, read_airr, read_contigs
from macroimmune.formats.delimited import as_numbers, as_whole_numbers, read_text_columns

AIRR = b"sequence_id\tproductive\tv_call\tduplicate_count\ns1\tT\tTRBV1\t3\ns2\t\tTRBV2\t\n"
TENX = (
    b"barcode,contig_id,chain,v_gene,j_gene,productive,cdr3,reads,umis\n"
    b'A-1,c1,TRB,TRBV1,TRBJ1,True,"CASS",20,3\nA-1,c2,Multi,None,TRAJ1,None,None,5,1\n'
)


def test_only_wanted_columns_are_read_and_all_names_are_told(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_bytes(AIRR)
    table, names = read_text_columns(path, "\t", quote=None, wanted=["v_call", "absent"])
    assert table.to_dict(as_series=False) == {"v_call": ["TRBV1", "TRBV2"]}
    assert names == ("sequence_id", "productive", "v_call", "duplicate_count")


def test_gzip_is_known_by_its_bytes_and_bounded(tmp_path, monkeypatch):
    path = tmp_path / "named_like_plain.tsv"
    path.write_bytes(gzip.compress(AIRR))
    assert read_airr(path).table["duplicate_count"].to_list() == [3, None]
    monkeypatch.setattr(delimited, "MAX_BYTES", len(AIRR) - 1)
    with pytest.raises(FormatError, match="unpacks to more than"):
        read_airr(path)


def test_whole_numbers_may_be_written_with_a_point(tmp_path):
    table = pl.DataFrame({"n": ["3", "4.0", None, "1e3"]})
    assert as_whole_numbers(table, "n", "a").to_list() == [3, 4, None, 1000]
    assert as_numbers(table, "n", "a").to_list() == [3, 4, None, 1000]
    with pytest.raises(FormatError, match=r"a, row 2, n = '1e300'; expected a whole number"):
        as_whole_numbers(pl.DataFrame({"n": ["1e300"]}), "n", "a")


def test_damaged_tables_are_read_or_refused_and_nothing_else(tmp_path):
    rng = np.random.default_rng(3)
    path = tmp_path / "a.txt"
    outcomes = {"read": 0, "refused": 0}
    for number in range(300):
        raw = bytearray((AIRR, TENX)[number % 2])
        for _ in range(rng.integers(1, 4)):
            raw[rng.integers(0, len(raw))] = rng.integers(0, 256)
        path.write_bytes(bytes(raw[: rng.integers(1, len(raw))] if number % 7 == 0 else raw))
        try:
            (read_airr, read_contigs)[number % 2](path)
        except FormatError:
            outcomes["refused"] += 1
        else:
            outcomes["read"] += 1
    assert min(outcomes.values()) > 30
