"""Mapped tables to a study: samples, duplicates, outcomes, who is in it, and all findings."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import polars as pl

from macroimmune.errors import StudyError
from macroimmune.inputs.row_findings import row_findings
from macroimmune.results import Finding, FlowStep, InputFile
from macroimmune.schema import TABLES
from macroimmune.study.checks import REPEATED_IDS
from macroimmune.study.derived_outcomes import with_derived_outcomes, with_some_outcome
from macroimmune.study.duplicates import first_of_each, mean_of_duplicates
from macroimmune.study.event_kinds import with_event_kinds
from macroimmune.study.samples import MEASURED_TABLES, with_samples
from macroimmune.study.selection import Exclusion, participant_flow
from macroimmune.study.study import AnalysisSettings, Study

__all__ = ["assembled_study", "stacked"]

_WHO = ("participant_id", "source_file", "source_row")
_SEVERITIES = ("error", "warning", "note")


def stacked(parts: Mapping[str, list[pl.DataFrame]]) -> dict[str, pl.DataFrame]:
    """Return every declared table, its sources one below the other, without rows if none."""
    return {
        name: pl.concat([pl.DataFrame(schema=table.schema), *parts.get(name, [])])
        for name, table in TABLES.items()
    }


def assembled_study(
    name: str,
    tables: Mapping[str, pl.DataFrame],
    *,
    analysis: AnalysisSettings,
    exclusions: tuple[Exclusion, ...],
    findings: Iterable[Finding],
    files: tuple[InputFile, ...],
    settings_text: str,
    folder: Path,
) -> Study:
    """Return the study that the mapped tables make.

    Parameters
    ----------
    name : str
    tables : mapping from table name to polars DataFrame
        Every declared table, as mapped and stacked.
    analysis, files, settings_text, folder
        As in `Study`.
    exclusions : tuple of Exclusion
        Whom each selection step excludes.
    findings : iterable of Finding
        From reading the settings and the files.

    Raises
    ------
    StudyError
        If there is not one participant.
    """
    # Ids that restart in each sheet must be seen before repeated rows are taken out.
    found = [*findings, *REPEATED_IDS.look(tables, analysis)]
    current = dict(tables)
    current["participants"] = _participants(current, found)
    steps: tuple[Callable[[dict[str, pl.DataFrame]], tuple[Finding, ...]], ...] = (
        _unique_records,
        _complete_samples,
        _average_duplicates,
        lambda those: _derive_outcomes(those, analysis),
    )
    for step in steps:
        found.extend(step(current))
    found.extend(_strangers(current))
    people = current["participants"]
    flow, remaining = participant_flow(people, exclusions, with_some_outcome(current["outcomes"]))
    if not remaining:
        raise StudyError(_nobody(found, flow))
    keep = pl.col("participant_id").is_in(list(remaining))
    selected = {
        name: frame.filter(keep) if TABLES[name].has_participants else frame
        for name, frame in current.items()
    }
    return Study(
        name=name,
        tables=selected,
        analysis=analysis,
        findings=tuple(sorted(found, key=lambda finding: _SEVERITIES.index(finding.severity))),
        flow=flow,
        files=files,
        settings_text=settings_text,
        folder=folder,
    )


def _participants(tables: Mapping[str, pl.DataFrame], found: list[Finding]) -> pl.DataFrame:
    """Return the participants; where no table lists them, those who have an outcome."""
    people, outcomes = _said_once(tables["participants"]), tables["outcomes"]
    if not people.is_empty() or outcomes.is_empty():
        return people
    found.append(
        Finding(
            "note",
            "participants-assumed",
            "",
            None,
            "participant_id",
            "no participants; those with an outcome are taken",
            "a section [participants]",
            "Nothing to do if arm, age and sex are not needed.",
        )
    )
    ids = outcomes.select("participant_id", "source_file", "source_row")
    return pl.concat([people, ids.unique("participant_id", maintain_order=True)], how="diagonal")


def _said_once(people: pl.DataFrame) -> pl.DataFrame:
    """Return the participants without rows of one file that repeat who there is and say no more.

    A list of files or samples may stand in for a table of participants.
    """
    said = [name for name in TABLES["participants"].schema if name not in _WHO]
    is_bare = pl.all_horizontal(pl.col(name).is_null() for name in said)
    return people.filter(~is_bare | pl.struct("participant_id", "source_file").is_first_distinct())


def _unique_records(tables: dict[str, pl.DataFrame]) -> tuple[Finding, ...]:
    findings: tuple[Finding, ...] = ()
    for name in ("participants", "outcomes", "tumour_measurements", "panels"):
        tables[name], more = first_of_each(tables[name], TABLES[name])
        findings += more
    return findings


def _complete_samples(tables: dict[str, pl.DataFrame]) -> tuple[Finding, ...]:
    completed, findings = with_samples(tables)
    tables.update(completed)
    return findings


def _average_duplicates(tables: dict[str, pl.DataFrame]) -> tuple[Finding, ...]:
    findings: tuple[Finding, ...] = ()
    for name in MEASURED_TABLES:
        tables[name], more = mean_of_duplicates(tables[name], TABLES[name])
        findings += more
    return findings


def _derive_outcomes(
    tables: dict[str, pl.DataFrame], analysis: AnalysisSettings
) -> tuple[Finding, ...]:
    tables["outcomes"], findings = with_derived_outcomes(tables["outcomes"])
    tables["outcomes"], more = with_event_kinds(tables["outcomes"], analysis.event_kinds_from_os)
    return findings + more


def _strangers(tables: Mapping[str, pl.DataFrame]) -> tuple[Finding, ...]:
    """Return a warning for each person who is in another table but not among the participants."""
    known = tables["participants"]["participant_id"].to_list()
    findings: tuple[Finding, ...] = ()
    for name, frame in tables.items():
        if not TABLES[name].has_participants:
            continue
        unknown = frame.filter(~pl.col("participant_id").is_in(known))
        rows = unknown.group_by("participant_id", maintain_order=True).agg(
            pl.len().alias("n"), pl.col("source_file").first(), pl.col("source_row").first()
        )
        for (file,), some in rows.group_by("source_file", maintain_order=True):
            findings += row_findings(
                "warning",
                "participant-unknown",
                file=str(file),
                column="participant_id",
                rows=some["source_row"].to_list(),
                found=[
                    f"{row['participant_id']} ({row['n']} rows of {name})"
                    for row in some.iter_rows(named=True)
                ],
                expected="someone among the participants",
                advice="These rows were left out. Add the person, or correct the id.",
            )
    return findings


def _nobody(findings: list[Finding], flow: tuple[FlowStep, ...]) -> str:
    if flow[0].n:
        steps = "; ".join(f"{step.step}: {step.n}" for step in flow)
        return f"nobody remains after the selection ({steps}); correct [selection] in study.toml"
    errors = [finding.sentence() for finding in findings if finding.severity == "error"]
    reason = " ".join(errors[:3]) or (
        "The tables of [participants] and [outcomes] in study.toml have no rows, or are not named."
    )
    return f"no participants can be read. {reason}"
