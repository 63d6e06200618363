"""The page of chosen scenarios: what was done, what became of it, compartment by compartment."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from macroimmune.errors import InputError, ResultsError
from macroimmune.report.mechanism.courses_figure import courses_figure
from macroimmune.report.mechanism.dose_response_figure import DoseResponse, dose_response_figure
from macroimmune.report.mechanism.map_section import map_section
from macroimmune.report.mechanism.model_run import ModelRun, columns_of, letter
from macroimmune.report.mechanism.quantities import COMPARTMENTS, shown_by_compartment
from macroimmune.report.mechanism.readouts_section import readouts_section
from macroimmune.report.mechanism.schedule_figure import schedule_figure
from macroimmune.report.mechanism.sections import PageSection, rendered_page
from macroimmune.report.mechanism.side_by_side_section import side_by_side_section
from macroimmune.report.numbers import plural, significant
from macroimmune.report.page_parts import Fact, FigureWithNote
from macroimmune.report.sections_repertoires import SectionPart
from macroimmune.report.source import slug
from macroimmune.report.tables import Table, table

__all__ = ["MOST_SCENARIOS", "write_scenarios_page"]

MOST_SCENARIOS = 7
_SOURCE = (
    "For research, not for diagnosis: every number is computed by a mechanistic model, none is "
    "measured. Factors are relative to a healthy host. Equations, parameters and their sources are "
    "files of the package."
)


def write_scenarios_page(
    out: Path,
    runs: Sequence[ModelRun],
    *,
    day: float,
    wanted: Sequence[str] = (),
    doses: Sequence[DoseResponse] = (),
    readouts: Sequence[Mapping[str, float | None]] = (),
    counted: str = "Cells are counted on the scale of an adult human.",
    provenance: Sequence[tuple[str, str]] = (),
) -> Path:
    """Write the page of these runs and return its path.

    Parameters
    ----------
    out : Path
        One HTML file.
    runs : sequence of ModelRun
        The first is the comparator of the others.
    day : float
        At which they are compared.
    wanted : sequence of str
        Columns to show in place of the usual ones.
    doses : sequence of DoseResponse
    readouts : sequence of mapping from "name in compartment" to float or None
        Observables of each run at the day; empty: no such section.
    counted : str
        In whose numbers cells are counted.
    provenance : sequence of (name, value)

    Raises
    ------
    InputError
        If there is no run, or more than have a colour of their own.
    ResultsError
        If the file cannot be written.
    """
    if not 1 <= len(runs) <= MOST_SCENARIOS:
        msg = f"{plural(len(runs), 'scenario')} on one page: from 1 to {MOST_SCENARIOS} can be told"
        raise InputError(msg)
    sections = [
        _done(runs),
        side_by_side_section(runs, day, wanted),
        readouts_section(runs, readouts, day),
        map_section(runs, day, wanted),
        _courses(runs, wanted),
        _doses(doses),
    ]
    text = rendered_page(
        " · ".join(run.name for run in runs) if len(runs) < 4 else f"{len(runs)} scenarios",
        _summary(runs, day),
        tuple(section for section in sections if section is not None),
        key_numbers=(),
        source=f"{_SOURCE} {counted}",
        provenance=tuple(Fact(name, value) for name, value in provenance),
    )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        msg = f"{out}: the page cannot be written ({error}); choose a place you can write to"
        raise ResultsError(msg) from error
    return out


def _summary(runs: Sequence[ModelRun], day: float) -> str:
    failed = [run.name for run in runs if run.status]
    said = (
        f"{plural(len(runs), 'scenario')} of the model of marrow, blood, spleen, draining node and "
        f"tumour, compared on day {significant(day)} after the start of treatment."
    )
    return said + (f" Ended early: {', '.join(failed)}." if failed else "")


def _done(runs: Sequence[ModelRun]) -> PageSection:
    return PageSection(
        anchor="scenarios",
        heading="What was done",
        lead="Letters and colours stand for the scenarios in all figures.",
        parts=(
            SectionPart(
                figures=(
                    FigureWithNote(
                        "Days of interventions", schedule_figure("schedule", runs),
                        "Grey: the tumour grows. Source: the scenarios.",
                    ),
                ),
                tables=(_listed(runs),),
            ),
        ),
    )  # fmt: skip


def _listed(runs: Sequence[ModelRun]) -> Table:
    return table(
        "Scenarios",
        ("", "Scenario", "Host and tumour", "Interventions", "Run"),
        [
            (
                letter(place),
                run.name,
                run.host,
                "; ".join(
                    f"{dose.name}, {dose.amount}: day {_days(dose.days)}" for dose in run.doses
                )
                or "none",
                run.status or "to the end",
            )
            for place, run in enumerate(runs)
        ],
    )


def _days(days: Sequence[float]) -> str:
    said = ", ".join(significant(day).replace("-", "−") for day in days[:6])
    return said + (f" … {significant(days[-1])}" if len(days) > 6 else "")


def _courses(runs: Sequence[ModelRun], wanted: Sequence[str]) -> PageSection:
    shown = shown_by_compartment(columns_of(runs), wanted)
    return PageSection(
        anchor="courses",
        heading="Time courses",
        lead="Each panel has an axis of its own, linear from zero, or logarithmic where numbers "
        "span a factor of 30 or more.",
        parts=tuple(
            SectionPart(
                figures=(
                    FigureWithNote(
                        COMPARTMENTS[place],
                        courses_figure(slug(f"courses-{COMPARTMENTS[place]}"), place, rows, runs),
                        "Source: runs of the model.",
                    ),
                )
            )
            for place, rows in shown.items()
        ),
    )


def _doses(doses: Sequence[DoseResponse]) -> PageSection | None:
    if not doses:
        return None
    return PageSection(
        anchor="dose-response",
        heading="Dose and response",
        lead="One intervention of a scenario with its dose changed, all else as it is.",
        parts=(
            SectionPart(
                small=tuple(
                    FigureWithNote(
                        one.title,
                        dose_response_figure(slug(f"dose-{one.title}"), one),
                        _dose_note(one),
                    )
                    for one in doses
                )
            ),
        ),
    )


def _dose_note(one: DoseResponse) -> str:
    said = f"Source: {plural(len(one.doses), 'run')} of the model, scenario {one.scenario}."
    if one.marked is not None:
        said += " Dashed: no dose, and the dose of the scenario."
    if one.ended_early:
        said += f" Not drawn: {plural(one.ended_early, 'dose')} whose runs ended early."
    return said
