"""The responsiveness score: every donor in order, the reference, and what the score rests on."""

from collections import Counter
from collections.abc import Iterator

import polars as pl

from macroimmune.report.numbers import count, plural
from macroimmune.report.page import FigureWithNote, ResponsivenessSection
from macroimmune.report.response.donors import WHICH_SAMPLE, baseline_samples, spread
from macroimmune.report.response.expression_scores import counts_table, gene_sets_table
from macroimmune.report.response.names import (
    list_name,
    panel_words,
    population_name,
    stimulus_words,
)
from macroimmune.report.response.scatter_figure import scatter_figure
from macroimmune.report.response.score_figure import ScoreRow, score_figure
from macroimmune.report.response.score_tables import (
    SCORE_OF,
    definitions_table,
    reference_table,
    scores_table,
)
from macroimmune.report.source import ReportSource, Row, slug

__all__ = ["responsiveness_section", "scored_donors"]

_MOST_DONORS, _MOST_FIGURES = 240, 6
_FEWEST_FOR_CORRELATION = 5


def responsiveness_section(source: ReportSource) -> ResponsivenessSection | None:
    """Return the section, or None where there is neither a score nor a file of counts."""
    scores = source.tables["responsiveness"]
    if scores.is_empty() and source.tables["expression_scores"].is_empty():
        return None
    return ResponsivenessSection(
        lead=_lead(source),
        told=tuple(_told(source)),
        figures=tuple(_figures(source)),
        scores=scores_table(scores),
        definitions=definitions_table(source.tables["responsiveness_definitions"]),
        reference=reference_table(source.tables["responsiveness_reference"]),
        gene_sets=gene_sets_table(source.tables["expression_scores"]),
        counts=counts_table(source.tables["expression_quality"]),
    )


def scored_donors(scores: pl.DataFrame) -> int:
    """Return how many participants have a primary score."""
    own = scores.filter("is_primary", pl.col("participant_id") != "").drop_nulls("score")
    return own["participant_id"].n_unique()


def _lead(source: ReportSource) -> str:
    scores = source.tables["responsiveness"]
    if scores.is_empty():
        return "No score of responsiveness; scores of gene sets are told below."
    people = scores.filter("is_primary", pl.col("participant_id") != "")
    populations = ", ".join(population_name(one) for one in people["population"].unique().sort())
    return (
        f"{plural(scored_donors(scores), 'donor')} of {count(people['participant_id'].n_unique())} "
        f"with a score of {populations or 'the primary population'}. The score is the mean over "
        "the markers of the declared list of (difference - median) / (1.4826 MAD) against the "
        "reference: high answers, low does not. Markers phosphorylated within minutes and "
        "proteins made within hours are scores of their own and never mixed."
    )


def _told(source: ReportSource) -> Iterator[str]:
    scores, reference = source.tables["responsiveness"], source.tables["responsiveness_reference"]
    known = scores.drop_nulls("score")
    yield from _references(reference)
    if known.height:
        held = known["is_batch_included"].fill_null(value=False)
        if held.all():
            yield "Intervals hold cells, thresholds and the variance between batches."
        elif not held.any():
            yield (
                "Intervals hold cells and thresholds; batch not included: the variance between "
                "batches needs bridging controls in several of them."
            )
        else:
            yield f"Batch is included in the intervals of {held.sum()} of {known.height} scores."
        yield (
            "A group is given only where the 80 % interval lies within one third of the "
            "reference, else it is uncertain. Tests use the continuous score."
        )
    without = scores.filter(pl.col("score").is_null(), "is_primary")
    if without.height:
        said = Counter(without["status"].to_list()).most_common(3)
        reasons = "; ".join(f"{words or 'no reason given'} ({count(n)})" for words, n in said)
        yield f"No score for {plural(without.height, 'sample')}: {reasons}."


def _references(reference: pl.DataFrame) -> Iterator[str]:
    keys = ["reference", "n_reference"]
    for (name, n), rows in reference.filter(pl.col("median").is_not_null()).group_by(
        keys, maintain_order=True
    ):
        kinds = {
            "healthy": "the healthy controls of the study",
            "baseline": "the baseline cohort of the study",
        }
        people = f", {plural(n, 'person', 'people')}" if n else ""
        which = ", ".join(population_name(one) for one in rows["population"].unique().sort())
        yield (
            f"Reference: {kinds.get(str(name), str(name))}{people}, frozen and saved in "
            f"responsiveness_reference.csv. Holds for {which}."
        )


def _figures(source: ReportSource) -> Iterator[FigureWithNote]:
    primary = source.tables["responsiveness"].filter("is_primary").drop_nulls("score")
    groups = list(primary.group_by(SCORE_OF, maintain_order=True))
    for place, (key, rows) in enumerate(groups[:_MOST_FIGURES], start=1):
        of = dict(zip(SCORE_OF, key, strict=True))
        yield _ordered(source, place, of, rows)
        levels = baseline_samples(rows).drop_nulls("unstimulated_level")
        if levels.height > 1:
            yield _ceiling(place, of, levels)


def _ordered(source: ReportSource, place: int, of: Row, rows: pl.DataFrame) -> FigureWithNote:
    people = baseline_samples(rows).sort("score").to_dicts()
    controls = rows.filter(pl.col("control") != "").sort("score").to_dicts()
    drawn = [*spread(people, _MOST_DONORS), *spread(controls, _MOST_DONORS // 6)]
    title = _title(of)
    figure = score_figure(
        slug(f"responsiveness-{place}-{of['marker_list']}-{of['population']}"),
        [_score_row(row) for row in drawn],
        tertiles=_tertiles(source.tables["responsiveness_reference"], of),
        title=title,
    )
    markers = ", ".join(dict.fromkeys(str(row["markers"]).replace(";", ", ") for row in people[:1]))
    said = [f"{stimulus_words(of)}, {panel_words(of)}. Markers: {markers or 'not told'}."]
    said.append(f"Shaded: the middle third of the reference. {WHICH_SAMPLE}")
    left = len(people) + len(controls) - len(drawn)
    if left > 0:
        said.append(f"{count(left)} more, evenly over the order, are in responsiveness.csv.")
    return FigureWithNote(title, figure, " ".join(said))


def _title(of: Row) -> str:
    words = f"{list_name(str(of['marker_list']))}: {population_name(str(of['population']))}"
    return words[:1].upper() + words[1:]


def _score_row(row: Row) -> ScoreRow:
    def ends(name: str) -> tuple[float, float] | None:
        low, high = row[f"{name}_low"], row[f"{name}_high"]
        return None if low is None or high is None else (low, high)

    group = "control" if row["control"] else str(row["group"])
    return ScoreRow(row["score"], ends("ci"), ends("ci80"), group)


def _tertiles(reference: pl.DataFrame, of: Row) -> tuple[float, float] | None:
    own = reference.filter(
        *(pl.col(name).eq_missing(pl.lit(of[name])) for name in SCORE_OF)
    ).drop_nulls(["low_tertile", "high_tertile"])
    return own.select("low_tertile", "high_tertile").row(0) if own.height else None


def _ceiling(place: int, of: Row, levels: pl.DataFrame) -> FigureWithNote:
    title = "The unstimulated level and the response"
    figure = scatter_figure(
        slug(f"unstimulated-{place}-{of['marker_list']}-{of['population']}"),
        levels["unstimulated_level"].to_numpy(),
        levels["score"].to_numpy(),
        title=title,
        x_label="unstimulated level, mean z",
        y_label="score, mean z",
    )
    said = f"{list_name(str(of['marker_list']))}, {plural(levels.height, 'donor')}. "
    if levels.height >= _FEWEST_FOR_CORRELATION:
        rho = levels.select(pl.corr("unstimulated_level", "score", method="spearman")).item()
        said += f"Rank correlation {rho:.2f}. "
    said += (
        "Cells that are high before the stimulus can rise little: such a ceiling looks like "
        "hyporesponsiveness, so tests are also adjusted for the unstimulated level."
    )
    return FigureWithNote(title, figure, said[:1].upper() + said[1:])
