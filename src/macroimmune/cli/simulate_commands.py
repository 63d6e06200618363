"""Commands that make virtual studies with known truth."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from macroimmune.cli import fit_command
from macroimmune.cli.claims_command import claims
from macroimmune.cli.cohort_command import cohort
from macroimmune.cli.export_command import export
from macroimmune.cli.model_page_command import page
from macroimmune.cli.options import Seed
from macroimmune.cli.power_command import power
from macroimmune.cli.scenario_commands import run_one, show_scenarios
from macroimmune.cli.talk import progress_bar, say, table_to_stdout

if TYPE_CHECKING:
    from macroimmune.simulator import StudyPlan

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Virtual studies with known truth, and the model of systemic immunity.",
)
# So many generated patients take longer to fit than somebody waits without a word.
_MANY = 100_000
PlanFile = Annotated[
    Path | None,
    typer.Option(
        "--plan",
        help="TOML with what differs from the default plan; [[arms]], [[effects]] and [[visits]] "
        "replace all of their kind.",
    ),
]


def _plan(path: Path | None) -> "StudyPlan":
    from macroimmune.simulator import StudyPlan, read_plan

    return StudyPlan() if path is None else read_plan(path)


def _listed(values: list[str] | None, option: str) -> list[str]:
    """Return what was given in several options, or in one separated by commas.

    Raises
    ------
    BadParameter
        If the option is given without a name.
    """
    named = (part.strip() for value in values or [] for part in value.split(","))
    names = [name for name in named if name]
    if values and not names:
        msg = f"{', '.join(map(repr, values))} holds no name"
        raise typer.BadParameter(msg, param_hint=option)
    return names


def _say_what_is_taken(chosen: "StudyPlan", stated: "StudyPlan") -> None:
    """Say what nobody stated of new arms, and that a truth which must be fitted takes a while."""
    from macroimmune.simulator import has_shipped_models

    known = {arm.name for arm in stated.arms}
    new = [arm.name for arm in chosen.arms if arm.name not in known]
    if new:
        named = ", ".join(map(repr, new))
        say(
            f"arms {named}: taken as immunotherapy without an effect of their own; a plan says "
            "otherwise (is_immunotherapy, hazard_ratio, odds_ratio of [[arms]])"
        )
    if chosen.truth_patients >= _MANY and not has_shipped_models(chosen):
        say(
            f"the truth of this plan is fitted to {chosen.truth_patients:,} generated patients: a "
            "minute or more of computing; truth_patients in the plan asks for fewer"
        )


@contextmanager
def _told_when_stopped(out: Path) -> Iterator[None]:
    """Say, where somebody stops the writing of a study, how it is finished.

    Raises
    ------
    KeyboardInterrupt
        The one that came.
    """
    try:
        yield
    except KeyboardInterrupt:
        say(f"stopped; the same command goes on with what {out} lacks")
        raise


@app.command()
def study(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to write; made if absent.")],
    plan: PlanFile = None,
    patients: Annotated[
        int | None, typer.Option(min=1, max=1_000_000, help="Virtual patients.")
    ] = None,
    healthy: Annotated[
        int | None, typer.Option(min=0, max=1_000_000, help="Healthy controls.")
    ] = None,
    arms: Annotated[
        list[str] | None,
        typer.Option(help="All arms, the control first, separated by commas or one by one."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="The same plan and seed give the same bytes.")
    ] = None,
    written: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            help="Raw files too: cytometry, repertoires, expression, chromatin, microbiome.",
        ),
    ] = None,
    trouble: Annotated[
        list[str] | None, typer.Option(help="Plant a fault that `check` knows, by its name.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; as many as there are cores.")
    ] = None,
) -> None:
    """Write a virtual study with known truth, as the files that laboratories deliver.

    Options override the plan. A stopped run goes on where it was.

    Example: macroimmune simulate study my_virtual --patients 60 --seed 7
    """
    # Everything that draws is imported here, so that --help answers at once.
    from macroimmune.simulator import available_workers, with_choices, write_virtual_study

    stated = _plan(plan)
    chosen = with_choices(
        stated,
        patients=patients,
        healthy=healthy,
        seed=seed,
        arms=_listed(arms, "--arms"),
        written=_listed(written, "--with"),
        troubles=_listed(trouble, "--trouble"),
    )
    _say_what_is_taken(chosen, stated)
    with _told_when_stopped(out), progress_bar() as bar:
        path = write_virtual_study(
            out,
            chosen,
            workers=workers or available_workers(),
            progress=lambda done, total: bar("raw files", done, total),
        )
    say(
        f"{chosen.patients} patients, {chosen.healthy} healthy people in {path.parent}, its truth "
        f"in {path.parent / 'truth'}; next: macroimmune check {out}"
    )


@app.command("plan")
def show_plan(plan: PlanFile = None) -> None:
    """Print a whole plan as TOML, every setting with its meaning, to edit.

    Example: macroimmune simulate plan
    """
    from macroimmune.simulator import plan_text

    print(plan_text(_plan(plan)), end="")  # noqa: T201


@app.command("troubles")
def show_troubles() -> None:
    """List the faults that can be planted: name, what each does, what `check` then says.

    Two that change the same thing are not planted together.

    Example: macroimmune simulate troubles
    """
    from macroimmune.simulator.troubles import TROUBLES

    table_to_stdout(
        ("trouble", "does", "check_says", "changes"),
        [
            (one.name, one.does, ", ".join(one.says) or "nothing", ", ".join(one.changes))
            for one in TROUBLES.values()
        ],
    )
    say(f"{len(TROUBLES)} troubles; plant one: macroimmune simulate study OUT --trouble NAME")


@app.command("calibrate")
def write_summaries(
    out: Annotated[Path, typer.Option("--out", help="Folder for the tables; made if absent.")],
) -> None:
    """Make the summary numbers of the public cohorts anew, as the package ships them.

    Needs the cohorts loris, prince, 10kimmunomes and milieu_interieur (macroimmune data list).

    Example: macroimmune simulate calibrate --out summaries
    """
    from macroimmune.workflow import calibrate

    found = calibrate(out)
    say(
        f"{found.marginals.height} distributions, {found.correlations.height} rank correlations, "
        f"{found.survival.height} points of survival curves in {out}"
    )


@app.command("compare")
def beside_real(
    out: Annotated[Path, typer.Option("--out", help="Folder for tables and page.")],
    people: Annotated[
        int, typer.Option(min=200, max=200_000, help="Virtual people beside each cohort.")
    ] = 10_000,
    seed: Seed = 1,
) -> None:
    """Put virtual people beside the public cohorts: distances, correlations, survival, a page.

    Cohorts that are not on this machine are taken from the summary numbers of the package; then
    there are no distances. Repertoires, mass cytometry and single-cell RNA are compared with the
    public files that are on this machine.

    Example: macroimmune simulate compare --out realism --people 500
    """
    from macroimmune.workflow import compare_virtual, distance_lines

    page = compare_virtual(out, people=people, seed=seed)
    lines = list(distance_lines(out))
    for line in lines:
        print(line)  # noqa: T201
    if not lines:
        say("no cohort is on this machine, so no distances; get one: macroimmune data list")
    say(f"tables in {out}; the page: {page}")


app.command("power")(power)
app.command("export")(export)
app.command("page")(page)
app.command("cohort")(cohort)
app.command("run")(run_one)
app.command("scenarios")(show_scenarios)
app.command("claims")(claims)
app.command("fit")(fit_command.fit)
app.command("sensitivity")(fit_command.sensitivity)
