"""The tasks of a study's files: what each look needs to know, and where it left its answer."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from macroimmune.cytometry.alignment import Alignment
from macroimmune.cytometry.stage.first_look import FirstLook, OpeningChoice, look_first
from macroimmune.cytometry.stage.listed_files import ListedFile
from macroimmune.cytometry.stage.panel_cohort import PanelCohort, cluster_antigens
from macroimmune.cytometry.stage.second_look import SecondLook, look_again
from macroimmune.study import CytometrySettings
from macroimmune.work import WorkTask, file_state, task_key

__all__ = ["first_tasks", "second_task"]

# Enough for a map of a hundred nodes; more would only take longer.
_TRAINING_CELLS = 200_000


def opening(
    one: ListedFile, settings: CytometrySettings, alignment: Alignment | None, seed: int
) -> OpeningChoice:
    """Return how a file is opened.

    Raises
    ------
    ValueError
        If the file has no panel, because its head could not be read.
    """
    if one.panel is None:
        msg = f"{one.file.raw_file}: {one.trouble}"
        raise ValueError(msg)
    return OpeningChoice(
        path=one.file.path,
        panel=one.panel,
        batch=one.file.batch,
        is_stimulated=one.file.is_stimulated,
        material=one.file.material,
        species=one.species,
        transform=settings.transform,
        cofactor=settings.cofactor,
        alignment=alignment,
        seed=seed,
    )


def first_tasks(
    listed: Sequence[ListedFile],
    settings: CytometrySettings,
    alignment: Alignment | None,
    seed: int,
) -> tuple[WorkTask, ...]:
    """Return a first look at each file; files of one panel give as many cells to its map."""
    tasks = []
    for one in listed:
        mates = [other for other in listed if other.file.panel == one.file.panel]
        resting = [other for other in mates if not other.file.is_stimulated]
        wanted = settings.uses("clusters") and not one.file.is_stimulated
        choice = opening(one, settings, alignment, seed)
        sampled = cluster_antigens(mates) if wanted else ()
        n_sampled = -(-_TRAINING_CELLS // max(len(resting), 1)) if wanted else 0
        look = FirstLook(choice, sampled, n_sampled)
        known = {
            "panel": choice.panel,
            "stimulated": choice.is_stimulated,
            "species": choice.species,
            "material": choice.material,
            "transform": [choice.transform, choice.cofactor],
            "alignment": _alignment_key(choice.alignment),
            "batch": choice.batch,
            "sampled": [*sampled, n_sampled],
            "seed": seed,
        }
        tasks.append(WorkTask(task_key("first", one.file.path, known), look_first, look))
    return tuple(tasks)


def _alignment_key(alignment: Alignment | None) -> str:
    told = hashlib.sha256()
    for one in alignment.maps if alignment else ():
        told.update(f"{one.panel}|{one.batch}|{one.antigen}|{one.low}|{one.high}".encode())
        told.update(one.shifts.tobytes())
    return told.hexdigest()


def second_task(
    one: ListedFile,
    first: WorkTask,
    cohort: PanelCohort,
    settings: CytometrySettings,
    study_folder: Path,
    *,
    is_paired: bool,
    drawn: tuple[str, ...] = (),
    export: Path | None = None,
) -> WorkTask:
    """Return a second look at a file, with what its cohort told.

    Parameters
    ----------
    one : ListedFile
    first : WorkTask
        Its first look.
    cohort : PanelCohort
    settings : CytometrySettings
    study_folder : Path
    is_paired : bool
        Whether it is one well of a pair.
    drawn : tuple of str
        Populations whose thresholds are drawn from their uncertainty.
    export : Path or None
        Where labels go.
    """
    choice = first.arguments.opening

    def place(way: str, name: str) -> Path | None:
        wanted = settings.uses("workspace" if way == "workspace" else "labels") and name
        return study_folder / name if wanted else None

    look = SecondLook(
        opening=choice,
        raw_file=one.file.raw_file,
        first_key=first.key,
        thresholds=cohort.thresholds[one.file.raw_file],
        cell_map=cohort.cell_map,
        is_automatic=settings.uses("automatic"),
        workspace=place("workspace", one.file.workspace),
        labels=place("labels", one.file.labels),
        names=dict(settings.populations),
        is_paired=is_paired,
        drawn=drawn,
        export=export,
    )
    known = {
        "first": first.key,
        "cohort": cohort.key,
        "ways": [look.is_automatic, look.workspace, look.labels, look.names],
        # Gates that people mended since are other gates.
        "changed": [file_state(path) for path in (look.workspace, look.labels) if path],
        "paired": [is_paired, *drawn],
        "export": export,
    }
    return WorkTask(task_key("second", one.file.path, known), look_again, look)
