"""All commands in one list, and how errors become one line and an exit code."""

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from macroimmune.cli import (
    data_commands,
    evidence_commands,
    run_commands,
    simulate_commands,
    study_commands,
)
from macroimmune.cli.talk import set_debug, tell_error
from macroimmune.errors import MacroimmuneError

__all__ = ["app", "main"]

_DATA_PROBLEM = 1

app = typer.Typer(
    name="macroimmune",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
    help="The immune macroenvironment of cancer patients, from their blood.",
    epilog="Start here: macroimmune demo --out demo",
)
app.command("init")(study_commands.init)
app.command("check")(study_commands.check)
app.command("gates")(run_commands.gates)
app.command("responses")(run_commands.responses)
app.command("repertoires")(run_commands.repertoires)
app.command("features")(run_commands.features)
app.command("associate")(run_commands.associate)
app.command("run")(run_commands.run)
app.command("report")(run_commands.report)
app.command("demo")(run_commands.demo)
app.add_typer(simulate_commands.app, name="simulate")
app.add_typer(evidence_commands.app, name="evidence")
app.add_typer(data_commands.app, name="data")


def _show_version(value: bool) -> None:  # noqa: FBT001 (typer passes it by position)
    if value:
        print(version("macroimmune"))  # noqa: T201
        raise typer.Exit


@app.callback()
def common(
    *,
    debug: Annotated[bool, typer.Option("--debug", help="Show the trace of an error.")] = False,
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Turn the blood tables of an immunotherapy cohort into an honest report."""
    set_debug(on=debug)


def main() -> None:
    """Run the command line: exit code 0 done, 1 a problem of the data, 2 of the usage."""
    try:
        app()
    except OSError as error:
        said = (
            f"{error.filename}: {error.strerror}; choose another place, or change its permissions"
        )
        sys.exit(tell_error(error, _DATA_PROBLEM, said if error.filename else str(error)))
    except (MacroimmuneError, MemoryError) as error:
        sys.exit(tell_error(error, _DATA_PROBLEM))
