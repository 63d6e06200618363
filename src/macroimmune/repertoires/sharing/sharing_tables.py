"""Tables of what repertoires of one participant share, from all repertoires of a study."""

import polars as pl

from macroimmune.repertoires.library_dispersion import Dispersions, library_dispersions
from macroimmune.repertoires.repertoire import Repertoires
from macroimmune.repertoires.sharing.blood_and_tumour import sharing_rows
from macroimmune.repertoires.sharing.novel_tumour_clones import novel_rows
from macroimmune.repertoires.sharing.overlap import overlap_rows
from macroimmune.repertoires.sharing.participant_clones import (
    Row,
    kinds_of_participants,
    participant_clones,
)
from macroimmune.repertoires.sharing.tracking import tracking_rows
from macroimmune.repertoires.sharing.turnover import turnover_table
from macroimmune.results import RESULT_TABLES, conform
from macroimmune.study import RepertoireSettings

__all__ = ["sharing_tables"]


def sharing_tables(
    repertoires: Repertoires,
    *,
    clone_changes: pl.DataFrame,
    settings: RepertoireSettings,
    dispersions: Dispersions | None = None,
) -> dict[str, pl.DataFrame]:
    """Return what the repertoires of each participant share.

    Parameters
    ----------
    repertoires : Repertoires
    clone_changes : polars DataFrame
        Table `clone_changes`: clones that expanded or contracted are followed.
    settings : RepertoireSettings
        `overdispersion` is used where no sample of a kind has several libraries.
    dispersions : mapping from kind to Overdispersion, or None
        From `library_dispersions`; None: of all repertoires that are listed.

    Returns
    -------
    tables : dict of polars DataFrame
        repertoire_overlap, repertoire_turnover, clone_tracking, clone_sharing,
        novel_tumour_clones.

    Notes
    -----
    Convention: only repertoires of one participant, chain, population and what is counted are
    compared with each other. One participant is held in memory at a time.
    """
    known = dispersions
    if known is None:
        known = library_dispersions(repertoires, repertoires.listed, prior=settings.overdispersion)
    overlap: list[Row] = []
    tracking: list[Row] = []
    sharing: list[Row] = []
    novel: list[Row] = []
    for rows in kinds_of_participants(repertoires.listed):
        clones = participant_clones(repertoires, rows, known)
        overlap += overlap_rows(clones)
        tracking += tracking_rows(clones, clone_changes)
        sharing += sharing_rows(clones)
        novel += novel_rows(clones)
    overlaps = _table("repertoire_overlap", overlap)
    turnover = turnover_table(overlaps, repertoires.listed)
    return {
        "repertoire_overlap": overlaps,
        "repertoire_turnover": _table("repertoire_turnover", turnover),
        "clone_tracking": _table("clone_tracking", tracking),
        "clone_sharing": _table("clone_sharing", sharing),
        "novel_tumour_clones": _table("novel_tumour_clones", novel),
    }


def _table(name: str, rows: list[Row]) -> pl.DataFrame:
    return conform(name, pl.DataFrame(rows, schema=RESULT_TABLES[name].schema))
