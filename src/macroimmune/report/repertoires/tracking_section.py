"""Clones over time: shares of followed clones at the draws of each participant."""

import numpy as np
import polars as pl

from macroimmune.report.numbers import plural
from macroimmune.report.page import CloneTrackingSection, FigureWithNote, SectionPart
from macroimmune.report.repertoires.kinds import (
    KIND,
    NUMBERED,
    compartment_name,
    counted_words,
    day_words,
    first_kinds,
    kind_words,
    participant_numbers,
    say_more,
)
from macroimmune.report.repertoires.ribbons_figure import RIBBONS, Ribbon, ribbons_figure
from macroimmune.report.response.donors import spread
from macroimmune.report.source import ReportSource

__all__ = ["tracking_section"]

_MOST_FIGURES = 12
_OF = ("participant_id", "compartment", *KIND)


def tracking_section(source: ReportSource) -> CloneTrackingSection | None:
    """Return the section, or None where no clone was followed over several draws."""
    tracked = source.tables["clone_tracking"].drop_nulls("share")
    groups = [
        (key, rows)
        for key, rows in tracked.sort(*_OF).group_by(_OF, maintain_order=True)
        if rows["repertoire_id"].n_unique() > 1 and (rows["share"] > 0).any()
    ]
    if not groups:
        return None
    numbers = participant_numbers(source)
    n_kinds = len({key[2:] for key, _ in groups})
    first = first_kinds([
        (f"{who} {where}", dict(zip(KIND, of, strict=True))) for (who, where, *of), _ in groups
    ])
    shown = spread([groups[place] for place in first], _MOST_FIGURES)
    figures = []
    for place, (key, rows) in enumerate(shown, start=1):
        of = dict(zip(_OF, key, strict=True))
        kind = f", {kind_words(of)}" if n_kinds > 1 else ""
        where = compartment_name(str(of["compartment"]))
        label = f"Participant {numbers.get(str(of['participant_id']), 0)}, {where}{kind}"
        figures.append(_figure(place, label, counted_words(str(of["counted"])), rows))
    more = say_more(len(groups) - len(shown), "course", "clone_tracking.parquet")
    return CloneTrackingSection(
        f"{plural(tracked['clonotype'].n_unique(), 'clone')} followed in "
        f"{plural(tracked['participant_id'].n_unique(), 'participant')}.",
        (
            SectionPart(
                words=(
                    "Each bar is a draw, each colour a clone; ribbons only join the bars. A clone "
                    "that is missing from a bar was not seen, which at its depth does not mean "
                    f"absent. {NUMBERED} {more}".rstrip(),
                ),
                small=tuple(figures),
            ),
        ),
    )


def _figure(place: int, label: str, counted: str, rows: pl.DataFrame) -> FigureWithNote:
    draws = rows.unique("repertoire_id", maintain_order=True).sort(
        "days_from_treatment_start", nulls_last=True, maintain_order=True
    )
    ids = draws["repertoire_id"].to_list()
    share = {
        (clonotype, repertoire): 100.0 * value
        for clonotype, repertoire, value in rows.select(
            "clonotype", "repertoire_id", "share"
        ).rows()
    }
    clones = rows.group_by("clonotype", maintain_order=True).agg(
        pl.col("junction_aa").first(), pl.col("followed_as").first(), pl.col("share").max()
    )
    ordered = clones.sort("share", "clonotype", descending=[True, False]).to_dicts()
    named, rest = ordered[:RIBBONS], ordered[RIBBONS:]
    ribbons = [
        Ribbon(
            f"{one['junction_aa'] or one['clonotype']}, {one['followed_as']}",
            np.array([share.get((one["clonotype"], at), 0.0) for at in ids]),
            look,
        )
        for look, one in enumerate(named)
    ]
    if rest:
        together = np.sum(
            [[share.get((one["clonotype"], at), 0.0) for at in ids] for one in rest], axis=0
        )
        ribbons.append(Ribbon(plural(len(rest), "other followed clone"), together, RIBBONS))
    figure = ribbons_figure(
        f"clone-tracking-{place}",
        ribbons,
        [day_words(day) for day in draws["days_from_treatment_start"]],
        title=f"Shares of followed clones, {label}",
        unit=f"% of {counted}",
    )
    return FigureWithNote(label, figure)
