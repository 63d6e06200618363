"""The first paragraph and the numbers beneath the title."""

from macroimmune.report.agreement_section import verdict_counts
from macroimmune.report.association_cells import effect_name, endpoint_words, is_discovery
from macroimmune.report.numbers import (
    count,
    duration,
    estimate_with_interval,
    number_in,
    p_words,
    plural,
)
from macroimmune.report.page import Fact
from macroimmune.report.repertoires import repertoire_words
from macroimmune.report.response import pair_words, scored_donors
from macroimmune.report.source import ReportSource, Row

__all__ = ["key_numbers", "summary"]


def summary(source: ReportSource) -> str:
    """Return one paragraph: who, how long, what was tested, what came out."""
    sentences = [_who(source), *_endings(source), _tests(source), _first(source), _known(source)]
    sentences[1:1] = [
        _cells(source),
        _responses(source),
        repertoire_words(source.tables["repertoires"]),
    ]
    findings = source.tables["findings"].height
    if findings:
        sentences.append(f"The data gave rise to {plural(findings, 'finding')}.")
    return " ".join(sentence for sentence in sentences if sentence)


def _who(source: ReportSource) -> str:
    n = number_in(source.study, "n_participants")
    if n is None:
        return ""
    arms = source.study.get("arms")
    n_arms = len(arms) if isinstance(arms, dict) else 0
    in_arms = f" in {n_arms} arms" if n_arms > 1 else ""
    design = source.study.get("design")
    return f"{plural(n, 'participant')}{in_arms}{f' ({design})' if design else ''}."


def _cells(source: ReportSource) -> str:
    """Say how many FCS files were gated, if there are any."""
    quality = source.tables["cytometry_quality"]
    if quality.is_empty():
        return ""
    used = quality.filter(quality["status"] == "used")
    left_out = quality.height - used.height
    rest = f"; {plural(left_out, 'file')} left out" if left_out else ""
    cells = count(float(used["n_cells"].sum()))
    return f"{plural(used.height, 'FCS file')} with {cells} live single cells{rest}."


def _responses(source: ReportSource) -> str:
    """Say how many wells are paired and how many donors have a score, if there are any."""
    pairs = pair_words(source.tables["stimulation_pairs"])
    n_scored = scored_donors(source.tables["responsiveness"])
    if not n_scored:
        return pairs
    scored = f"{plural(n_scored, 'donor')} with a score of responsiveness."
    return f"{pairs} {scored}".strip()


def _endings(source: ReportSource) -> list[str]:
    sentences = []
    for record in source.endpoints():
        events, n = number_in(record, "n_events"), number_in(record, "n")
        if events is None or n is None:
            continue
        name = source.endpoint_title(str(record.get("id", "")))
        follow_up = number_in(record, "median_follow_up_days")
        after = f", median follow-up {duration(follow_up)}" if follow_up is not None else ""
        what = "responders" if record.get("kind") == "binary" else "events"
        sentences.append(f"{name}: {count(events)} {what} in {count(n)}{after}.")
    return sentences


def _tests(source: ReportSource) -> str:
    tests = source.tables["ledger"].height
    found = sum(is_discovery(row) for rows in source.associations.values() for row in rows)
    if not tests:
        return "No test was run."
    features = plural(len(source.associations), "biomarker")
    return f"{features} and {plural(tests, 'test')}; {count(found)} with q < 0.05."


def _strongest(source: ReportSource) -> Row | None:
    rows = [row for rows in source.associations.values() for row in rows]
    tested = [
        row
        for row in rows
        if row["p_value"] is not None and row["estimate"] is not None and row["effect"] != "auc"
    ]
    return min(tested, key=lambda row: row["p_value"], default=None)


def _first(source: ReportSource) -> str:
    row = _strongest(source)
    if row is None:
        return ""
    numbers = estimate_with_interval(row["estimate"], row["ci_low"], row["ci_high"])
    effect = effect_name(row["effect"]).lower()
    return (
        f"The smallest p of a ratio belongs to {source.feature_name(row['feature'])} and "
        f"{endpoint_words(source, row)}: {effect} {numbers} {row['scale']}, "
        f"{p_words('q', row['q_value'])}."
    )


def _known(source: ReportSource) -> str:
    counts = verdict_counts(source.rows("agreement"))
    return f"Of the published lines that could be compared: {counts}." if counts else ""


def key_numbers(source: ReportSource) -> tuple[Fact, ...]:
    """Return the few numbers that stand large beneath the summary."""
    n = number_in(source.study, "n_participants")
    facts = [] if n is None else [Fact("participants", count(n))]
    for record in source.endpoints():
        events = number_in(record, "n_events")
        if events is not None:
            noun = "responders" if record.get("kind") == "binary" else "events"
            short = str(record.get("id", ""))
            label = noun if short == "response" else f"{noun}, {_short(source, short)}"
            facts.append(Fact(label, count(events)))
    found = sum(is_discovery(row) for rows in source.associations.values() for row in rows)
    quality = source.tables["cytometry_quality"]
    if quality.height:
        facts.append(Fact("FCS files", count(quality.height)))
        facts.append(Fact("cells gated", count(float(quality["n_cells"].sum()))))
    n_scored = scored_donors(source.tables["responsiveness"])
    if n_scored:
        facts.append(Fact("with a responsiveness score", count(n_scored)))
    n_repertoires = source.tables["repertoires"].height
    if n_repertoires:
        facts.append(Fact("T cell receptor repertoires", count(n_repertoires)))
    facts.extend((
        Fact("biomarkers", count(len(source.associations))),
        Fact("tests", count(source.tables["ledger"].height)),
        Fact("with q < 0.05", count(found)),
    ))
    return tuple(facts)


def _short(source: ReportSource, endpoint: str) -> str:
    return endpoint.upper() if len(endpoint) <= 3 else source.endpoint_name(endpoint)
