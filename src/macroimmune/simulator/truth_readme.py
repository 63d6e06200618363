"""One page that says what each file of truth is."""

import textwrap
from collections import Counter

from macroimmune.simulator.virtual_study import VirtualStudy

__all__ = ["truth_readme"]

_WIDTH = 96
_MEANINGS = {
    "participants.csv": (
        "One row per participant: true values before treatment (counts in 10^9/L, haemoglobin "
        "and albumin in g/L, LDH in U/L, CRP in mg/L, cytokines in pg/mL), responsiveness to "
        "interferon in SD of healthy people, and when progression and death would come, seen or "
        "not."
    ),
    "frequencies.csv": (
        "One row per blood draw: the true fraction of each smallest population among mononuclear "
        "cells; a row sums to 1."
    ),
    "model_inputs.csv": (
        "One row per participant: the inputs of the mechanistic model that make this person, and "
        "why the run ended early, if it did. Effects on outcome follow from them; none is stated."
    ),
    "model_left_out.csv": (
        "Virtual patients who were looked at before treatment and left out, by reason."
    ),
    "serum_proteins.csv": (
        "One row per blood draw and cytokine: its true level in pg/mL, and the natural logarithm "
        "of what its plate multiplies it by; tubes that are missing from the table too."
    ),
    "cytometry_responses.csv": (
        "One row per donor, panel, stimulus, population and marker that moves: the shift of a cell "
        "that answers and the mean shift of the population (arcsinh scale, before batch and "
        "detector), the share of cells that answer or make the cytokine, and whether the stimulus "
        "is meant to move the marker."
    ),
    "cytometry_fractions.csv": (
        "One row per FCS file and population: its true fraction of the recorded cells. The "
        "myeloid panel records one in ten of the T and B cells, so its fractions are not those of "
        "frequencies.csv."
    ),
    "cytometry_events.csv": (
        "One row per FCS file: whether a stimulus reached the cells, and the expected share of "
        "each kind of event."
    ),
    "cytometry_batches.csv": (
        "One row per batch and channel: shift of the staining (arcsinh scale) and natural "
        "logarithm of the detector's gain."
    ),
    "cytometry_spillover.csv": "One row per dye and detector: the share of its light seen there.",
    "true_effects.csv": (
        "One row per feature and endpoint: the effect that generated the data (conditional, all "
        "others held fixed), what a univariable model of the true values sees (marginal; with "
        "several arms each has its own baseline), and whether the feature does nothing by itself: "
        "its marginal ratio is still not 1 where it goes with, or shares a count with, a feature "
        "that acts. Per SD is per SD of the true values of patients. Errors of measurement pull "
        "estimates from the tables further towards 1."
    ),
    "effects_by_arm.csv": (
        "The same within each arm, with the ratio of each effect to that in the first arm "
        "(interaction), and the arms themselves against the first (feature `treatment`)."
    ),
    "single_cell_wells.csv": (
        "One row per library of single-cell RNA: the share of effector CD8 T cells that are "
        "cytolytic and exhausted, and the factor on NCR1, NCR2 and NCR3 in NK cells."
    ),
    "single_cell_response.csv": (
        "One row per stimulated library and smallest population: its response to interferon, 1 "
        "being that of published cells."
    ),
    "single_cell_genes.csv": (
        "One row per gene: the natural logarithm of its change under interferon where the response "
        "is 1, in monocytes and dendritic cells and in lymphocytes; null genes do not move."
    ),
    "chromatin_genes.csv": (
        "One row per gene: how much its activity rises, natural logarithm, per SD of what the "
        "resting state encodes; null genes carry no signal."
    ),
    "chromatin_people.csv": (
        "One row per participant: responsiveness and what the chromatin encodes of it, in SD."
    ),
    "taxa_effects.csv": (
        "One row per taxon: the natural logarithm of how much more responders have of it, and of "
        "how much larger its share of all taxa is in them. Nothing moves null taxa, but their "
        "shares fall where those of others rise: only ratios of taxa are silent."
    ),
    "taxa_compositions.csv": (
        "One row per stool sample: true shares of the taxa before extraction and sequencing, and "
        "whether an antibiotic had thinned them."
    ),
}
# What lies in a folder.
_FOLDERS = {
    "cells": (
        "one per FCS file, a row per event in its order: live, dead, doublet, debris or bead, its "
        "population and that of the second cell of a doublet, and whether it answers the stimulus"
    ),
    "single_cell": (
        "one per file of single-cell RNA, a row per cell by its barcode: its true population, "
        "whether it is exhausted or a doublet and of which other population, its expected counts, "
        "the share of free RNA and its response to interferon"
    ),
    "clones": (
        "one per participant, a row per T cell clone that some library caught, that treatment "
        "changes, or that is in blood and tumour: its TRB chain, phenotypes, fold on treatment "
        "(against clones of its phenotype that nothing moves), "
        "whether it expands, shrinks, is novel or shared, and its share of all T cells at every "
        "draw"
    ),
    "repertoires": (
        "one per participant, a row per blood draw or biopsy: true Hill numbers and clonality of "
        "all clones, also of the millions that no library caught, so they differ from those of a "
        "sample; shares of expanding, novel and shared clones, and the overlap with the other "
        "compartment"
    ),
}


def truth_readme(study: VirtualStudy) -> str:
    """Return the text that lies beside the truth of a study, whatever was written."""
    plan = study.plan
    parts = [
        f"Truth of a virtual study: {plan.patients} patients, {plan.healthy} healthy people, seed "
        f"{plan.seed}.",
        "Nobody here is real. No analysis reads this folder: it says what an analysis should find. "
        "plan.toml, beside study.toml, states everything that was drawn from and makes the same "
        "files again.",
    ]
    if plan.troubles:
        parts.append(
            f"Planted into the files, not into the truth: {', '.join(plan.troubles)}. "
            "macroimmune check should name them."
        )
    lines = ["\n".join(textwrap.wrap(part, _WIDTH, break_on_hyphens=False)) for part in parts]
    for name, frame in study.truth.items():
        columns = f"{frame.height} rows; columns: {', '.join(frame.columns)}."
        meaning = " ".join(part for part in (_MEANINGS.get(name, ""), columns) if part)
        lines.append(_entry(name, meaning))
    lines += _effects(study)
    lines += _folders(study)
    return "\n\n".join(lines) + "\n"


def _effects(study: VirtualStudy) -> list[str]:
    """Return what is said of the files of effects."""
    paths = (path.removeprefix("truth/") for task in study.files.tasks for path in task.paths)
    return [_entry(name, _MEANINGS[name]) for name in paths if name in _MEANINGS]


def _entry(name: str, meaning: str) -> str:
    indent = "  "
    text = textwrap.fill(
        meaning, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )
    return f"{name}\n{text}"


def _folders(study: VirtualStudy) -> list[str]:
    """Return a line for each folder of truth of single cells, clones or the like."""
    paths = [path for task in study.files.tasks for path in task.paths]
    inside = [path.removeprefix("truth/") for path in paths if path.startswith("truth/")]
    inside = [path for path in inside if path not in _MEANINGS]
    counted = Counter(path.rpartition("/")[0] or path for path in inside)
    first = {path.rpartition("/")[0] or path: path for path in reversed(inside)}
    return [
        _entry(
            folder,
            f"{number} files, {_FOLDERS.get(folder, 'each beside a raw file of that name')}, "
            f"such as {first[folder]}",
        )
        for folder, number in counted.items()
    ]
