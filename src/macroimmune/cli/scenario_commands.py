"""Commands that run the mechanistic model on a scenario."""

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from macroimmune.cli.talk import say, table_to_stdout

if TYPE_CHECKING:
    from macroimmune.mechanism.scenarios import ScenarioRun

__all__ = ["run_one", "show_scenarios"]

_CELLS = 1e9
# Greater numbers of cells are printed with an exponent.
_PLAIN = 1e6


def run_one(
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO", help="Name of a ready one (simulate scenarios), or a TOML file."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Also write course.csv, scenario.toml and run.json here."),
    ] = None,
    days: Annotated[
        float | None, typer.Option(help="Length of the run after day 0, if not the scenario's.")
    ] = None,
    show: Annotated[
        list[str] | None,
        typer.Option(
            help="Print this day by day instead: a column of the model, or an observable such as "
            "'G-CSF concentration in blood'."
        ),
    ] = None,
) -> None:
    """Run a host, a tumour and interventions on the model of systemic immunity.

    Prints cells of one host by compartment: at rest, before anything is done, at the end, and the
    end relative to before. Day 0 is the start of treatment. To write a scenario of your own, begin
    with the scenario.toml that --out leaves.

    Example: macroimmune simulate run G_CSF --days 30
    """
    # polars and the model are slow to import, and --help answers at once.
    from macroimmune.mechanism.scenarios import find_scenario, run_scenario, save_scenario_run

    chosen = find_scenario(scenario)
    if days is not None:
        chosen = replace(chosen, days=days)
    run = run_scenario(chosen, observables=() if out is None else None)
    table = _shown(run, show) if show else _summary(run)
    if out is not None:
        path = Path(scenario)
        read_from = [path] if path.is_file() else []
        save_scenario_run(run, out, command=shlex.join(sys.argv[1:]), read_from=read_from)
    table_to_stdout(*table)
    if run.status:
        say(f"{run.scenario.name}: {run.status}; what stands here ends there")
    if out is not None:
        say(f"course.csv, scenario.toml and run.json in {out}")


def show_scenarios() -> None:
    """List the ready scenarios: name, what each is, what is done.

    Example: macroimmune simulate scenarios
    """
    from macroimmune.mechanism.scenarios import ready_scenarios

    ready = ready_scenarios()
    table_to_stdout(
        ("scenario", "species", "tumour", "interventions", "meaning"),
        [
            (
                one.name,
                one.species,
                one.tumour,
                ", ".join(dict.fromkeys(given.name for given in one.interventions)) or "none",
                one.meaning,
            )
            for one in ready.values()
        ],
    )
    say(f"{len(ready)} scenarios; run one: macroimmune simulate run NAME")


_Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


def _summary(run: "ScenarioRun") -> _Table:
    from macroimmune.mechanism.scenarios import compartment_summary

    summary = compartment_summary(run)
    if summary is None:
        return ("compartment", "population", "column"), []
    days = [f"day {day:g}" for day in summary.days]
    header = ("compartment", "population", "column", *days, "change")
    return header, [
        (
            row.compartment,
            row.population,
            row.column,
            *(_cells(number) for number in (row.first, row.before, row.after)),
            _change(row.before, row.after),
        )
        for row in summary.rows
    ]


def _cells(number: float) -> str:
    """Return a number of cells with three digits; less than one cell is none."""
    cells = number * _CELLS
    if cells < 1:
        return "0"
    rounded = float(f"{cells:.3g}")
    return (
        f"{rounded:.0f}"
        if rounded < _PLAIN
        else f"{cells:.3g}".replace("e+0", "e").replace("e+", "e")
    )


def _change(before: float, after: float) -> str:
    """Return after relative to before in words where one of them is less than a cell."""
    if before * _CELLS < 1:
        return "none" if after * _CELLS < 1 else "new"
    return "gone" if after * _CELLS < 1 else f"x {after / before:.3g}"


def _shown(run: "ScenarioRun", names: list[str]) -> _Table:
    from macroimmune.mechanism.scenarios import quantity_course

    courses = [quantity_course(run, name) for name in names]
    columns = zip(*(course["value"].to_list() for course in courses), strict=True)
    units = [course["unit"][0] if course.height else "1" for course in courses]
    header = ("day", *(f"{name} ({unit})" for name, unit in zip(names, units, strict=True)))
    return header, [
        (f"{day:g}", *("" if value is None else f"{value:.6g}" for value in values))
        for day, values in zip(run.course["day"].to_list(), columns, strict=True)
    ]
