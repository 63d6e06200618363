"""A scenario as a folder that other tools open: SBML, SED-ML, PEtab."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from macroimmune.closest import did_you_mean
from macroimmune.errors import EstimationError, InputError
from macroimmune.mechanism.exchange.combine_archive import combine_archive
from macroimmune.mechanism.exchange.petab_problem import MODEL_FILE, petab_files
from macroimmune.mechanism.exchange.planned_run import PlannedRun
from macroimmune.mechanism.exchange.sbml import run_sbml
from macroimmune.mechanism.exchange.sedml import run_sedml
from macroimmune.mechanism.model import Course, Engine

__all__ = ["EXPORT_FORMATS", "export_files", "write_export"]

EXPORT_FORMATS = ("sbml", "petab", "sedml", "all")
README = "README.md"
_SEDML, _ARCHIVE = "simulation.sedml", "run.omex"
_MEANINGS = {
    MODEL_FILE: "the run in SBML Level 3: the model with its parameters, what the scenario sets as "
    "values, and whatever is done (implantation, doses, removal) as events",
    _SEDML: "how it is simulated, in SED-ML Level 1 Version 3: daily values, a report of every "
    "column, a plot of each compartment",
    _ARCHIVE: "both in one COMBINE archive, which COPASI opens",
    "petab/problem.yaml": "a PEtab problem (version 1) with the same SBML: what a fit of the "
    "immune parameters needs",
    "petab/conditions.tsv": "what the scenario sets",
    "petab/parameters.tsv": "the immune parameters with value and bounds",
    "petab/observables.tsv": "the populations of the model; noise is 5 % of the largest value, "
    "assumed",
    "petab/measurements.tsv": "weekly values of this run, **simulated**: to be replaced by "
    "measured ones",
    "petab/model.xml": "as above",
}


def write_export(planned: PlannedRun, out: Path, *, form: str, engine: Engine) -> list[str]:
    """Write a run into a folder, whole or not at all; return the names of the files.

    Parameters
    ----------
    planned : PlannedRun
    out : Path
        A folder that is absent, empty, or holds an earlier export, which is replaced.
    form : str
        One of `EXPORT_FORMATS`.
    engine : Engine

    Raises
    ------
    InputError
        If the format is unknown, or `out` is a file or holds anything else.
    EstimationError
        If the run stops early and can give no measurements (PEtab).
    """
    _refuse_foreign(out)
    files = export_files(planned, form=form, engine=engine)
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as beside:
        made = Path(beside, "new")
        for name, data in files.items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        _put(made, out, Path(beside, "old"))
    return list(files)


def export_files(planned: PlannedRun, *, form: str, engine: Engine) -> dict[str, bytes]:
    """Return the files of an export by name, the README first.

    Raises
    ------
    InputError
        If the format is unknown.
    EstimationError
        If the run stops early and can give no measurements (PEtab).
    """
    if form not in EXPORT_FORMATS:
        msg = f"format {form!r} is unknown. {did_you_mean(form, EXPORT_FORMATS)}"
        raise InputError(msg)
    model = run_sbml(planned)
    texts = {} if form == "petab" else {MODEL_FILE: model}
    archive = {}
    if form in {"sedml", "all"}:
        texts[_SEDML] = run_sedml(planned, engine.populations, engine.signals, MODEL_FILE)
        archive = {_ARCHIVE: combine_archive(texts)}
    if form in {"petab", "all"}:
        tables = petab_files(planned, _whole(planned, engine), engine.populations)
        texts |= {f"petab/{name}": text for name, text in {MODEL_FILE: model, **tables}.items()}
    files = {name: text.encode() for name, text in texts.items()} | archive
    return {README: _readme(planned, files).encode(), **files}


def _put(made: Path, out: Path, aside: Path) -> None:
    """Put a folder in the place of another, which is set aside, or leave all as it was.

    Raises
    ------
    OSError
        If it cannot be moved.
    """
    if out.exists():
        out.rename(aside)
    try:
        made.rename(out)
    except OSError:
        if aside.exists():
            aside.rename(out)
        raise


def _whole(planned: PlannedRun, engine: Engine) -> Course:
    course = planned.course(engine)
    if course.status:
        msg = f"{planned.name}: {course.status}; a run that ends early has no measurements (PEtab)"
        raise EstimationError(msg)
    return course


def _readme(planned: PlannedRun, files: Mapping[str, bytes]) -> str:
    listed = "\n".join(f"- `{name}`: {_MEANINGS[name]}" for name in _MEANINGS if name in files)
    return f"""{_heading(planned.name)}
{planned.meaning}

Time is in days and starts at 0. **Day 0 (start of treatment or of read-out) is time
{planned.day_zero:g}** (`day_zero` in the model; `day` is computed from it). Cells are in 10^9 cells
of an adult human, whatever the species; cytokines are relative to healthy = 1.

{listed}
"""


def _heading(name: str) -> str:
    return f"# Exported run: {name}\n"


def _refuse_foreign(out: Path) -> None:
    """Refuse to replace what is not an export.

    Raises
    ------
    InputError
    """
    if out.is_file():
        msg = f"{out}: a file; an export needs a folder: choose another --out"
        raise InputError(msg)
    there = sorted(path.name for path in out.iterdir()) if out.is_dir() else []
    own = {README, "petab", *_MEANINGS}
    foreign = [name for name in there if name not in own]
    if there and README in there:
        head = (out / README).read_text(encoding="utf-8", errors="replace")
        foreign += [] if head.startswith(_heading("").strip()) else [README]
    elif there:
        foreign = foreign or there
    if foreign:
        msg = f"{out}: holds {foreign[0]}, which is no export; choose another --out"
        raise InputError(msg)
