"""The events of an FCS file, compensated and transformed."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.events import Events
from macroimmune.cytometry.opening.channel_scales import ScaleChoice
from macroimmune.cytometry.opening.opening_plan import OpeningPlan, opening_plan
from macroimmune.formats import Spillover, read_fcs, read_fcs_head
from macroimmune.study.panels import Panel

__all__ = ["open_events"]


def open_events(
    path: Path | str,
    panel: Panel | None = None,
    *,
    transform: ScaleChoice = "auto",
    cofactor: float | None = None,
    spillover: Spillover | None = None,
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
    spillover : Spillover or None
        In the place of the file's own.

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
    head = read_fcs_head(path)
    plan = opening_plan(
        head, path.name, panel, transform=transform, cofactor=cofactor, spillover=spillover
    )
    values, n_missing = _prepared(read_fcs(path).events, plan)
    remarks = plan.remarks
    if n_missing:
        remarks = (*remarks, f"{n_missing} values are not finite and count as missing")
    return Events(
        file=path.name,
        panel=plan.panel,
        values=values,
        transforms=plan.transforms,
        technology=plan.technology,
        is_compensated=plan.compensation.is_applied,
        ranges=plan.ranges,
        remarks=remarks,
        transform=plan.words,
        compensation=plan.compensation.words,
    )


def _prepared(
    stored: NDArray[np.float32 | np.float64], plan: OpeningPlan
) -> tuple[NDArray[np.float32], int]:
    events = np.array(stored, np.float64)
    for step in plan.steps:
        column = events[:, step.channel]
        if step.decades:
            column[:] = step.zero * 10 ** (step.decades * column / step.top)
        else:
            column /= step.gain
    columns = plan.compensation.columns
    if columns.size:
        events[:, columns] = events[:, columns] @ plan.compensation.inverse
    values = np.empty((len(events), len(plan.columns)), np.float32, order="F")
    for target, (column, transform) in enumerate(zip(plan.columns, plan.transforms, strict=True)):
        one = events[:, column]
        values[:, target] = (
            np.arcsinh(one / transform.cofactor) if transform.kind == "arcsinh" else one
        )
    is_missing = ~np.isfinite(values)
    values[is_missing] = np.nan
    return values, int(is_missing.sum())
