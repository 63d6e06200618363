"""The panel of a file as the study's table of panels has it, else as the file suggests."""

from collections.abc import Mapping
from typing import cast

import polars as pl

from macroimmune.closest import folded
from macroimmune.evidence import Role, find_antigen
from macroimmune.formats import FcsHead
from macroimmune.study.panels.detector import detector_key
from macroimmune.study.panels.panel import Panel, PanelChannel
from macroimmune.study.panels.panel_from_head import panel_from_head

__all__ = ["panel_of", "rows_of_channels", "rows_of_panel"]

Row = Mapping[str, object]


def panel_of(name: str | None, panels: pl.DataFrame, head: FcsHead) -> Panel:
    """Return the panel of a file, all its channels in their order.

    Parameters
    ----------
    name : str or None
        The panel that the study names for the file.
    panels : polars DataFrame
        The study's table `panels`.
    head : FcsHead
        Of the file.

    Returns
    -------
    panel : Panel
        Of the table where it lists the channel, else what the file suggests; then no antigen
        that the table has elsewhere.

    Notes
    -----
    Convention: rows without a panel hold for every file whose panel has no rows. A channel is
    found by its $PnN, else by its label $PnS, without case and punctuation. What the table leaves
    empty, antigen or role, is what the file and the vocabulary of antigens say.
    """
    whole = panel_from_head(name or "", head.names, head.antigens)
    rows = rows_of_channels(rows_of_panel(name, panels), head)
    listed = {k: _listed(row, whole.channels[k]) for k, row in rows.items()}
    taken = {one.antigen for one in listed.values() if one.antigen}
    return Panel(
        whole.name,
        tuple(listed.get(k) or _unlisted(one, taken) for k, one in enumerate(whole.channels)),
    )


def rows_of_panel(name: str | None, panels: pl.DataFrame) -> tuple[Row, ...]:
    """Return the rows of one panel, else those that are of no panel."""
    own = panels.filter(pl.col("panel").eq_missing(pl.lit(name, dtype=pl.String)))
    if own.is_empty() and name is not None:
        same = [one for one in panels["panel"].unique() if one and folded(one) == folded(name)]
        own = panels.filter(pl.col("panel").is_in(same)) if len(same) == 1 else own
    if own.is_empty():
        own = panels.filter(pl.col("panel").is_null())
    return tuple(own.iter_rows(named=True))


def rows_of_channels(rows: tuple[Row, ...], head: FcsHead) -> dict[int, Row]:
    """Return the row of each channel that rows name, by its place in the file.

    By $PnN before $PnS; a name that several channels have is the first of them.
    """
    found: dict[int, Row] = {}
    for names in (head.names, head.antigens):
        places: dict[str, int] = {}
        for k, one in enumerate(names):
            if one and k not in found:
                places.setdefault(detector_key(one), k)
        for row in rows:
            place = places.get(detector_key(str(row["channel"])))
            if place is not None and not any(row is other for other in found.values()):
                found.setdefault(place, row)
    return found


def _listed(row: Row, suggested: PanelChannel) -> PanelChannel:
    """Return a channel as its row has it; what is empty there is as the file suggests."""
    word, role = row["antigen"], row["role"]
    if word is None:
        given = cast("Role", role) if role is not None else suggested.role
        return PanelChannel(suggested.channel, suggested.antigen, given)
    known = find_antigen(str(word))
    usual: Role = known.role if known is not None else "other"
    return PanelChannel(
        suggested.channel,
        known.id if known is not None else str(word),
        cast("Role", role) if role is not None else usual,
    )


def _unlisted(suggested: PanelChannel, taken: set[str]) -> PanelChannel:
    """Return a channel that the table lacks; what it names elsewhere is not measured twice."""
    if suggested.antigen in taken:
        return PanelChannel(suggested.channel, "", "other")
    return suggested
