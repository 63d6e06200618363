from dataclasses import replace
from pathlib import Path

from macroimmune.cytometry import FileThresholds
from macroimmune.cytometry.stage.listed_files import listed_files
from macroimmune.cytometry.stage.looks import first_tasks, second_task
from macroimmune.cytometry.stage.panel_cohort import PanelCohort
from macroimmune.study import Study


def test_labels_that_were_mended_since_are_read_again(virtual_study: Study, tmp_path: Path) -> None:
    settings = virtual_study.analysis.cytometry
    listed = listed_files(virtual_study)[0]
    one = replace(listed, file=replace(listed.file, labels="labels.csv"))
    (first,) = first_tasks([one], settings, None, 1)
    name = one.file.raw_file
    cohort = PanelCohort("c", {name: FileThresholds(name, (), ())}, None, "")
    keys = []
    for text in ("label\nB\n", "label\nB\n", "label\nNK\n"):
        labels = tmp_path / "labels.csv"
        if not labels.exists() or labels.read_text() != text:
            labels.write_text(text)
        task = second_task(one, first, cohort, settings, tmp_path, is_paired=False)
        keys.append(task.key)
    assert keys[0] == keys[1]
    assert keys[1] != keys[2]
