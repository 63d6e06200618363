"""The command that runs a virtual cohort of the mechanistic model."""

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from macroimmune.cli.options import Scheduler
from macroimmune.cli.talk import progress_bar, say, table_to_stdout

if TYPE_CHECKING:
    from macroimmune.mechanism.virtual_patients import CohortPlan

__all__ = ["cohort"]


def cohort(
    plan: Annotated[
        str,
        typer.Argument(
            metavar="PLAN|SCENARIO",
            help="TOML of a cohort (with `scenario`), TOML of a scenario, or a ready scenario.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder to write; made if absent.")],
    patients: Annotated[
        int | None, typer.Option(min=1, max=1_000_000, help="Virtual patients to draw.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="The same plan and seed give the same tables.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; as many as there are cores.")
    ] = None,
    scheduler: Scheduler = "",
) -> None:
    """Run virtual patients of the mechanistic model: who responds, progresses and dies, and why.

    Options override the plan. A stopped run goes on where it was. Prints a line per arm.

    Example: macroimmune simulate cohort human_tumour --patients 8 --out cohort
    """
    # Everything that runs is imported here, so that --help answers at once.
    from macroimmune.mechanism.virtual_patients import run_cohort
    from macroimmune.simulator import available_workers

    asked = {"patients": patients, "seed": seed}
    stated = {name: value for name, value in asked.items() if value is not None}
    chosen = dataclasses.replace(_plan(plan), **stated)  # type: ignore[arg-type]
    with progress_bar() as bar:
        run = run_cohort(
            chosen,
            out,
            workers=workers or available_workers(),
            scheduler=scheduler,
            progress=lambda done, total: bar("patients", done, total),
            command=" ".join(("macroimmune", *sys.argv[1:])),
        )
    _tell(run.study)
    say(f"{chosen.patients} virtual patients in {out}; who left and why: {out / 'flow.csv'}")


def _plan(name: str) -> "CohortPlan":
    """Return the plan of a file, or one with everything at its default for a scenario."""
    import tomllib

    from macroimmune.mechanism.virtual_patients import (
        CohortPlan,
        find_scenario,
        read_cohort_plan,
    )

    path = Path(name)
    if path.is_file():
        try:
            stated = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            # The reader says what is wrong.
            return read_cohort_plan(path)
        if "scenario" in stated:
            return read_cohort_plan(path)
    return CohortPlan(find_scenario(name))


def _tell(study: dict[str, Any]) -> None:
    """Print the arms, and say how far the weights go."""
    rows = [["" if value is None else value for value in arm.values()] for arm in study["arms"]]
    table_to_stdout(list(study["arms"][0]), rows)
    say(f"effective sample size {study['effective_sample_size']:g}")
    if study["weights_status"]:
        say(study["weights_status"])
