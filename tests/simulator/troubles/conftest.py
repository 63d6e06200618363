"""A small virtual study without troubles, with and without raw files, and how it is checked."""

import shutil

import pytest

from macroimmune.simulator.file_tasks import write_files
from macroimmune.simulator.plan import (
    CytometryPlan,
    ExpressionPlan,
    RepertoiresPlan,
    StudyPlan,
)
from macroimmune.simulator.study_files import StudyFiles
from macroimmune.simulator.virtual_study import draw_virtual_study
from macroimmune.study import checked, load_study

RAW_FILES = {
    "cytometry": CytometryPlan(
        is_written=True, participants=3, visits=("baseline",), events_per_file=100
    ),
    "repertoires": RepertoiresPlan(
        is_written=True, participants=2, clones=500, single_cell_participants=0
    ),
}


@pytest.fixture(scope="session")
def clean():
    """Give the files of a study of 60 patients."""
    return draw_virtual_study(StudyPlan(seed=11, patients=60)).files


@pytest.fixture(scope="session")
def clean_raw():
    """Give the files of a study of 12 patients, with raw files of the first of them."""
    return draw_virtual_study(StudyPlan(seed=12, patients=12, **RAW_FILES)).files


@pytest.fixture(scope="session")
def clean_single_cell():
    """Give the files of a study of 12 patients, with single-cell files of two of them."""
    pytest.importorskip("h5py")
    expression = ExpressionPlan(is_written=True, participants=2, genes=1000, cells_per_well=10)
    return draw_virtual_study(StudyPlan(seed=12, patients=12, expression=expression)).files


@pytest.fixture(scope="session")
def raw_folder(clean_raw, tmp_path_factory):
    """Give the folder with the raw files of that study."""
    folder = tmp_path_factory.mktemp("raw")
    write_files(folder, clean_raw.tasks)
    return folder


@pytest.fixture(scope="session")
def codes_of(tmp_path_factory):
    """Give a function that writes files and returns the codes of what a check finds in them."""

    def codes(files: StudyFiles, folder=None) -> set[str]:
        folder = folder or tmp_path_factory.mktemp("study")
        write_files(folder, files.tasks)
        for name, table in files.tables.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(table.to_bytes())
        (folder / "study.toml").write_text(files.settings, encoding="utf-8")
        return {finding.code for finding in checked(load_study(folder)).findings}

    return codes


@pytest.fixture(scope="session")
def raw_codes_of(clean_raw, raw_folder, codes_of, tmp_path_factory):
    """Give such a function for a study with raw files; only what differs is written anew."""

    def codes(files: StudyFiles) -> set[str]:
        folder = shutil.copytree(raw_folder, tmp_path_factory.mktemp("raw") / "study")
        for task, before in zip(files.tasks, clean_raw.tasks, strict=True):
            if task is not before:
                for path in task.paths:
                    (folder / path).unlink()
        return codes_of(files, folder)

    return codes


@pytest.fixture(scope="session")
def clean_codes(clean, codes_of):
    """Give what a check says of the study without troubles."""
    return codes_of(clean)


@pytest.fixture(scope="session")
def clean_raw_codes(clean_raw, raw_codes_of):
    """Give what a check says of the study with raw files and without troubles."""
    return raw_codes_of(clean_raw)
