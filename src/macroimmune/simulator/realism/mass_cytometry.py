"""Virtual mass cytometry beside public files: what antibodies show within CD4 T cells."""

from collections.abc import Mapping
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl

from macroimmune.formats import FcsData, read_fcs
from macroimmune.simulator.cytometry import Well, draw_tube, panel_of
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan import CytometryPlan
from macroimmune.simulator.realism.comparison import RawComparison, RowsBeside, points

__all__ = [
    "beside_populations",
    "beside_whole_blood",
    "cd4_t_cells",
    "marker_values",
    "population_events",
    "virtual_events",
    "whole_blood_events",
]

_PANEL = "mass_t_cell"
_COFACTOR = 5.0
# Above these, on the scale of arcsinh(x / 5), lie the stained cells of the public files.
_CD3_FROM, _CD4_FROM = 2.5, 2.0
_DONORS, _BATCHES, _EVENTS = 2, 3, 3000
# Public spellings of the antigens of the virtual panel, and the words of the panel.
_WHOLE_BLOOD = {
    name: name
    for name in ("CD45", "CD3", "CD19", "CD45RA", "CD14", "CD4", "TCRgd", "CCR7", "CD25", "CD56")
} | {
    "CD8a": "CD8", "STAT1": "pSTAT1", "STAT3": "pSTAT3", "STAT5": "pSTAT5", "FoxP3": "FOXP3",
    "HLADR": "HLADR",
}  # fmt: skip
_POPULATIONS = {
    "CD3": "CD3", "CD45": "CD45", "CD4": "CD4", "CD14": "CD14", "pStat1": "pSTAT1",
    "pStat3": "pSTAT3", "pStat5": "pSTAT5", "HLA-DR": "HLADR",
}  # fmt: skip


def marker_values(data: FcsData, names: Mapping[str, str]) -> pl.DataFrame:
    """Return arcsinh(x / 5) of some antigens of a file.

    Parameters
    ----------
    data : FcsData
    names : mapping
        From the antigen as the file spells it to the column.

    Returns
    -------
    values : polars DataFrame, one row per event
    """
    return pl.DataFrame({
        ours: np.arcsinh(data.events[:, data.antigens.index(theirs)].astype(float) / _COFACTOR)
        for theirs, ours in names.items()
    })


def cd4_t_cells(events: pl.DataFrame) -> pl.DataFrame:
    """Return the events that carry CD3 and CD4.

    Parameters
    ----------
    events : polars DataFrame
        arcsinh(x / 5).
    """
    return events.filter(pl.col("CD3") > _CD3_FROM, pl.col("CD4") > _CD4_FROM)


def whole_blood_events(folder: Path) -> pl.DataFrame:
    """Return all events of the six unstimulated controls that CytoNorm comes with.

    Parameters
    ----------
    folder : Path
        Of the cohort `cytonorm_fcs`.
    """
    files = sorted(folder.glob("*.fcs"))
    return pl.concat(marker_values(read_fcs(path), _WHOLE_BLOOD) for path in files)


def population_events(folder: Path) -> pl.DataFrame:
    """Return the CD4 T cells of Bodenmiller 2012 as they were gated there, of both wells.

    Parameters
    ----------
    folder : Path
        Of the cohort `bodenmiller_bcrxl_fcs`.
    """
    files = sorted(folder.glob("*_cd4+_*.fcs"))
    return pl.concat(marker_values(read_fcs(path), _POPULATIONS) for path in files)


def virtual_events(seed: int) -> pl.DataFrame:
    """Return the events of six unstimulated virtual tubes: two average donors in three batches.

    Parameters
    ----------
    seed : int

    Returns
    -------
    values : polars DataFrame
        arcsinh(x / 5), a column per antigen of the panel; dead cells, doublets and beads included.
    """
    plan = CytometryPlan(events_per_file=_EVENTS)
    shares = np.array([leaf.percent_of_pbmc for leaf in LEAVES.values()])
    shares = shares / shares.sum()
    places = {
        channel.antigen: place
        for place, channel in enumerate(panel_of(_PANEL).channels)
        if channel.antigen
    }
    frames = []
    for batch, donor in product(range(_BATCHES), range(_DONORS)):
        name = f"V{donor + 1:03}"
        well = Well(f"{name}_batch_{batch}", name, 0.0, _PANEL, "unstimulated", batch, shares)
        events = draw_tube(seed, plan, well).events.astype(float)
        frames.append(
            pl.DataFrame({
                antigen: np.arcsinh(events[:, place] / _COFACTOR)
                for antigen, place in places.items()
            })
        )
    return pl.concat(frames)


def beside_whole_blood(folder: Path, seed: int) -> RawComparison:
    """Return virtual CD4 T cells beside those of whole-blood controls in three batches.

    Parameters
    ----------
    folder : Path
        Of the cohort `cytonorm_fcs`.
    seed : int
    """
    events = whole_blood_events(folder)
    dimmest = float(np.quantile(events["CD19"].to_numpy(), 0.01))
    return _compared(
        cd4_t_cells(events),
        seed,
        "Unstimulated whole-blood controls of three batches, two files each; CD4 T cells on both "
        f"sides are the events above {_CD3_FROM:g} in CD3 and {_CD4_FROM:g} in CD4. CD19 tells "
        "nothing here: in these files it shines in every event, T cell or not (1st percentile "
        f"{dimmest:.1f}).",
    )


def beside_populations(folder: Path, seed: int) -> RawComparison:
    """Return virtual CD4 T cells beside those gated by Bodenmiller 2012.

    Parameters
    ----------
    folder : Path
        Of the cohort `bodenmiller_bcrxl_fcs`.
    seed : int
    """
    return _compared(
        population_events(folder),
        seed,
        "CD4 T cells as the authors gated them, two wells of a reference; virtual ones are the "
        f"events above {_CD3_FROM:g} in CD3 and {_CD4_FROM:g} in CD4. Another instrument and other "
        "antibodies: levels differ by those too.",
    )


def _compared(real: pl.DataFrame, seed: int, lead: str) -> RawComparison:
    virtual = cd4_t_cells(virtual_events(seed)).select(real.columns)
    both, units = (real, virtual), dict.fromkeys(real.columns, "arcsinh")
    figures = (
        ("median level", "arcsinh", pl.all().median()),
        ("spread", "SD of arcsinh", pl.all().std()),
        ("recorded as zero", "%", (pl.all() <= 0).mean() * 100.0),
    )
    measured = []
    for figure, unit, measure in figures:
        found, ours = (frame.select(measure).row(0, named=True) for frame in both)
        rows = ((name, None, found[name], ours[name]) for name in real.columns)
        measured.append(points(figure, unit, rows))
    return RawComparison(
        kind="mass cytometry",
        lead=f"{lead} Values are arcsinh(x / 5). Virtual: six tubes, two average donors in three "
        "batches, dead cells and doublets included.",
        rows=(RowsBeside(real, virtual, units, is_correlated=True),),
        points=pl.concat(measured),
    )
