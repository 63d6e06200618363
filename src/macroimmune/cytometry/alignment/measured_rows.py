"""Rows of `batch_effects` and `batch_densities` of one panel."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.alignment.alignment import Alignment
from macroimmune.cytometry.alignment.batch_densities import batch_densities, value_grid
from macroimmune.cytometry.alignment.batch_effects import Unit, batch_effect_row, units_of
from macroimmune.cytometry.alignment.batched_file import BatchedFile
from macroimmune.results.cytometry_tables import CYTOMETRY_TABLES

__all__ = ["BATCH_SCHEMAS", "measured"]

BATCH_SCHEMAS = {
    name: CYTOMETRY_TABLES[name].schema for name in ("batch_effects", "batch_densities")
}
_OF_DONORS = "differences between the donors of the batches are in it"
_IN_SAMPLE = "judged on the files it was learned from"

Row = Mapping[str, object]


def measured(
    panel: str,
    sets: Mapping[str, Sequence[BatchedFile]],
    alignment: Alignment | None,
    why_not: str,
    *,
    rng: np.random.Generator,
) -> tuple[list[Row], list[Row]]:
    """Return the rows of one panel: batch effects, and densities for pictures.

    Parameters
    ----------
    panel : str
    sets : mapping from what is measured on to its files
        Controls, samples; an empty one gives no row. Densities are of the first that is not.
    alignment : Alignment or None
    why_not : str
        Why there is none though one was asked for.
    rng : numpy Generator
    """
    effects: list[Row] = []
    densities: list[Row] = []
    drawn = next((name for name, files in sets.items() if files), "")
    for measured_on, files in sets.items():
        units = _units(files)
        steps = {"before": units}
        if alignment is not None:
            steps["after"] = _after(units, alignment)
        remarks = _remarks(measured_on, files, alignment, why_not)
        for antigen, role in _markers(units).items():
            key = {"panel": panel, "antigen": antigen, "measured_on": measured_on}
            shown = steps if role == "lineage" else {"before": units}
            for step, those in shown.items():
                row = batch_effect_row(those, antigen, rng=rng)
                status = "; ".join(filter(None, [str(row["status"]), *remarks[step]]))
                effects.append({**key, "step": step, **row, "status": status})
            if role == "lineage" and measured_on == drawn:
                densities += _curves(key, shown)
    return effects, densities


def _remarks(
    measured_on: str, files: Sequence[BatchedFile], alignment: Alignment | None, why_not: str
) -> Mapping[str, Sequence[str]]:
    """Return by step what a reader of the figures must know."""
    always = [] if any(one.is_control for one in files) else [_OF_DONORS]
    refused = [f"not aligned: {why_not}"] if why_not else []
    learned_here = alignment is not None and alignment.learned_on == measured_on
    return {
        "before": [*always, *refused],
        "after": [*always, *([_IN_SAMPLE] if learned_here else [])],
    }


def _units(files: Sequence[BatchedFile]) -> tuple[Unit, ...]:
    return units_of(
        [one.quantiles for one in files],
        [one.batch for one in files],
        [one.quantiles.file if one.is_control else one.donor for one in files],
    )


def _after(units: Sequence[Unit], alignment: Alignment) -> tuple[Unit, ...]:
    return tuple(
        Unit(one.batch, alignment.of_quantiles(one.quantiles, one.batch))
        for one in units
        if one.batch in alignment.batches(one.quantiles.panel)
    )


def _markers(units: Sequence[Unit]) -> dict[str, str]:
    return {
        antigen: role
        for one in units
        for antigen, role in zip(one.quantiles.antigens, one.quantiles.roles, strict=True)
    }


def _curves(key: Row, steps: Mapping[str, Sequence[Unit]]) -> list[Row]:
    antigen = str(key["antigen"])
    known = {
        step: [
            (one.batch, values)
            for one in units
            if (values := one.quantiles.of(antigen)) is not None
        ]
        for step, units in steps.items()
    }
    edges = value_grid([values for pairs in known.values() for _, values in pairs])
    middles = (edges[1:] + edges[:-1]) / 2
    rows: list[Row] = []
    for step, pairs in known.items():
        grouped: dict[str, list[NDArray[np.float64]]] = {}
        for batch, values in pairs:
            grouped.setdefault(batch, []).append(values)
        for batch, density in sorted(batch_densities(grouped, edges).items()):
            rows += [
                {**key, "batch": batch, "step": step, "x": x, "density": height}
                for x, height in zip(middles.tolist(), density.tolist(), strict=True)
            ]
    return rows
