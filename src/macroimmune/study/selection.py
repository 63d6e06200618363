"""Who stays in a study: the steps of `[selection]`, counted for the participant flow."""

from dataclasses import dataclass

import polars as pl

from macroimmune.inputs import RawTable
from macroimmune.inputs.cells import code_key, code_keys
from macroimmune.inputs.reading_columns import column_not_found, heading_in
from macroimmune.results import Finding, FlowStep
from macroimmune.study.settings import SelectionStep, Settings, SourceSettings
from macroimmune.study.study_files import StudyFiles

__all__ = ["Exclusion", "exclusions_of", "participant_flow"]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One selection step with those whom it excludes: the code they have, by participant."""

    step: str
    column: str
    keep: tuple[str, ...]
    excluded: dict[str, str]


def exclusions_of(
    settings: Settings, files: StudyFiles
) -> tuple[tuple[Exclusion, ...], tuple[Finding, ...]]:
    """Return whom each selection step excludes, read from the user's files.

    Parameters
    ----------
    settings : Settings
    files : StudyFiles

    Returns
    -------
    exclusions : tuple of Exclusion
        In the order of the steps; a step that cannot be read excludes nobody.
    findings : tuple of Finding
        An error for each such step.

    Notes
    -----
    Convention: a missing code is not one of those that stay, so it excludes. A participant who
    stands in several rows stays if one of them does.
    """
    sources = [source for source in settings.sources if source.table == "participants"]
    exclusions: list[Exclusion] = []
    findings: list[Finding] = []
    for step in settings.selection:
        excluded: dict[str, str] = {}
        for source in sources:
            if step.path not in {None, source.path} and step.path in {s.path for s in sources}:
                continue
            found, problems = _excluded(step, source, files)
            excluded |= found
            findings.extend(problems)
        exclusions.append(Exclusion(step.name, step.column, step.keep, excluded))
    return tuple(exclusions), tuple(findings)


def _excluded(
    step: SelectionStep, source: SourceSettings, files: StudyFiles
) -> tuple[dict[str, str], tuple[Finding, ...]]:
    path, file = (step.path, step.file) if step.path else (source.path, source.file)
    raw = files.table(path, file, step.sheet if step.path else source.sheet)
    if raw is None:
        return {}, ()
    spec = source.spec.columns.get("participant_id")
    ids = step.participant_id or (spec.column if spec else source.spec.participant_column)
    findings = tuple(
        column_not_found(raw, heading, f"selection {step.name}")
        for heading in (ids, step.column)
        if heading_in(raw, heading) is None
    )
    if findings:
        return {}, findings
    return _codes_of_excluded(raw, ids, step, source.spec.prefix), ()


def _codes_of_excluded(raw: RawTable, ids: str, step: SelectionStep, prefix: str) -> dict[str, str]:
    codes = raw.frame[heading_in(raw, step.column) or ""].fill_null("")
    frame = pl.DataFrame({
        "id": prefix + raw.frame[heading_in(raw, ids) or ""].str.strip_chars(),
        "code": codes,
        "stays": code_keys(codes).is_in([code_key(code) for code in step.keep]),
    })
    staying = frame.filter("stays")["id"]
    left = frame.filter(~pl.col("stays") & ~pl.col("id").is_in(staying.implode()))
    return dict(left.select("id", "code").drop_nulls("id").iter_rows())


def participant_flow(
    participants: pl.DataFrame, exclusions: tuple[Exclusion, ...], with_outcome: set[str]
) -> tuple[tuple[FlowStep, ...], set[str]]:
    """Return the participant flow and who remains.

    Parameters
    ----------
    participants : polars DataFrame
        Everyone in the files.
    exclusions : tuple of Exclusion
    with_outcome : set of str
        Participants who have a value in at least one endpoint.

    Returns
    -------
    flow : tuple of FlowStep
        The last step counts those with an outcome; those without stay in the study.
    remaining : set of str
    """
    remaining = set(participants["participant_id"].to_list())
    flow = [FlowStep("in the files", len(remaining), 0, "")]
    for exclusion in exclusions:
        leaving = remaining & set(exclusion.excluded)
        remaining -= leaving
        reason = _reason(exclusion, leaving) if leaving else ""
        flow.append(FlowStep(exclusion.step, len(remaining), len(leaving), reason))
    n = len(remaining & with_outcome)
    without = len(remaining) - n
    flow.append(FlowStep("with an outcome", n, without, "no outcome" if without else ""))
    return tuple(flow), remaining


def _reason(exclusion: Exclusion, leaving: set[str]) -> str:
    counts: dict[str, int] = {}
    for participant in leaving:
        code = exclusion.excluded[participant] or "empty"
        counts[code] = counts.get(code, 0) + 1
    listed = ", ".join(f"{code} ({counts[code]})" for code in sorted(counts)[:10])
    more = f" and {len(counts) - 10} more codes" if len(counts) > 10 else ""
    return f"{exclusion.column} is not {' or '.join(exclusion.keep)}: {listed}{more}"
