"""Virtual wells of effector CD4 T cells, and what endless cells of the same donors would answer.

The truth of a measured difference is not the shift that a donor's cells were given: detectors end
at zero, a share of the cells does not answer and means of arcsinh are no means of signals. It is
what very many cells of this donor give in the same kind of assay, by their true labels.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl

from macroimmune.response import (
    ScoredResponses,
    WellResponse,
    marker_levels,
    paired_responses,
)
from macroimmune.results import conform
from macroimmune.simulator.cytometry.panels import panel_of
from macroimmune.simulator.cytometry.stimulation import stimulus_row
from macroimmune.simulator.cytometry.tube_events import draw_tube
from macroimmune.simulator.cytometry.tube_list import CONTROL, ListedWell, listed_wells
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan import CytometryPlan, StudyPlan
from macroimmune.simulator.virtual_study import VirtualStudy
from macroimmune.study import StimulationSettings

EFFECTORS = ("em_cd4", "temra_cd4")
LISTS = {
    "ifn1_early": ("ifn_early", ("pSTAT1", "pSTAT3", "pSTAT5")),
    "ifn1_induced": ("ifn_late", ("MX1", "IFIT1", "ISG15", "BST2", "PDL1")),
}
_MARKERS = tuple(name for _, names in LISTS.values() for name in names)
_PANEL = "mass_t_cell"
_NO_DEBRIS = {"dead": 0.0, "doublets": 0.0, "debris": 0.0, "beads": 0.0}
_NO_BATCHES = {"batch_shift": 0.0, "batch_gain": 0.0}


def study_plan(
    patients: int, healthy: int, seed: int, *, events: int = 6600, is_written: bool = True
) -> StudyPlan:
    """Return the plan of a study with both interferon wells of baseline samples.

    Of 6,600 events some 500 are effector CD4 T cells.
    """
    return StudyPlan(
        patients=patients,
        healthy=healthy,
        seed=seed,
        cytometry=CytometryPlan(
            is_written=is_written,
            panels=(_PANEL,),
            stimuli=("unstimulated", *(stimulus for stimulus, _ in LISTS.values())),
            participants=max(patients, healthy),
            visits=("baseline",),
            events_per_file=events,
        ),
    )


def wells_of(study: VirtualStudy) -> list[ListedWell]:
    """Return the wells of a virtual study."""
    return listed_wells(study.plan.cytometry, study.people, study.samples)


def effector_cells(plan: StudyPlan, item: ListedWell, n_cells: int, draw: str) -> np.ndarray:
    """Return arcsinh(x / 5) of effector CD4 T cells of a well, shape (cells, markers)."""
    is_effector = np.isin(list(LEAVES), EFFECTORS)
    fractions = np.where(is_effector, item.well.fractions, 0.0)
    well = replace(item.well, file=item.well.file + draw, fractions=fractions / fractions.sum())
    settings = replace(plan.cytometry, events_per_file=n_cells, **_NO_DEBRIS)
    panel = panel_of(_PANEL)
    antigens = [channel.antigen for channel in panel.channels]
    events = draw_tube(plan.seed, settings, well).events
    places = [antigens.index(name) for name in _MARKERS]
    return np.arcsinh(events[:, places] / panel.cofactor).astype(np.float32)


def pairs_of(wells: list[ListedWell]) -> pl.DataFrame:
    """Return the table `stimulation_pairs` of wells."""
    rows = []
    for item in wells:
        stimulus, well = stimulus_row(item.well.stimulus), item.well
        if well.stimulus == "unstimulated":
            continue
        is_control = well.donor == CONTROL
        rows.append({
            "participant_id": "" if is_control else well.donor,
            "control": well.donor if is_control else "",
            "sample_id": item.sample,
            "days_from_treatment_start": item.day,
            "modality": "cytometry",
            "panel": _PANEL,
            "batch": f"B{well.batch + 1:02d}",
            "stimulus": stimulus["label"],
            "stimulus_id": "ifn_1",
            "stimulus_minutes": float(stimulus["minutes"]),
            "stimulus_dose": None,
            "stimulus_dose_unit": "",
            "stimulated_file": well.file,
            "unstimulated_file": well.file.replace(well.stimulus.replace("_", "-"), "unstimulated"),
            "same_batch": True,
            "status": "",
        })
    return conform("stimulation_pairs", pl.DataFrame(rows, infer_schema_length=None))


def labelled_responses(plan: StudyPlan, wells: list[ListedWell], n_cells: int) -> pl.DataFrame:
    """Return the table `stimulation_responses` of effector cells that are known by their labels."""
    by_file = {item.well.file: item for item in wells}

    def read(file: str) -> WellResponse:
        values = effector_cells(plan, by_file[file], n_cells, "")
        levels = {
            ("effector_cd4", name): marker_levels(np.ascontiguousarray(values[:, place]))
            for place, name in enumerate(_MARKERS)
        }
        return WellResponse(file, {"effector_cd4": n_cells}, levels, "arcsinh(x / 5)")

    return paired_responses(
        pairs_of(wells), read, settings=StimulationSettings(), rng=np.random.default_rng(plan.seed)
    ).responses


def endless_differences(
    plan: StudyPlan, wells: list[ListedWell], n_cells: int, *, in_same_batch: bool
) -> pl.DataFrame:
    """Return the differences of means of very many cells of each participant.

    Parameters
    ----------
    plan : StudyPlan
    wells : list of ListedWell
    n_cells : int
        Other cells than those of `labelled_responses`.
    in_same_batch : bool
        Whether in the batch of the sample; else in an average one.
    """
    if not in_same_batch:
        plan = replace(plan, cytometry=replace(plan.cytometry, **_NO_BATCHES))
    means: dict[tuple[str, str], np.ndarray] = {
        (item.well.donor, item.well.stimulus): effector_cells(plan, item, n_cells, "+").mean(axis=0)
        for item in wells
        if item.well.donor != CONTROL
    }
    return pl.DataFrame(list(_differences(means)))


def _differences(means: dict[tuple[str, str], np.ndarray]) -> Iterator[dict[str, object]]:
    for (donor, stimulus), levels in means.items():
        for listed, (name, markers) in LISTS.items():
            if name != stimulus:
                continue
            moved = levels - means[donor, "unstimulated"]
            for marker in markers:
                yield {
                    "participant_id": donor,
                    "marker_list": listed,
                    "marker": marker,
                    "true_difference": float(moved[_MARKERS.index(marker)]),
                }


def beside_truth(scored: ScoredResponses, true: pl.DataFrame, study: VirtualStudy) -> pl.DataFrame:
    """Return the scores of participants beside `truth`, scored against the same reference.

    Beside them, in `responsiveness`, what the donors were drawn with, in SD.
    """
    reference = scored.reference.filter(
        (pl.col("population") == "effector_cd4") & pl.col("scaled_mad").is_not_null()
    ).select("marker_list", "marker", "median", "scaled_mad")
    z = (pl.col("true_difference") - pl.col("median")) / pl.col("scaled_mad")
    truth = (
        true
        .join(reference, on=["marker_list", "marker"])
        .group_by("participant_id", "marker_list")
        .agg(z.mean().alias("truth"))
    )
    people = pl.DataFrame({
        "participant_id": study.people.participant_ids,
        "responsiveness": study.people.ifn_responsiveness,
        "is_patient": study.people.is_patient,
    })
    return (
        scored.responsiveness
        .filter(
            (pl.col("control") == "")
            & (pl.col("population") == "effector_cd4")
            & pl.col("score").is_not_null()
        )
        .join(truth, on=["participant_id", "marker_list"])
        .join(people, on="participant_id")
        .sort("marker_list", "participant_id")
    )


def held(rows: pl.DataFrame, level: str = "", offset: float = 0.0) -> np.ndarray:
    """Say whose interval, of 95 % or of `level` "80", holds the truth, shape (people,)."""
    truth = rows["truth"].to_numpy() + offset
    low, high = (rows[f"ci{level}_{end}"].to_numpy() for end in ("low", "high"))
    return np.asarray((low <= truth) & (truth <= high))
