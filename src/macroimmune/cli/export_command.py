"""The command that hands a scenario of the model to other tools."""

from pathlib import Path
from typing import Annotated

import typer

from macroimmune.cli.talk import say

__all__ = ["export"]


def export(
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO", help="Name of a ready one (simulate scenarios), or a TOML file."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder to write, whole or not at all.")],
    form: Annotated[str, typer.Option("--format", help="sbml, petab, sedml or all.")] = "all",
) -> None:
    """Write a scenario as SBML, SED-ML and a PEtab problem, which other tools open.

    The README in the folder says what each file is.

    Example: macroimmune simulate export mouse_tumour --out exported
    """
    # Everything that simulates is imported here, so that --help answers at once.
    from macroimmune.mechanism.exchange import planned_scenario, write_export
    from macroimmune.mechanism.model import Engine
    from macroimmune.mechanism.scenarios import find_scenario

    engine = Engine()
    planned = planned_scenario(find_scenario(scenario), engine)
    names = write_export(planned, out, form=form, engine=engine)
    say(f"{len(names)} files in {out}; what each is: {out / names[0]}")
