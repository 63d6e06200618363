"""Commands that make results: gates, responses, repertoires, features, associate, run ..."""

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from macroimmune.cli.options import (
    Arm,
    EventOption,
    Export,
    ExportRepertoires,
    Meta,
    Out,
    Participant,
    Response,
    Scheduler,
    Seed,
    Sheet,
    Source,
    Sources,
    TimeOption,
    TimeUnit,
    Workers,
)
from macroimmune.cli.talk import progress_bar, say
from macroimmune.errors import InputError

if TYPE_CHECKING:
    from macroimmune.results import ResultsFolder
    from macroimmune.study import Study
    from macroimmune.workflow import Stage

__all__ = [
    "associate",
    "demo",
    "features",
    "gates",
    "repertoires",
    "report",
    "responses",
    "run",
]

_RESULTS = Path("results")
_SEED = 2021


def _command() -> str:
    return shlex.join(["macroimmune", *sys.argv[1:]])


def _run(
    study: "Study",
    out: Path,
    last_stage: "Stage",
    seed: int,
    workers: int | None,
    scheduler: str,
    export: Path | None = None,
) -> None:
    # Everything that computes is imported here, so that --help answers at once.
    from macroimmune.workflow import run_study

    with progress_bar() as progress:
        results = run_study(
            study,
            out,
            command=_command(),
            last_stage=last_stage,
            seed=seed,
            workers=workers or _cores(),
            scheduler=scheduler,
            export=export,
            progress=progress,
        )
    _tell(results)


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _tell(results: "ResultsFolder") -> None:
    run_record, findings = results.run, results.table("findings")
    study = run_record["study"]
    say(
        f"{study['name']}: {study['n_participants']} participants, {study['n_features']} features, "
        f"{study['n_tests']} tests, {findings.height} findings; "
        f"{run_record['duration_seconds']:.1f} s"
    )
    page = results.path / "report.html"
    say(f"results in {results.path}" + (f", report in {page}" if page.exists() else ""))


def gates(
    study: Source,
    out: Out = _RESULTS,
    export: Export = None,
    seed: Seed = _SEED,
    workers: Workers = None,
    scheduler: Scheduler = "",
) -> None:
    """Find the cell populations of a study's FCS files; their report needs no outcome.

    The study lists its files in a section [cytometry] of study.toml, which init drafts. A run that
    was stopped goes on where it was. The report shows quality, gates, frequencies and clusters.

    Example: macroimmune gates my_study --out results
    """
    from macroimmune.workflow import open_study, stop_without_cytometry

    opened = open_study(study)
    stop_without_cytometry(opened)
    _run(opened, out, "gates", seed, workers, scheduler, export)
    if export is not None:
        say(f"FCS files with labels and gates in {export}")


def responses(
    study: Source,
    out: Out = _RESULTS,
    seed: Seed = _SEED,
    workers: Workers = None,
    scheduler: Scheduler = "",
) -> None:
    """Measure how cells answer stimuli, and score type I interferon; no outcome is needed.

    Stimulated wells of FCS files, single-cell RNA with and without a stimulus, and levels that
    were measured elsewhere are compared with the unstimulated well of the same sample.

    Example: macroimmune responses my_study --out results
    """
    from macroimmune.workflow import open_study, stop_without_stimulus

    opened = open_study(study)
    stop_without_stimulus(opened)
    _run(opened, out, "responses", seed, workers, scheduler)


def repertoires(
    study: Source,
    out: Out = _RESULTS,
    export: ExportRepertoires = None,
    seed: Seed = _SEED,
    workers: Workers = None,
    scheduler: Scheduler = "",
) -> None:
    """Measure T cell repertoires: diversity, expansion, new and shared clones; no outcome needed.

    Files of receptor chains stand in a section [repertoires] of study.toml, a table of all
    clonotypes in [clonotypes]. Samples are compared at equal coverage, never at unequal depth.

    Example: macroimmune repertoires my_study --out results
    """
    from macroimmune.workflow import open_study, stop_without_repertoires

    opened = open_study(study)
    stop_without_repertoires(opened)
    _run(opened, out, "repertoires", seed, workers, scheduler, export)
    if export is not None:
        say(f"AIRR files of all repertoires in {export}")


def features(
    study: Source,
    out: Out = _RESULTS,
    seed: Seed = _SEED,
    workers: Workers = None,
    scheduler: Scheduler = "",
) -> None:
    """Compute every feature that a study allows.

    Example: macroimmune features my_study --out results
    """
    from macroimmune.workflow import open_study

    _run(open_study(study), out, "features", seed, workers, scheduler)


def associate(
    studies: Sources,
    out: Out = _RESULTS,
    meta: Meta = False,  # noqa: FBT002 (an option, never positional)
    seed: Seed = _SEED,
    workers: Workers = None,
    scheduler: Scheduler = "",
) -> None:
    """Test every feature against every endpoint; all tables, without the report.

    With --meta the arguments are results folders; no patient rows are read.

    Example: macroimmune associate my_study --out results
    """
    # Everything that computes is imported here, so that --help answers at once.
    from macroimmune.workflow import open_study, pool_results

    if meta:
        _tell(pool_results(studies, out, command=_command()))
        return
    _refuse_several(studies)
    _run(open_study(studies[0]), out, "associate", seed, workers, scheduler)


def _refuse_several(studies: list[Path]) -> None:
    """Refuse more than one study.

    Raises
    ------
    InputError
        With what to do about it.
    """
    if len(studies) > 1:
        msg = f"{len(studies)} studies given, expected one; pool results folders with --meta"
        raise InputError(msg)


def run(
    study: Source,
    out: Out = _RESULTS,
    participant: Participant = None,
    os_time: TimeOption = None,
    os_event: EventOption = None,
    pfs_time: TimeOption = None,
    pfs_event: EventOption = None,
    rfs_time: TimeOption = None,
    rfs_event: EventOption = None,
    response: Response = None,
    arm: Arm = None,
    time_unit: TimeUnit = None,
    sheet: Sheet = None,
    seed: Seed = _SEED,
    workers: Workers = None,
    scheduler: Scheduler = "",
) -> None:
    """Check a study, compute its features, test them and write the report.

    Example: macroimmune run cohort.csv --os-time OS_days --os-event OS_event=1
    """
    from macroimmune.workflow import SheetOptions, open_study

    options = SheetOptions(
        participant=participant,
        os_time=os_time,
        os_event=os_event,
        pfs_time=pfs_time,
        pfs_event=pfs_event,
        rfs_time=rfs_time,
        rfs_event=rfs_event,
        response=response,
        arm=arm,
        time_unit=time_unit,
        sheet=sheet,
    )
    _run(open_study(study, options), out, "report", seed, workers, scheduler)


def report(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="Results folder.")],
    figures: Annotated[
        Path | None, typer.Option("--figures", help="Write every figure as SVG into this folder.")
    ] = None,
) -> None:
    """Write the report of a results folder anew; with --figures every figure as SVG.

    Example: macroimmune report results --figures figures
    """
    from macroimmune.report import write_figures, write_report
    from macroimmune.results import open_results

    folder = open_results(results).path
    say(f"report in {write_report(folder)}")
    if figures is not None:
        say(f"{write_figures(folder, figures)} figures in {figures}")


def demo(
    out: Out = Path("demo"),
    participants: Annotated[int, typer.Option(min=50, max=100_000, help="Virtual patients.")] = 300,
    seed: Seed = _SEED,
) -> None:
    """Write a virtual study with known truth, run it, and show truth beside estimate.

    Example: macroimmune demo --out demo
    """
    from macroimmune.workflow import run_demo

    with progress_bar() as progress:
        results = run_demo(
            out, participants=participants, seed=seed, command=_command(), progress=progress
        )
    _tell(results)
