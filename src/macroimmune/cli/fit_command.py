"""The commands that fit the mechanistic model and tell its sensitivity."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from macroimmune.cli.options import Seed
from macroimmune.cli.talk import progress_bar, say, table_to_stdout

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from macroimmune.mechanism.fitting import FitPlan, FitStudy

__all__ = ["fit", "sensitivity"]

Folder = Annotated[
    Path, typer.Option("--out", help="Folder for tables and work; a stopped run goes on there.")
]
Processes = Annotated[
    int | None, typer.Option("--workers", min=1, help="Processes; as many as there are cores.")
]
Ranges = Annotated[
    bool,
    typer.Option(
        "--ranges", help="Also tell which parameters the data fix: two evaluations per parameter."
    ),
]
Quantities = Annotated[
    bool, typer.Option("--quantities", help="Fit to published quantities alone, without claims.")
]
Parameters = Annotated[
    list[str] | None,
    typer.Option("--parameter", help="Move or vary this alone; may be given again. None: all."),
]
Write = Annotated[
    bool, typer.Option("--write", help="Write the fitted set into the model's parameter table.")
]


def fit(
    out: Folder,
    starts: Annotated[
        int, typer.Option(min=1, help="The first is the table, the others a Latin hypercube.")
    ] = 4,
    evaluations: Annotated[
        int, typer.Option(min=2, help="How often each start may ask the model.")
    ] = 500,
    parameter: Parameters = None,
    quantities: Quantities = False,  # noqa: FBT002 (an option, never positional)
    ranges: Ranges = False,  # noqa: FBT002 (an option, never positional)
    write: Write = False,  # noqa: FBT002 (an option, never positional)
    workers: Processes = None,
    seed: Seed = 1,
) -> None:
    """Fit the mechanistic model to published quantities and to claims that are not held out.

    With claims each evaluation takes seconds. Of what is found, the moves are then taken, process
    by process, by which no claim that passes is lost, on patients and clones too: minutes each.
    Prints the loss of each part before and after.

    Example: macroimmune simulate fit --quantities --evaluations 3 --out fitted
    """
    # Everything that runs is imported here, so that --help answers at once.
    from macroimmune.mechanism.fitting import (
        FitPlan,
        costly_objective,
        fit_study,
        target_objective,
        whole_objective,
    )
    from macroimmune.simulator import available_workers

    plan = FitPlan(starts, evaluations, seed=seed, parameters=tuple(parameter or ()))
    with progress_bar() as bar:
        study = fit_study(
            target_objective if quantities else whole_objective,
            plan,
            out / "work",
            make_costly=None if quantities else costly_objective,
            with_ranges=ranges,
            workers=workers or available_workers(),
            progress=bar,
        )
    _save(out, study.tables)
    losses = study.tables["model_fit_losses"]
    table_to_stdout(losses.columns, losses.rows())
    if write:
        _write(study, plan)
    say(f"tables in {out}")


def _write(study: "FitStudy", plan: "FitPlan") -> None:
    from datetime import UTC, datetime

    from macroimmune.mechanism.fitting import FittedSet, write_to_model

    if not study.values:
        say("nothing better than the parameter table was found: it is left as it is")
        return
    today = datetime.now(UTC).date().isoformat()
    known = FittedSet(
        today, plan.seed, plan.starts, plan.evaluations, study.loss_before, study.best.loss, 0, ""
    )
    final = write_to_model(study.values, known)
    say(f"{final.n_fitted} parameters of grade fitted, sha256 {final.sha256}")


def sensitivity(
    out: Folder,
    method: Annotated[
        str, typer.Option(help="morris, or sobol: also of the strongest by Morris.")
    ] = "morris",
    trajectories: Annotated[
        int, typer.Option(min=2, help="Of Morris; each asks once more than there are parameters.")
    ] = 10,
    base: Annotated[int, typer.Option(min=2, help="Points of Sobol's design; a power of 2.")] = 64,
    parameter: Parameters = None,
    workers: Processes = None,
    seed: Seed = 1,
) -> None:
    """Tell how much declared outputs of the model depend on each immune parameter.

    Prints the five strongest parameters of each output.

    Example: macroimmune simulate sensitivity --parameter prime_CD8 --out sens
    """
    from macroimmune.mechanism.fitting import SensitivityPlan, sensitivity_tables
    from macroimmune.simulator import available_workers

    plan = SensitivityPlan(
        method,
        trajectories=trajectories,
        base=base,
        seed=seed,
        parameters=tuple(parameter or ()),
    )
    with progress_bar() as bar:
        tables = sensitivity_tables(
            plan,
            out / "work",
            workers=workers or available_workers(),
            progress=lambda done, total: bar("runs", done, total),
        )
    _save(out, tables)
    strongest = list(tables.values())[-1].group_by("output", maintain_order=True).head(5)
    table_to_stdout(strongest.columns, strongest.rows())
    say(f"tables in {out}")


def _save(out: Path, tables: "Mapping[str, pl.DataFrame]") -> None:
    from macroimmune.results import save_table

    for name, frame in tables.items():
        save_table(out, name, frame)
