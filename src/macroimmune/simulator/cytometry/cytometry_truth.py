"""What is true of the tubes of a virtual study: responses, fractions, spillover, batches."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from macroimmune.simulator.cytometry.batches import draw_batch
from macroimmune.simulator.cytometry.donors import draw_donor, response_of
from macroimmune.simulator.cytometry.event_labels import KINDS
from macroimmune.simulator.cytometry.panels import panel_of
from macroimmune.simulator.cytometry.spillover import spillover_matrix
from macroimmune.simulator.cytometry.stimulation import base_response
from macroimmune.simulator.cytometry.wells import Well, is_stimulated, kind_shares
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan.cytometry_plan import STIMULUS_NAMES, CytometryPlan

__all__ = ["cytometry_truth"]


def cytometry_truth(
    seed: int, plan: CytometryPlan, wells: Sequence[Well]
) -> dict[str, pl.DataFrame]:
    """Return the tables of truth by file name.

    Parameters
    ----------
    seed : int
    plan : CytometryPlan
    wells : sequence of Well

    Returns
    -------
    tables : dict from file name to DataFrame
        `cytometry_responses.csv`: donor x panel x stimulus x leaf x marker; shift of a cell that
        answers, share of cells that do (that make the cytokine), mean shift of the population, on
        the arcsinh scale before batch and detector. `cytometry_fractions.csv`: of the cells of
        each file. `cytometry_events.csv`: shares of the kinds of events, whether a stimulus
        reached the cells. `cytometry_batches.csv`, `cytometry_spillover.csv`.
    """
    return {
        "cytometry_responses.csv": _responses(seed, plan, wells),
        "cytometry_fractions.csv": _fractions(wells),
        "cytometry_events.csv": _kinds(plan, wells),
        "cytometry_batches.csv": _batches(seed, plan, wells),
        "cytometry_spillover.csv": _spillover(plan),
    }


def _responses(seed: int, plan: CytometryPlan, wells: Sequence[Well]) -> pl.DataFrame:
    once = {(well.donor, well.panel): well.ifn_responsiveness for well in wells}
    used = {(well.panel, well.stimulus) for well in wells} - {
        (panel, STIMULUS_NAMES[0]) for panel in plan.panels
    }
    frames = []
    for (donor, name), responsiveness in once.items():
        panel = panel_of(name)
        drawn = draw_donor(seed, plan, panel, donor, responsiveness)
        for stimulus in plan.stimuli:
            if (name, stimulus) not in used:
                continue
            base = base_response(panel, stimulus)
            rows, columns = np.nonzero((base.shift != 0) | (base.positive > 0))
            response = response_of(drawn, plan, panel, stimulus)
            share = np.where(np.isnan(response.positive), plan.responding_cells, response.positive)
            frames.append(
                pl.DataFrame({
                    "donor": [donor] * len(rows),
                    "panel": [name] * len(rows),
                    "stimulus": [stimulus] * len(rows),
                    "leaf": np.array(list(LEAVES))[rows],
                    "antigen": np.array([item.antigen for item in panel.channels])[columns],
                    "is_meant": base.is_reported[columns],
                    "shift": response.shift[rows, columns],
                    "share": share[rows, columns],
                    "mean_shift": response.mean_shift[rows, columns],
                })
            )
    return pl.concat(frames) if frames else pl.DataFrame()


def _fractions(wells: Sequence[Well]) -> pl.DataFrame:
    n_leaves = len(LEAVES)
    return pl.DataFrame({
        "file": np.repeat([well.file for well in wells], n_leaves),
        "leaf": list(LEAVES) * len(wells),
        "fraction": np.concatenate([well.fractions for well in wells] or [np.empty(0)]),
    })


def _kinds(plan: CytometryPlan, wells: Sequence[Well]) -> pl.DataFrame:
    shares = [kind_shares(plan, panel_of(well.panel), well.stimulus) for well in wells]
    columns = np.array(shares).reshape(len(wells), len(KINDS))
    return pl.DataFrame({
        "file": [well.file for well in wells],
        "is_stimulated": [is_stimulated(plan, well) for well in wells],
        **{kind: columns[:, place] for place, kind in enumerate(KINDS)},
    })


def _batches(seed: int, plan: CytometryPlan, wells: Sequence[Well]) -> pl.DataFrame:
    rows: list[tuple[object, ...]] = []
    for batch in sorted({well.batch for well in wells}):
        for name in plan.panels:
            panel = panel_of(name)
            shift = draw_batch(seed, plan, panel, batch)
            rows.extend(
                (f"B{batch + 1:02}", name, channel.name, channel.antigen, staining, gain)
                for channel, staining, gain in zip(
                    panel.channels, shift.staining.tolist(), shift.log_gain.tolist(), strict=True
                )
                if channel.role == "marker"
            )
    columns = ["batch", "panel", "channel", "antigen", "staining_shift", "log_gain"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _spillover(plan: CytometryPlan) -> pl.DataFrame:
    rows: list[tuple[object, ...]] = []
    for name in plan.panels:
        panel = panel_of(name)
        names = [panel.channels[place].name for place in panel.dyes]
        matrix = spillover_matrix(panel, plan.spillover).tolist()
        rows.extend(
            (name, dye, detector, share)
            for dye, row in zip(names, matrix, strict=True)
            for detector, share in zip(names, row, strict=True)
        )
    schema = {"panel": pl.String, "dye": pl.String, "detector": pl.String, "share": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")
