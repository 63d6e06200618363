"""Commands about the public cohorts: list, fetch, path, and ready studies."""

from pathlib import Path
from typing import Annotated

import typer

from macroimmune.cli.talk import say, table_to_stdout

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Public cohorts and ready studies."
)
Name = Annotated[str, typer.Argument(help="As `macroimmune data list` prints it.")]


@app.command("list")
def list_data() -> None:
    """List the public cohorts and the ready studies.

    Example: macroimmune data list
    """
    # The registry is read here, so that --help answers at once.
    from macroimmune.datasets import datasets, ready_studies

    rows = [("cohort", item.name, item.title, item.licence, item.citation) for item in datasets()]
    rows += [("study", item.name, item.title, "", "") for item in ready_studies()]
    table_to_stdout(("kind", "name", "title", "licence", "citation"), rows)


@app.command()
def fetch(name: Name) -> None:
    """Download a public cohort into the cache and check its sums.

    Example: macroimmune data fetch prince
    """
    from macroimmune.datasets import fetch as fetch_data

    print(fetch_data(name, progress=say))  # noqa: T201


@app.command()
def path(name: Name) -> None:
    """Print where a public cohort lies on this machine.

    Example: macroimmune data path prince
    """
    from macroimmune.datasets import locate

    print(locate(name))  # noqa: T201


@app.command()
def study(name: Name, out: Annotated[Path, typer.Option("--out", help="Folder to write.")]) -> None:
    """Write the description of a ready study, to check, run or edit.

    Example: macroimmune data study chowell-train --out chowell
    """
    from macroimmune.datasets import write_study

    say(f"study in {write_study(name, out)}")
