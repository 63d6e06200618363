"""Single-cell RNA of a virtual study as the laboratory delivers it, with its truth."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from scipy import sparse

from macroimmune.formats import AnnotatedMatrix, write_h5ad
from macroimmune.simulator.cells.expression_cells import draw_well_cells
from macroimmune.simulator.cells.expression_profiles import (
    STATES,
    expression_profiles,
    interferon_alpha_genes,
)
from macroimmune.simulator.cells.wells import Well, draw_wells
from macroimmune.simulator.delivery import Delivery
from macroimmune.simulator.file_tasks import FileTask
from macroimmune.simulator.people import LEAVES, Outcomes, People, Samples
from macroimmune.simulator.plan import ExpressionPlan, StudyPlan

__all__ = ["ExpressionFile", "expression_delivery", "write_expression_file"]

_SETTINGS = """
[expression]
file = "single_cell_samples.csv"
sample_id = "Sample"
days_from_treatment_start = "Day"
raw_file = "File"
sample_column = "Column of samples"
batch = "Batch"
"""


@dataclass(frozen=True, slots=True, eq=False)
class ExpressionFile:
    """One h5ad file before it is drawn."""

    seed: int
    plan: ExpressionPlan
    wells: tuple[Well, ...]


def write_expression_file(file: ExpressionFile, targets: tuple[Path, ...]) -> None:
    """Write the counts of some wells as h5ad, and a row of truth per cell as Parquet.

    Parameters
    ----------
    file : ExpressionFile
    targets : two Paths
        The h5ad file and the truth.

    Raises
    ------
    InputError
        If h5py is not installed.
    """
    cells = [draw_well_cells(file.seed, file.plan, well) for well in file.wells]
    lengths = [len(one.barcodes) for one in cells]
    barcodes = tuple(barcode for one in cells for barcode in one.barcodes)
    labels = pl.concat(one.labels for one in cells)
    obs = _obs(file.wells, lengths).hstack(
        labels.select(_category(name) for name in labels.columns)
    )
    genes = expression_profiles(file.plan.genes).genes
    counts = sparse.vstack([one.counts for one in cells], format="csr")
    var = pl.DataFrame({"feature_types": np.full(len(genes), "Gene Expression")})
    write_h5ad(targets[0], AnnotatedMatrix(sparse.csr_array(counts), barcodes, genes, obs, var))
    truth = pl.concat(one.truth for one in cells)
    truth.insert_column(0, pl.Series("barcode", barcodes)).write_parquet(targets[1])


def _category(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Categorical)


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
    }).select(_category(name) for name in known)


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
        h5ad files of raw counts below `single_cell`; below `truth`: cells, wells, the response of
        every population and gene. Empty where nothing is to be written.

    Raises
    ------
    InputError
        If the plan names an unknown visit.
    """
    if not plan.expression.is_written:
        return Delivery()
    wells = draw_wells(plan, people, samples, outcomes)
    if not wells:
        return Delivery()
    groups = _files(plan.expression, wells)
    tasks = tuple(
        FileTask(
            (f"single_cell/{name}.h5ad", f"truth/single_cell/{name}.parquet"),
            write_expression_file,
            ExpressionFile(plan.seed, plan.expression, members),
        )
        for name, members in groups.items()
    )
    return Delivery(
        tables={
            "single_cell_samples.csv": _samples(groups),
            "single_cell_libraries.csv": _libraries(groups),
        },
        tasks=tasks,
        truth={
            "single_cell_wells.csv": _true_wells(wells),
            "single_cell_response.csv": _true_response(wells),
            "single_cell_genes.csv": _true_genes(plan.expression),
        },
        study=_SETTINGS,
    )


def _files(plan: ExpressionPlan, wells: Sequence[Well]) -> dict[str, tuple[Well, ...]]:
    if plan.files == "study":
        return {"all_batches": tuple(wells)}
    batches = dict.fromkeys(well.batch for well in wells)
    return {
        f"batch_{batch}": tuple(well for well in wells if well.batch == batch) for batch in batches
    }


def _samples(groups: dict[str, tuple[Well, ...]]) -> pl.DataFrame:
    """Return one row per sample in a file; the wells of a sample are told apart in obs."""
    rows = {(name, well.sample_id): well for name, members in groups.items() for well in members}
    return pl.DataFrame({
        "Sample": [well.sample_id for well in rows.values()],
        "Patient": [well.participant_id for well in rows.values()],
        "Day": [well.day for well in rows.values()],
        "Batch": [well.batch for well in rows.values()],
        "File": [f"single_cell/{name}.h5ad" for name, _ in rows],
        "Column of samples": ["sample" for _ in rows],
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
        "File": [f"single_cell/{name}.h5ad" for name, _ in rows],
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
