import io
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from macroimmune.errors import EstimationError, InputError
from macroimmune.mechanism.exchange import (
    EXPORT_FORMATS,
    PlannedRun,
    combine_archive,
    export_files,
    write_export,
)
from macroimmune.mechanism.exchange.copasi import copasi_library
from macroimmune.mechanism.exchange.sbml import _as_sbml
from macroimmune.mechanism.model import Action, Engine

FILES = {
    "sbml": {"model.xml"},
    "sedml": {"model.xml", "simulation.sedml", "run.omex"},
    "petab": {
        f"petab/{name}"
        for name in (
            *("problem.yaml", "model.xml", "conditions.tsv", "observables.tsv"),
            *("measurements.tsv", "parameters.tsv"),
        )
    },
}
FILES["all"] = FILES["sbml"] | FILES["sedml"] | FILES["petab"]


def there(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("form", EXPORT_FORMATS)
def test_each_format_has_its_files_and_a_readme_that_names_them(
    dosed: PlannedRun, engine: Engine, tmp_path: Path, form: str
) -> None:
    out = tmp_path / "new" / "folder"
    names = write_export(dosed, out, form=form, engine=engine)
    assert there(out) == set(names) == FILES[form] | {"README.md"}
    readme = (out / "README.md").read_text()
    assert all(f"`{name}`" in readme for name in FILES[form])
    assert "time\n30**" in readme
    assert [path.name for path in out.parent.iterdir()] == ["folder"]


def test_the_same_run_gives_the_same_bytes(dosed: PlannedRun, engine: Engine) -> None:
    first = export_files(dosed, form="all", engine=engine)
    _as_sbml.cache_clear()
    assert export_files(dosed, form="all", engine=engine) == first


def test_an_earlier_export_is_replaced_whole(
    dosed: PlannedRun, engine: Engine, tmp_path: Path
) -> None:
    write_export(dosed, tmp_path / "out", form="all", engine=engine)
    write_export(dosed, tmp_path / "out", form="sbml", engine=engine)
    assert there(tmp_path / "out") == {"README.md", "model.xml"}


@pytest.mark.parametrize("name", ["mine.txt", "README.md", "model.xml"])
def test_a_folder_of_somebody_else_is_not_touched(
    dosed: PlannedRun, engine: Engine, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(InputError, match=rf"holds {name}, which is no export"):
        write_export(dosed, tmp_path, form="all", engine=engine)
    assert there(tmp_path) == {name}


def test_a_file_in_the_way_is_refused(dosed: PlannedRun, engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(InputError, match="needs a folder"):
        write_export(dosed, tmp_path / "out", form="all", engine=engine)


def test_a_run_that_stops_early_has_no_measurements_and_leaves_the_folder_as_it_was(
    dosed: PlannedRun, engine: Engine, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    write_export(dosed, out, form="all", engine=engine)
    before = {name: (out / name).read_bytes() for name in there(out)}
    broken = replace(dosed, actions=[Action(0, "stay_HSC", "set", 0.0)])
    with pytest.raises(EstimationError, match="stopped after day 0: .*PEtab"):
        write_export(broken, out, form="all", engine=engine)
    assert {name: (out / name).read_bytes() for name in there(out)} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert set(export_files(broken, form="sbml", engine=engine)) == {"README.md", "model.xml"}


def test_an_unknown_format_is_refused_with_the_nearest(dosed: PlannedRun, engine: Engine) -> None:
    with pytest.raises(InputError, match="format 'sedm' is unknown. Did you mean 'sedml'"):
        export_files(dosed, form="sedm", engine=engine)


def test_the_manifest_of_the_archive_lists_every_file() -> None:
    packed = combine_archive({"model.xml": "<a/>", "simulation.sedml": "<b/>"})
    with ZipFile(io.BytesIO(packed)) as archive:
        root = ElementTree.fromstring(archive.read("manifest.xml"))
        assert archive.read("model.xml") == b"<a/>"
        listed = {content.get("location"): content.get("master") for content in root}
        assert set(listed) - {"."} == {f"./{name}" for name in archive.namelist()}
    assert [place for place, master in listed.items() if master == "true"] == ["./simulation.sedml"]


def test_copasi_opens_the_archive(dosed: PlannedRun, engine: Engine, tmp_path: Path) -> None:
    write_export(dosed, tmp_path / "out", form="sedml", engine=engine)
    basico = copasi_library()
    loaded = basico.load_model(str(tmp_path / "out" / "run.omex"))
    try:
        assert len(basico.get_species(model=loaded)) == len(engine.populations)
        assert len(basico.get_events(model=loaded)) == 6
    finally:
        basico.remove_datamodel(loaded)
