"""Single-cell RNA of a virtual study as the laboratory delivers it, with its truth."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from scipy import sparse

from macroimmune.formats import AnnotatedMatrix, write_h5ad, write_tenx_matrix
from macroimmune.formats.h5ad import load_h5py
from macroimmune.formats.tenx_matrix import TENX_FILES
from macroimmune.simulator.cells.expression_cells import draw_well_cells
from macroimmune.simulator.cells.expression_profiles import (
    STATES,
    expression_profiles,
    interferon_alpha_genes,
)
from macroimmune.simulator.cells.study_section import matrix_section
from macroimmune.simulator.cells.wells import Well, draw_wells
from macroimmune.simulator.delivery import Delivery
from macroimmune.simulator.file_tasks import FileTask
from macroimmune.simulator.people import LEAVES, Outcomes, People, Samples
from macroimmune.simulator.plan import ExpressionPlan, StudyPlan

__all__ = [
    "ExpressionFile",
    "draw_expression_file",
    "expression_delivery",
    "write_expression_file",
]

_LABELS = "cell_labels.csv"
# As the plan says of its conditions.
_MINUTES = 360


@dataclass(frozen=True, slots=True, eq=False)
class ExpressionFile:
    """One h5ad file, or one folder of 10x, before it is drawn."""

    seed: int
    plan: ExpressionPlan
    wells: tuple[Well, ...]


def write_expression_file(file: ExpressionFile, targets: tuple[Path, ...]) -> None:
    """Write the counts of some wells, and a row of truth per cell as Parquet.

    Parameters
    ----------
    file : ExpressionFile
    targets : Paths
        The truth comes last. Before it the h5ad file; or matrix, barcodes and features as 10x has
        them and the CSV of what the laboratory knows of the cells.

    Raises
    ------
    InputError
        If an h5ad file is to be written and h5py is not installed.
    """
    matrix, truth = draw_expression_file(file)
    if file.plan.file_format == "h5ad":
        write_h5ad(targets[0], matrix)
    else:
        write_tenx_matrix((targets[0], targets[1], targets[2]), matrix)
        labels = matrix.obs.cast(pl.String)
        labels.insert_column(0, pl.Series("barcode", matrix.obs_names)).write_csv(targets[3])
    truth.write_parquet(targets[-1])


def draw_expression_file(file: ExpressionFile) -> tuple[AnnotatedMatrix, pl.DataFrame]:
    """Return the counts of some wells with what the laboratory knows, and a row of truth per cell.

    Parameters
    ----------
    file : ExpressionFile
    """
    cells = [draw_well_cells(file.seed, file.plan, well) for well in file.wells]
    lengths = [len(one.barcodes) for one in cells]
    barcodes = tuple(barcode for one in cells for barcode in one.barcodes)
    obs = _obs(file.wells, lengths).hstack(pl.concat(one.labels for one in cells))
    genes = expression_profiles(file.plan.genes).genes
    counts = sparse.csr_array(sparse.vstack([one.counts for one in cells], format="csr"))
    var = pl.DataFrame({"feature_types": np.full(len(genes), "Gene Expression")})
    matrix = AnnotatedMatrix(counts, barcodes, genes, obs.cast(pl.Categorical), var)
    truth = pl.concat(one.truth for one in cells)
    truth.insert_column(0, pl.Series("barcode", barcodes))
    return matrix, truth


def _obs(wells: Sequence[Well], lengths: Sequence[int]) -> pl.DataFrame:
    """Return a row per cell with what the laboratory knows of its well."""
    known = {
        "sample": [well.sample_id for well in wells],
        "donor": [well.participant_id for well in wells],
        "condition": [well.condition for well in wells],
        "visit": [well.visit for well in wells],
        "batch": [f"batch {well.batch}" for well in wells],
        "library": [well.library for well in wells],
    }
    return pl.DataFrame({
        name: np.repeat(np.array(values), lengths) for name, values in known.items()
    })


def expression_delivery(
    plan: StudyPlan, people: People, samples: Samples, outcomes: Outcomes
) -> Delivery:
    """Return single-cell RNA of the people and draws that the plan names.

    Parameters
    ----------
    plan : StudyPlan
        Its section `expression`.
    people : People
    samples : Samples
    outcomes : Outcomes

    Returns
    -------
    delivery : Delivery
        `single_cell_samples.csv` lists samples and files, `single_cell_libraries.csv` the wells;
        h5ad files of raw counts, or folders of 10x, below `single_cell`; below `truth`: cells,
        wells, the response of every population and gene. Empty where nothing is to be written.

    Raises
    ------
    InputError
        If the plan names an unknown visit, or h5py is needed and not installed.
    """
    if not plan.expression.is_written:
        return Delivery()
    wells = draw_wells(plan, people, samples, outcomes)
    if not wells:
        return Delivery()
    if plan.expression.file_format == "h5ad":
        # Told before anything is written.
        load_h5py()
    groups = _files(plan.expression, wells)
    tasks = tuple(
        FileTask(
            (*_paths(name, plan.expression), f"truth/single_cell/{Path(name).stem}.parquet"),
            write_expression_file,
            ExpressionFile(plan.seed, plan.expression, members),
        )
        for name, members in groups.items()
    )
    return Delivery(
        tables={
            "single_cell_samples.csv": _samples(groups, plan.expression),
            "single_cell_libraries.csv": _libraries(groups),
        },
        tasks=tasks,
        truth={
            "single_cell_wells.csv": _true_wells(wells),
            "single_cell_response.csv": _true_response(wells),
            "single_cell_genes.csv": _true_genes(plan.expression),
        },
        study=matrix_section("expression", "single_cell_samples.csv"),
    )


def _files(plan: ExpressionPlan, wells: Sequence[Well]) -> dict[str, tuple[Well, ...]]:
    """Return the wells of each file or folder, by its path."""
    if plan.file_format == "10x":
        return {f"single_cell/{well.library}": (well,) for well in wells}
    if plan.files == "study":
        return {"single_cell/all_batches.h5ad": tuple(wells)}
    batches = dict.fromkeys(well.batch for well in wells)
    return {
        f"single_cell/batch_{batch}.h5ad": tuple(well for well in wells if well.batch == batch)
        for batch in batches
    }


def _paths(name: str, plan: ExpressionPlan) -> tuple[str, ...]:
    if plan.file_format == "h5ad":
        return (name,)
    return tuple(f"{name}/{file}" for file in (*TENX_FILES, _LABELS))


def _samples(groups: dict[str, tuple[Well, ...]], plan: ExpressionPlan) -> pl.DataFrame:
    """Return one row per sample in a file; the wells of a sample are told apart in obs."""
    rows = {(name, well.sample_id): well for name, members in groups.items() for well in members}
    is_h5ad = plan.file_format == "h5ad"

    def told(word: str) -> pl.Series:
        return pl.Series([word if is_h5ad else None for _ in rows], dtype=pl.String)

    stimuli = [None if is_h5ad else well.condition for well in rows.values()]
    labels = [None if is_h5ad else f"{name}/{_LABELS}" for name, _ in rows]
    return pl.DataFrame({
        "Sample": [well.sample_id for well in rows.values()],
        "Patient": [well.participant_id for well in rows.values()],
        "Day": [well.day for well in rows.values()],
        "Batch": [well.batch for well in rows.values()],
        "File": [name for name, _ in rows],
        "Format": [plan.file_format for _ in rows],
        "Column of samples": told("sample"),
        "Stimulus": pl.Series(stimuli, dtype=pl.String),
        "Minutes": [_MINUTES for _ in rows],
        "Column of stimuli": told("condition"),
        "Column of populations": ["cell_type" for _ in rows],
        "Labels": pl.Series(labels, dtype=pl.String),
    })


def _libraries(groups: dict[str, tuple[Well, ...]]) -> pl.DataFrame:
    rows = sorted(
        ((name, well) for name, members in groups.items() for well in members),
        key=lambda row: row[1].number,
    )
    return pl.DataFrame({
        "Library": [well.library for _, well in rows],
        "Patient": [well.participant_id for _, well in rows],
        "Visit": [well.visit for _, well in rows],
        "Day": [well.day for _, well in rows],
        "Stimulus": [well.condition for _, well in rows],
        "Batch": [well.batch for _, well in rows],
        "File": [name for name, _ in rows],
    })


def _true_wells(wells: Sequence[Well]) -> pl.DataFrame:
    return pl.DataFrame({
        "library": [well.library for well in wells],
        "participant_id": [well.participant_id for well in wells],
        "sample_id": [well.sample_id for well in wells],
        "condition": [well.condition for well in wells],
        "exhausted_share_of_effector_cd8": [round(well.exhausted, 6) for well in wells],
        "ncr_factor_in_nk": [well.ncr for well in wells],
    })


def _true_response(wells: Sequence[Well]) -> pl.DataFrame:
    """Return the response of each population in each stimulated well."""
    stimulated = [well for well in wells if well.condition != "unstimulated"]
    return pl.DataFrame(
        {
            "library": [well.library for well in stimulated for _ in LEAVES],
            "participant_id": [well.participant_id for well in stimulated for _ in LEAVES],
            "leaf": [leaf for _ in stimulated for leaf in LEAVES],
            "response": [float(value) for well in stimulated for value in well.response],
        },
        schema_overrides={"response": pl.Float64, "leaf": pl.String},
    ).with_columns(pl.col("response").round(6))


def _true_genes(plan: ExpressionPlan) -> pl.DataFrame:
    """Return the change of each gene where the response is 1, and whether nothing moves it."""
    known = expression_profiles(plan.genes)
    myeloid = known.responses[STATES.index("classical_monocyte")]
    lymphoid = known.responses[STATES.index("naive_cd4")]
    signature = set(interferon_alpha_genes())
    return pl.DataFrame({
        "gene": known.genes,
        "is_interferon_alpha_hallmark": [gene in signature for gene in known.genes],
        "log_change_myeloid": myeloid,
        "log_change_lymphoid": lymphoid,
        "is_null": (plan.response == 0.0) | ((myeloid == 0.0) & (lymphoid == 0.0)),
    })
