"""A small virtual study without troubles, and what a check says of files."""

import pytest

from macroimmune.simulator.plan import StudyPlan
from macroimmune.simulator.plan.tables_plan import MedicationsPlan
from macroimmune.simulator.study_files import StudyFiles
from macroimmune.simulator.virtual_study import draw_virtual_study
from macroimmune.study import checked, load_study


@pytest.fixture(scope="session")
def clean():
    """Give the files of a study of 60 patients, none of whom takes what disturbs."""
    harmless = MedicationsPlan(antibiotic=0.0, steroid=0.0, g_csf=0.0, other=0.4)
    plan = StudyPlan(seed=11, patients=60, medications=harmless)
    return draw_virtual_study(plan).files


@pytest.fixture(scope="session")
def codes_of(tmp_path_factory):
    """Give a function that writes files and returns the codes of what a check finds in them."""

    def codes(files: StudyFiles) -> set[str]:
        folder = tmp_path_factory.mktemp("study")
        for name, table in files.tables.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(table.to_bytes())
        (folder / "study.toml").write_text(files.settings, encoding="utf-8")
        return {finding.code for finding in checked(load_study(folder)).findings}

    return codes


@pytest.fixture(scope="session")
def clean_codes(clean, codes_of):
    """Give what a check says of the study without troubles."""
    return codes_of(clean)
