"""The command that draws scenarios of the mechanistic model on one page."""

from pathlib import Path
from typing import Annotated

import typer

from macroimmune.cli.talk import say

__all__ = ["page"]


def page(
    out: Annotated[Path, typer.Option("--out", help="HTML file to write.")],
    scenario: Annotated[
        list[str],
        typer.Option(
            "--scenario",
            help="Ready scenario or TOML file; once for each, the first is the comparator.",
        ),
    ],
    day: Annotated[
        float | None,
        typer.Option(help="Day at which scenarios are compared; day 0 is the start of treatment."),
    ] = None,
    show: Annotated[
        list[str] | None,
        typer.Option("--show", help="Column of the model in place of the usual ones; repeatable."),
    ] = None,
    dose: Annotated[
        list[str] | None,
        typer.Option("--dose", help="Intervention of a scenario to draw at other doses too."),
    ] = None,
    of: Annotated[str, typer.Option("--of", help="Column that --dose shows.")] = "Tum",
) -> None:
    """Draw scenarios of the model: courses, a map of the body, interventions side by side.

    Example: macroimmune simulate page --scenario mouse_tumour --out model.html
    """
    from macroimmune.report.mechanism import model_page

    path = model_page(out, scenario, day=day, shown=show or (), doses=dose or (), of=of)
    say(f"{', '.join(scenario)} on {path}")
