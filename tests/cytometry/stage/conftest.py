from pathlib import Path

import pytest

from macroimmune.cytometry import MeasuredCytometry, measure_cytometry
from macroimmune.simulator import StudyPlan, write_virtual_study
from macroimmune.simulator.plan import CytometryPlan, VisitPlan
from macroimmune.study import Study, load_study


def small_plan(events: int = 2_500) -> StudyPlan:
    """Three patients with an unstimulated and a stimulated well each."""
    return StudyPlan(
        patients=3,
        seed=11,
        visits=(VisitPlan("baseline", -7, 7, 0.0),),
        cytometry=CytometryPlan(
            is_written=True,
            stimuli=("unstimulated", "ifn_late"),
            participants=3,
            events_per_file=events,
            bridging_control=False,
        ),
    )


@pytest.fixture(scope="session")
def virtual_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small virtual study with six FCS files; nobody may change it."""
    return write_virtual_study(tmp_path_factory.mktemp("virtual") / "study", small_plan()).parent


@pytest.fixture(scope="session")
def virtual_study(virtual_folder: Path) -> Study:
    """The same, loaded."""
    return load_study(virtual_folder)


@pytest.fixture(scope="session")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the parts of the study's files are kept."""
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="session")
def measured(virtual_study: Study, work: Path) -> MeasuredCytometry:
    """What the files of the study gave."""
    return measure_cytometry(virtual_study, work)
