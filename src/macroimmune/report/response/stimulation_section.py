"""Response to stimulation: how many pairs, what moves, in which donors."""

from collections import Counter
from collections.abc import Iterator

import polars as pl

from macroimmune.report.numbers import count, plural
from macroimmune.report.page import StimulationSection
from macroimmune.report.response.names import stimulus_words
from macroimmune.report.response.response_densities import density_figures
from macroimmune.report.response.response_effects import effects_table
from macroimmune.report.response.response_maps import response_maps
from macroimmune.report.source import ReportSource

__all__ = ["alone_reasons", "is_alone", "pair_words", "stimulation_section"]

_MOST_REASONS = 4


def stimulation_section(source: ReportSource) -> StimulationSection | None:
    """Return the section, or None where nothing was stimulated."""
    pairs, responses = source.tables["stimulation_pairs"], source.tables["stimulation_responses"]
    if pairs.is_empty() and responses.is_empty():
        return None
    return StimulationSection(
        lead=pair_words(pairs) or "Responses without a table of their pairs.",
        told=tuple(_told(pairs, responses)),
        figures=(*response_maps(source), *density_figures(source)),
        effects=effects_table(source),
    )


def is_alone() -> pl.Expr:
    """Whether a stimulated well has no unstimulated partner; its status then says why."""
    return pl.col("unstimulated_file") == ""


def alone_reasons(alone: pl.DataFrame) -> list[str]:
    """Return why each well has no partner, without the name of its sample, so that they agree."""
    return [
        status.replace(f"sample {sample} and its", "its sample and") if sample else status
        for status, sample in alone.select("status", "sample_id").iter_rows()
    ]


def pair_words(pairs: pl.DataFrame) -> str:
    """Return pairs, donors and stimuli in a sentence; empty where there is no pair.

    Parameters
    ----------
    pairs : polars DataFrame
        Table `stimulation_pairs`.
    """
    made = pairs.filter(~is_alone())
    if pairs.is_empty():
        return ""
    if made.is_empty():
        return f"None of {plural(pairs.height, 'stimulated well')} has an unstimulated partner."
    people = made.filter(pl.col("participant_id") != "")
    n_controls = made.filter(pl.col("control") != "").height
    of = f", of {plural(people['participant_id'].n_unique(), 'donor')}" if people.height else ""
    of += f"; {count(n_controls)} of bridging controls" if n_controls else ""
    return (
        f"{plural(made.height, 'pair')} of a stimulated and an unstimulated well{of}. "
        f"Stimulus: {_stimuli(made)}."
    )


def _stimuli(made: pl.DataFrame) -> str:
    keys = ["stimulus", "stimulus_minutes"]
    groups = [
        (stimulus_words({"stimulus": name, "stimulus_minutes": minutes}), rows)
        for (name, minutes), rows in made.group_by(keys, maintain_order=True)
    ]
    said = []
    for words, rows in groups:
        doses = rows["stimulus_dose"].drop_nulls().n_unique()
        at = f" at {doses} doses" if doses > 1 else ""
        n_pairs = f" ({plural(rows.height, 'pair')})" if len(groups) > 1 else ""
        said.append(f"{words}{at}{n_pairs}")
    return "; ".join(said)


def _told(pairs: pl.DataFrame, responses: pl.DataFrame) -> Iterator[str]:
    alone = pairs.filter(is_alone())
    if alone.height:
        reasons = Counter(alone_reasons(alone)).most_common()
        is_one = len(reasons) == 1
        named = "; ".join(
            reason if is_one else f"{reason} ({count(n)})" for reason, n in reasons[:_MOST_REASONS]
        )
        more = len(reasons) - _MOST_REASONS
        rest = f"; {plural(more, 'other reason')}" if more > 0 else ""
        yield f"Left out: {plural(alone.height, 'stimulated well')}: {named}{rest}."
    other = pairs.filter(~is_alone() & pl.col("same_batch").not_()).height
    if other:
        yield (
            f"{plural(other, 'pair')} with wells of two batches: their difference holds the "
            "difference between the batches."
        )
    if responses.height:
        yield _uses(responses)


def _uses(responses: pl.DataFrame) -> str:
    uses = dict(responses["use"].value_counts().rows())
    return (
        f"{plural(responses.height, 'response')} of a marker in a population: "
        f"{count(uses.get('score', 0))} on at least 50 cells in both wells, "
        f"{count(uses.get('effect size', 0))} on 20 to 49 (an effect size, no score), "
        f"{count(uses.get('none', 0))} without an estimate. The donor is the unit, never the cell."
    )
