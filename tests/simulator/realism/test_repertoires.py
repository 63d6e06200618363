import pytest

from macroimmune.simulator.realism import beside_reads, beside_single_cells
from macroimmune.simulator.realism.public_repertoires import urothelial_table
from macroimmune.simulator.realism.repertoires import virtual_receptors


def test_a_table_of_old_macs_is_read(tmp_path):
    path = tmp_path / "old.csv"
    path.write_bytes("a,b\r1,caf\xe9\r".encode("latin1"))
    assert urothelial_table(path) == [{"a": "1", "b": "caf\xe9"}]


def test_receptors_are_the_same_for_the_same_seed():
    assert virtual_receptors(2).equals(virtual_receptors(2))


@pytest.mark.data
@pytest.mark.parametrize(
    ("compare", "cohort", "libraries"),
    [(beside_reads, "iokin_tcr", [8]), (beside_single_cells, "tenx_contigs", [3, 3])],
)
def test_libraries_v_genes_and_lengths_stand_beside(public_data, compare, cohort, libraries):
    found = compare(public_data / cohort, 1)
    *of_libraries, lengths = found.rows
    assert [rows.real.height for rows in of_libraries] == libraries
    for rows in of_libraries:
        assert rows.real.columns == rows.virtual.columns == list(rows.units)
    assert lengths.units == {"CDR3 length": "amino acids"}
    assert found.points["real"].sum() == pytest.approx(100.0, abs=3.0)
