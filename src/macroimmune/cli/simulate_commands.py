"""Commands that make virtual studies with known truth."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from macroimmune.simulator.plan import StudyPlan

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Virtual studies with known truth."
)
PlanFile = Annotated[
    Path | None,
    typer.Option("--plan", help="TOML with what differs from the default plan."),
]


def _plan(path: Path | None) -> "StudyPlan":
    # Everything that draws is imported here, so that --help answers at once.
    from macroimmune.simulator.plan import StudyPlan, read_plan

    return StudyPlan() if path is None else read_plan(path)


@app.command("plan")
def show_plan(plan: PlanFile = None) -> None:
    """Print a whole plan as TOML, every setting with its meaning, to edit.

    Example: macroimmune simulate plan
    """
    from macroimmune.simulator.plan import plan_text

    print(plan_text(_plan(plan)), end="")  # noqa: T201
