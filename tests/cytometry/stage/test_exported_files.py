"""Files with labels and gates, written while a study is gated."""

import shutil
from pathlib import Path

import flowio
import numpy as np
import polars as pl
import pytest

from macroimmune.cytometry import MeasuredCytometry, measure_cytometry
from macroimmune.cytometry.manual import gate_with_workspace
from macroimmune.cytometry.stage.exported_files import export_paths
from macroimmune.errors import InputError
from macroimmune.study import Study, load_study

Exported = tuple[Study, Path, Path, MeasuredCytometry]


@pytest.fixture(scope="module")
def exported(virtual_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """A study of two files, its work, its exports, and what was measured."""
    top = tmp_path_factory.mktemp("exported")
    shutil.copytree(virtual_folder, top / "study")
    manifest = top / "study" / "cytometry" / "files.csv"
    lines = manifest.read_text().splitlines(keepends=True)
    manifest.write_text("".join(lines[:3]))
    study = load_study(top / "study")
    measured = measure_cytometry(study, top / "work", export=top / "out")
    return study, top / "work", top / "out", measured


def test_every_file_is_written_with_its_populations_and_opens_in_flowio(exported: Exported) -> None:
    study, _, out, measured = exported
    frequencies = measured.tables["cell_frequencies"]
    names = study.tables["cytometry"]["raw_file"].to_list()
    assert len(names) == 2
    for name, path in export_paths(out, names).items():
        read = flowio.FlowData(path)
        values = np.reshape(read.events, (-1, read.channel_count))
        column = read.pnn_labels.index("pop_cd4_t")
        of_file = frequencies.filter(
            (pl.col("raw_file") == name) & (pl.col("population") == "cd4_t")
        )
        assert int(values[:, column].sum()) == of_file["n_cells"][0] > 100
        assert path.with_name(f"{path.stem}.key.csv").exists()


def test_the_gates_beside_a_file_count_its_cells(exported: Exported) -> None:
    study, _, out, measured = exported
    name = study.tables["cytometry"]["raw_file"][0]
    path = export_paths(out, [name])[name]
    told = gate_with_workspace(path.with_name(f"{path.stem}.gates.xml"), path)
    counted = {gate.path[-1]: gate.n_cells for gate in told.gates}
    frequencies = measured.tables["cell_frequencies"].filter(pl.col("raw_file") == name)
    ours = dict(zip(frequencies["population"], frequencies["n_cells"], strict=True))
    for population in ("t_cell", "cd4_t", "cd8_t"):
        assert counted[population] == ours[population] > 100


def test_what_this_run_did_not_write_is_not_replaced(exported: Exported, tmp_path: Path) -> None:
    study, _, out, _ = exported
    before = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    with pytest.raises(InputError, match="is there already"):
        measure_cytometry(study, tmp_path / "other work", export=out)
    assert {path.name: path.stat().st_mtime_ns for path in out.iterdir()} == before


def test_a_run_that_was_stopped_goes_on_with_its_exports(exported: Exported) -> None:
    study, work, out, _ = exported
    lost, kept = sorted(out.glob("*.fcs"))
    before = kept.stat().st_mtime_ns
    lost.unlink()
    measure_cytometry(study, work, export=out)
    assert lost.exists()
    assert kept.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "some", [["a/x.fcs", "b/x.fcs"], ["/p/a/x.fcs", "/q/a/x.fcs"], ["x.fcs", "X.FCS"]]
)
def test_files_of_one_name_in_two_folders_do_not_meet(some: list[str]) -> None:
    paths = export_paths(Path("out"), some)
    assert len({path.name.casefold() for path in paths.values()}) == 2
    assert {path.parent for path in paths.values()} == {Path("out")}
