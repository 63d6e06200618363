"""The command that answers how many patients a study of a marker needs."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from macroimmune.cli.options import Seed
from macroimmune.cli.talk import progress_bar, say, table_to_stdout

if TYPE_CHECKING:
    from macroimmune.simulator import StudyPlan
    from macroimmune.simulator.power import Course, PowerDesign

__all__ = ["power"]

_POWERS = (0.5, 0.6, 0.7, 0.8, 0.9)


def power(
    ratio: Annotated[
        float,
        typer.Option(help="Hazard or odds ratio per SD of the true marker, or --per doubling."),
    ],
    endpoint: Annotated[str, typer.Option(help="os, pfs or response.")] = "os",
    effect: Annotated[
        str, typer.Option(help="prognostic, or predictive: the marker x arm interaction.")
    ] = "prognostic",
    per: Annotated[str, typer.Option(help="What the ratio is per: sd or doubling.")] = "sd",
    sd_log2: Annotated[
        float | None, typer.Option("--sd-log2", help="SD of the log2 values, for --per doubling.")
    ] = None,
    reliability: Annotated[
        float, typer.Option(help="Variance of the truth over that of the measurement.")
    ] = 1.0,
    undetected: Annotated[
        float, typer.Option(help="Share of values below the limit of detection, put at it.")
    ] = 0.0,
    adjusted_r2: Annotated[
        float,
        typer.Option("--adjusted-r2", help="Share of the marker's variance that covariates hold."),
    ] = 0.0,
    tests: Annotated[
        int,
        typer.Option(help="In the family: alpha / tests each (Bonferroni; q-values ask less)."),
    ] = 1,
    alpha: Annotated[float, typer.Option(help="Two-sided, of the family.")] = 0.05,
    target: Annotated[
        list[float] | None, typer.Option("--power", help="A row for each; 0.5 to 0.9 if none.")
    ] = None,
    patients: Annotated[
        int | None, typer.Option(help="Ask what so many patients show, not how many are needed.")
    ] = None,
    events: Annotated[
        float | None,
        typer.Option(help="Share with the event, or with response at an average marker."),
    ] = None,
    median_months: Annotated[
        float | None, typer.Option(help="Median of the endpoint; a constant hazard.")
    ] = None,
    enrolment_months: Annotated[float | None, typer.Option(help="How long patients enter.")] = None,
    follow_up_months: Annotated[
        float | None, typer.Option(help="From the last patient in to the data cut.")
    ] = None,
    lost_per_year: Annotated[
        float | None, typer.Option(help="Hazard of loss to follow-up, per year.")
    ] = None,
    treated_share: Annotated[
        float, typer.Option(help="Of patients randomised; for predictive.")
    ] = 0.5,
    treatment_ratio: Annotated[
        float, typer.Option(help="Ratio of treatment at an average marker; for predictive.")
    ] = 1.0,
    plan: Annotated[
        Path | None,
        typer.Option(
            help="TOML of a virtual study whose outcomes (hazards, censoring) hold; the default "
            "plan if none."
        ),
    ] = None,
    cohorts: Annotated[
        int, typer.Option(min=0, max=10_000_000, help="Simulated for each row; 0: formula alone.")
    ] = 5000,
    seed: Seed = 1,
) -> None:
    """Tell how many patients show the effect of a marker, by formula and by simulated cohorts.

    Where the formula and the simulation differ, believe the simulation: patients_by_simulation.

    Example: macroimmune simulate power --ratio 1.5 --events 0.6
    """
    # Everything that draws is imported here, so that --help answers at once.
    from macroimmune.simulator import StudyPlan, read_plan
    from macroimmune.simulator.power import (
        POWER_COLUMNS,
        PowerDesign,
        log_ratio_per_sd,
        power_rows,
    )

    stated = StudyPlan() if plan is None else read_plan(plan)
    times = (median_months, enrolment_months, follow_up_months, lost_per_year)
    design = PowerDesign(
        endpoint=endpoint,  # type: ignore[arg-type]
        effect=effect,  # type: ignore[arg-type]
        outcome=_outcome(stated, endpoint, events, times),
        reliability=reliability,
        undetected=undetected,
        adjusted_r2=adjusted_r2,
        alpha=alpha,
        tests=tests,
        treated_share=treated_share,
        treatment_ratio=treatment_ratio,
    )
    log_ratio = log_ratio_per_sd(ratio, sd_of_log2=_sd_of_log2(per, sd_log2))
    with progress_bar() as bar:
        rows = [
            [_shown(row[name]) for name in POWER_COLUMNS]
            for row in power_rows(
                design,
                log_ratio,
                target or _POWERS,
                patients=patients,
                cohorts=cohorts,
                seed=seed,
                progress=lambda done, total: bar("cohorts", done, total),
            )
        ]
    for line in _assumed(design, log_ratio):
        say(line)
    table_to_stdout(list(POWER_COLUMNS), rows)


def _shown(value: float | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{value:.4g}"


def _sd_of_log2(per: str, sd_log2: float | None) -> float | None:
    """Return the SD that turns a ratio per doubling into one per SD, None where it is per SD.

    Raises
    ------
    InputError
        If the two options do not go together.
    """
    from macroimmune.closest import did_you_mean
    from macroimmune.errors import InputError

    if per not in {"sd", "doubling"}:
        msg = f"--per {per!r}: expected sd or doubling. {did_you_mean(per, ['sd', 'doubling'])}"
        raise InputError(msg)
    if (per == "doubling") != (sd_log2 is not None):
        msg = "--per doubling and --sd-log2 go together: the SD of the marker's log2 values"
        raise InputError(msg)
    return sd_log2


def _outcome(
    plan: "StudyPlan", endpoint: str, events: float | None, times: Sequence[float | None]
) -> "Course | float":
    """Return how events come: a share where one is given, else times of the options or the plan.

    Raises
    ------
    InputError
        If a share is given beside times.
    """
    from macroimmune.errors import InputError
    from macroimmune.simulator.power import course_of_plan

    has_times = any(time is not None for time in times)
    if has_times and (events is not None or endpoint == "response"):
        msg = (
            "--events, and response, take no --median-months, --enrolment-months, "
            "--follow-up-months or --lost-per-year; leave these out"
        )
        raise InputError(msg)
    if events is not None:
        return events
    if endpoint == "response":
        return plan.outcomes.response
    course = course_of_plan(plan.outcomes, "pfs" if endpoint == "pfs" else "os")
    median, enrolment, follow_up, lost = times
    return replace(
        course,
        events=course.events if median is None else ((median, 1.0),),
        enrolment=course.enrolment if enrolment is None else enrolment,
        follow_up=course.follow_up if follow_up is None else follow_up,
        lost_per_year=course.lost_per_year if lost is None else lost,
    )


def _assumed(design: "PowerDesign", log_ratio: float) -> list[str]:
    """Return what the answer rests on, for people."""
    kind = "odds ratio" if design.is_binary else "hazard ratio"
    lines = [
        f"{design.endpoint}, {design.effect}: {kind} per SD of a normal marker; "
        f"{100 * design.events(log_ratio):.0f} % with the event; two-sided alpha "
        f"{design.alpha_of_each:.3g} in each test"
    ]
    if design.tests > 1:
        lines.append(
            f"alpha {design.alpha:g} over {design.tests} tests (Bonferroni): more patients than a "
            "family of q-values needs"
        )
    if design.reliability < 1.0:
        lines.append(
            f"measured, the log ratio is {design.reliability:g} times the true one per unit of the "
            "marker"
        )
    if design.is_predictive:
        lines.append(
            f"the marker acts in the treated arm alone ({100 * design.treated_share:.0f} % of "
            "patients); its interaction with the arm is tested"
        )
    return lines
