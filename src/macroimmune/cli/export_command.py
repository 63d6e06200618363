"""The command that hands a scenario of the model to other tools."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from macroimmune.cli.talk import say

if TYPE_CHECKING:
    from macroimmune.mechanism.scenarios import Scenario

__all__ = ["export"]


def export(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A ready scenario, or a TOML file.")
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

    engine = Engine()
    planned = planned_scenario(_scenario(scenario), engine)
    names = write_export(planned, out, form=form, engine=engine)
    say(f"{len(names)} files in {out}; what each is: {out / names[0]}")


def _scenario(named: str) -> "Scenario":
    """Return a ready scenario, or the one that a file states.

    Raises
    ------
    BadParameter
        If it is neither.
    """
    from macroimmune.closest import did_you_mean
    from macroimmune.mechanism.scenarios import read_scenario, ready_scenarios

    ready = ready_scenarios()
    if named in ready:
        return ready[named]
    if Path(named).is_file():
        return read_scenario(Path(named))
    msg = f"{named!r} is neither a file nor a ready scenario. {did_you_mean(named, ready)}"
    raise typer.BadParameter(msg, param_hint="SCENARIO")
