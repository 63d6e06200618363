"""The events of an FCS file, compensated and transformed."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import Events, Transform
from macroimmune.cytometry.opening.channel_scales import LOGICLE_WORDS, ScaleChoice
from macroimmune.cytometry.opening.event_columns import EventBuffer, fill_columns, usual_threads
from macroimmune.cytometry.opening.logicle import fitted_logicle, put_on_logicle
from macroimmune.cytometry.opening.opening_plan import OpeningPlan, opening_plan
from macroimmune.cytometry.opening.spillover_file import read_spillover
from macroimmune.formats import Spillover, read_fcs_head
from macroimmune.study.panels import Panel

__all__ = ["open_events"]


def open_events(
    path: Path | str,
    panel: Panel | None = None,
    *,
    transform: ScaleChoice = "auto",
    cofactor: float | None = None,
    spillover: Spillover | Path | str | None = None,
    n_threads: int | None = None,
    buffer: EventBuffer | None = None,
) -> Events:
    """Return the events of the FCS file at `path`, compensated and transformed.

    Parameters
    ----------
    path : Path or str
    panel : Panel or None
        Its channels, by name, in its order; None: all channels, as the file labels them.
    transform : {"auto", "arcsinh", "logicle"}
        Of the markers; `auto` is arcsinh. Time, scatter and the length of the event stay linear.
    cofactor : float or None
        Of arcsinh(x / cofactor); None: 5 for mass, 150 for fluorescence.
    spillover : Spillover, Path, str or None
        In the place of the file's own; a path is that of a CSV, see `read_spillover`.
    n_threads : int or None
        At most; None: the cores of this process. Workers that open files beside each other take 1.
    buffer : EventBuffer or None
        Memory that is used again for the next file, whose events overwrite those of this one;
        None: memory of its own.

    Returns
    -------
    events : Events
        Values that are not finite are NaN; `remarks` tells how many there are.

    Raises
    ------
    FormatError
        If the file is damaged, or of a kind that is not supported.
    InputError
        If panel, matrix and file do not fit together.

    Notes
    -----
    Convention: logarithmic amplifiers and gains are undone first ($PnE, $PnG), then spillover is
    taken out of fluorescence, then markers are transformed. Checked against: FlowKit.
    """
    path = Path(path)
    if isinstance(spillover, Path | str):
        spillover = read_spillover(spillover)
    head = read_fcs_head(path)
    plan = opening_plan(
        head, path.name, panel, transform=transform, cofactor=cofactor, spillover=spillover
    )
    columns = (buffer or EventBuffer()).columns(len(plan.columns), head.n_events)
    n_missing = fill_columns(path, head, plan, columns, n_threads or usual_threads())
    transforms, words = _with_logicle(columns, plan)
    remarks = plan.remarks
    if n_missing:
        remarks = (*remarks, f"{n_missing} values are not finite and count as missing")
    return Events(
        file=path.name,
        panel=plan.panel,
        values=columns.T,
        transforms=transforms,
        technology=plan.technology,
        is_compensated=plan.compensation.is_applied,
        ranges=plan.ranges,
        remarks=remarks,
        transform=words,
        compensation=plan.compensation.words,
    )


def _with_logicle(
    columns: NDArray[np.float32], plan: OpeningPlan
) -> tuple[tuple[Transform, ...], str]:
    """Transform the channels that are logicle; return all transforms and the words on them."""
    transforms = list(plan.transforms)
    widths = []
    for place, (transform, top) in enumerate(zip(transforms, plan.ranges.tolist(), strict=True)):
        if transform.kind != "logicle":
            continue
        column = columns[place]
        scale = fitted_logicle(column, top)
        put_on_logicle(column, scale)
        transforms[place] = Transform("logicle", 1.0, scale.parameters)
        widths.append(scale.width)
    if not widths:
        return plan.transforms, plan.words
    return tuple(transforms), plan.words.replace(
        LOGICLE_WORDS, f"{LOGICLE_WORDS}, W {min(widths):.2f} to {max(widths):.2f}", 1
    )
