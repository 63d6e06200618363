from pathlib import Path

from macroimmune.cytometry.stage.first_look import SAMPLE
from macroimmune.cytometry.stage.listed_files import listed_files
from macroimmune.cytometry.stage.looks import first_tasks
from macroimmune.cytometry.stage.panel_cohort import panel_cohort
from macroimmune.cytometry.stage.told import no_cluster_findings
from macroimmune.study import Study
from macroimmune.work import run_tasks


def test_a_panel_whose_cells_cannot_be_clustered_is_told_with_the_reason(
    virtual_study: Study, tmp_path: Path
) -> None:
    settings = virtual_study.analysis.cytometry
    listed = listed_files(virtual_study)[:1]
    tasks = first_tasks(listed, settings, None, 1)
    run_tasks(tasks, tmp_path)
    (tmp_path / tasks[0].key / SAMPLE).unlink()
    mates = [(listed[0], tasks[0])]
    asked = panel_cohort(mates, tmp_path, 20, 1)
    assert asked.cell_map is None
    (told,) = no_cluster_findings({"T cells": asked.trouble})
    assert told.found.startswith("T cells: no unstimulated file")
    not_asked = panel_cohort(mates, tmp_path, 0, 1)
    assert no_cluster_findings({"T cells": not_asked.trouble}) == ()
    assert asked.key != not_asked.key
