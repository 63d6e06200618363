"""Flow and mass cytometry of a virtual study, as a core facility hands it over."""

import polars as pl

from macroimmune.simulator.cytometry.cytometry_truth import cytometry_truth
from macroimmune.simulator.cytometry.panels import Channel, panel_of
from macroimmune.simulator.cytometry.single_stains import SingleStainTask, write_single_stain
from macroimmune.simulator.cytometry.stimulation import stimulus_row
from macroimmune.simulator.cytometry.tube_files import TubeTask, write_tube
from macroimmune.simulator.cytometry.tube_list import CONTROL, ListedWell, listed_wells, slug
from macroimmune.simulator.delivery import Delivery
from macroimmune.simulator.file_tasks import FileTask
from macroimmune.simulator.people import Outcomes, People, Samples
from macroimmune.simulator.plan import CytometryPlan, StudyPlan

__all__ = ["cytometry_delivery"]

_FOLDER = "cytometry/fcs"
_STUDY = f"""
[cytometry]
file = "cytometry/files.csv"
folder = "{_FOLDER}"
raw_file = "File"
sample_id = "Sample"
panel = "Panel"
stimulus = "Stimulus"
stimulus_minutes = {{ column = "Minutes", unit = "minute" }}
batch = "Batch"

[panels]
file = "cytometry/panels.csv"
panel = "Panel"
channel = "Channel"
antigen = "Antigen"
# A marker types cells, or is moved by a stimulus, as the vocabulary of antigens has it.
role = {{ column = "Role", values = {{ dna_1 = "dna", dna_2 = "dna", fsc_a = "scatter", \
fsc_h = "scatter", fsc_w = "scatter", ssc_a = "scatter" }}, missing = ["marker"] }}
"""
# Tubes of compensation beads stand in the same list; they are no samples of blood.
_CONTROLS = f"""
[cytometry_controls]
file = "cytometry/controls.csv"
folder = "{_FOLDER}"
keep = {{ Control = ["{CONTROL}"] }}
raw_file = "File"
control = "Control"
panel = "Panel"
stimulus = "Stimulus"
stimulus_minutes = {{ column = "Minutes", unit = "minute" }}
batch = "Batch"
"""


def cytometry_delivery(
    plan: StudyPlan,
    people: People,
    samples: Samples,
    outcomes: Outcomes,
) -> Delivery:
    """Return the list of FCS files, the tasks that write them, and what is true of them.

    Parameters
    ----------
    plan : StudyPlan
    people : People
    samples : Samples
    outcomes : Outcomes
        Not used: cells answer the same whatever comes later.

    Returns
    -------
    delivery : Delivery
        Empty where the plan writes no FCS files.

    Raises
    ------
    InputError
        If a visit or a batch of the plan is not there.
    """
    settings = plan.cytometry
    if not settings.is_written:
        return Delivery()
    listed = listed_wells(settings, people, samples)
    stains = _single_stains(plan.seed, settings, listed)
    tasks = [
        FileTask(
            (f"{_FOLDER}/{item.well.file}.fcs", f"truth/cells/{item.well.file}.parquet"),
            write_tube,
            TubeTask(plan.seed, settings, item.well),
        )
        for item in listed
    ]
    tasks.extend(
        FileTask((f"{_FOLDER}/{stain.file}.fcs",), write_single_stain, stain) for stain in stains
    )
    return Delivery(
        tables={
            "cytometry/files.csv": _manifest(listed),
            "cytometry/controls.csv": _controls(listed, stains),
            "cytometry/panels.csv": _panels(settings),
        },
        tasks=tuple(tasks),
        truth=cytometry_truth(plan.seed, settings, [item.well for item in listed]),
        study=_STUDY + _CONTROLS * settings.bridging_control,
    )


def _single_stains(
    seed: int, settings: CytometryPlan, listed: list[ListedWell]
) -> list[SingleStainTask]:
    if not settings.single_stains:
        return []
    tubes = sorted({(item.well.batch, item.well.panel) for item in listed})
    return [
        SingleStainTask(seed, settings, name, batch, dye, _stain_file(name, batch, channel.name))
        for batch, name in tubes
        for dye, channel in enumerate(_dyes(name))
    ]


def _dyes(name: str) -> list[Channel]:
    panel = panel_of(name)
    return [panel.channels[place] for place in panel.dyes]


def _stain_file(panel: str, batch: int, dye: str) -> str:
    return f"Compensation_{_batch(batch)}_{slug(panel_of(panel).title)}_{slug(dye)}"


def _batch(batch: int) -> str:
    return f"B{batch + 1:02}"


def _manifest(listed: list[ListedWell]) -> pl.DataFrame:
    """Return one row per stained tube of a participant, under the headings of a core facility."""
    rows: list[tuple[object, ...]] = [
        (
            f"{item.well.file}.fcs",
            item.well.donor,
            item.sample,
            item.visit,
            item.day,
            *_stained(item),
            _batch(item.well.batch),
        )
        for item in listed
        if item.sample
    ]
    schema = {
        "File": pl.String, "Patient": pl.String, "Sample": pl.String, "Visit": pl.String,
        "Day": pl.Int64, "Panel": pl.String, "Stimulus": pl.String, "Minutes": pl.Int64,
        "Batch": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _stained(item: ListedWell) -> tuple[str, str, int]:
    """Return panel, stimulus and minutes of a tube."""
    row = stimulus_row(item.well.stimulus)
    return panel_of(item.well.panel).title, row["label"], int(row["minutes"])


def _controls(listed: list[ListedWell], stains: list[SingleStainTask]) -> pl.DataFrame:
    """Return one row per tube that is no participant's."""
    rows: list[tuple[object, ...]] = [
        (f"{item.well.file}.fcs", item.well.donor, *_stained(item), None, _batch(item.well.batch))
        for item in listed
        if not item.sample
    ]
    rows.extend(
        (
            f"{stain.file}.fcs",
            "Compensation beads",
            panel_of(stain.panel).title,
            "none",
            0,
            _dyes(stain.panel)[stain.dye].name,
            _batch(stain.batch),
        )
        for stain in stains
    )
    schema = {
        "File": pl.String, "Control": pl.String, "Panel": pl.String, "Stimulus": pl.String,
        "Minutes": pl.Int64, "Dye": pl.String, "Batch": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _panels(settings: CytometryPlan) -> pl.DataFrame:
    """Return one row per channel of each panel."""
    rows: list[tuple[object, ...]] = [
        (panel.title, channel.name, label, channel.antigen or None, channel.role)
        for panel in map(panel_of, settings.panels)
        for channel, label in zip(panel.channels, panel.labels(), strict=True)
    ]
    columns = ["Panel", "Channel", "Label", "Antigen", "Role"]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
