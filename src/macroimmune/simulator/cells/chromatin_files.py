"""Gene activity of a virtual study as the laboratory delivers it, with its truth."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from macroimmune.formats import AnnotatedMatrix, write_h5ad
from macroimmune.formats.h5ad import load_h5py
from macroimmune.simulator.cells.expression_profiles import (
    expression_profiles,
    interferon_alpha_genes,
)
from macroimmune.simulator.cells.gene_activity import (
    ChromatinSample,
    draw_activity,
    encoded_state,
    signal_of_genes,
)
from macroimmune.simulator.cells.study_section import matrix_section
from macroimmune.simulator.cells.wells import chosen_samples
from macroimmune.simulator.delivery import Delivery
from macroimmune.simulator.file_tasks import FileTask
from macroimmune.simulator.people import Outcomes, People, Samples
from macroimmune.simulator.plan import ChromatinPlan, StudyPlan

__all__ = ["ChromatinFile", "chromatin_delivery", "write_chromatin_file"]


@dataclass(frozen=True, slots=True, eq=False)
class ChromatinFile:
    """One file of gene activity, with its table of libraries, before it is drawn."""

    seed: int
    plan: ChromatinPlan
    samples: tuple[ChromatinSample, ...]


def write_chromatin_file(file: ChromatinFile, targets: tuple[Path, ...]) -> None:
    """Write the counts of some samples, and a row per library with its quality.

    Parameters
    ----------
    file : ChromatinFile
    targets : two Paths
        The matrix (CSV with a row per gene, or h5ad with a row per library) and the CSV of
        libraries.

    Raises
    ------
    InputError
        If an h5ad file is to be written and h5py is not installed.
    """
    drawn = [draw_activity(file.seed, file.plan, sample) for sample in file.samples]
    populations = file.plan.populations
    pairs = [(sample, name) for sample in file.samples for name in populations]
    names = tuple(f"{sample.sample_id} {name}" for sample, name in pairs)
    counts = np.vstack([one.counts for one in drawn])
    quality = pl.DataFrame({
        "Library": names,
        "Sample": [sample.sample_id for sample, _ in pairs],
        "Patient": [sample.participant_id for sample, _ in pairs],
        "Population": [name for _, name in pairs],
        "Batch": [sample.batch for sample, _ in pairs],
        "Nuclei": np.concatenate([one.cells for one in drawn]),
        "Fragments in genes": np.concatenate([one.fragments for one in drawn]),
        "TSS enrichment": np.concatenate([one.tss_enrichment for one in drawn]),
    })
    genes = expression_profiles(file.plan.genes).genes
    if file.plan.file_format == "h5ad":
        obs = quality.drop("Library").rename({"Sample": "sample"})
        write_h5ad(targets[0], AnnotatedMatrix(counts, names, genes, obs, pl.DataFrame()))
    else:
        columns = {name: counts[row] for row, name in enumerate(names)}
        pl.DataFrame({"Gene": genes, **columns}).write_csv(targets[0])
    quality.write_csv(targets[1])


def chromatin_delivery(
    plan: StudyPlan, people: People, samples: Samples, outcomes: Outcomes
) -> Delivery:
    """Return gene activity of the people and draws that the plan names, unstimulated.

    Parameters
    ----------
    plan : StudyPlan
        Its section `chromatin`.
    people : People
    samples : Samples
    outcomes : Outcomes
        Nothing here depends on it but through responsiveness.

    Returns
    -------
    delivery : Delivery
        `chromatin_samples.csv`; below `chromatin` a matrix and a table of libraries per batch;
        below `truth`: genes with the signal they carry, people with what is encoded. Empty where
        nothing is to be written.

    Raises
    ------
    InputError
        If the plan names an unknown visit, or h5py is needed and not installed.
    """
    del outcomes
    settings = plan.chromatin
    if not settings.is_written:
        return Delivery()
    if settings.file_format == "h5ad":
        # Told before anything is written.
        load_h5py()
    chosen = chosen_samples(
        plan,
        people,
        samples,
        patients=settings.participants,
        healthy=settings.healthy,
        visits=settings.visits,
        section="chromatin",
    )
    if not chosen.size:
        return Delivery()
    known = [
        _sample(plan, people, samples, int(place), order) for order, place in enumerate(chosen)
    ]
    ending = "csv" if settings.file_format == "table" else "h5ad"
    batches = {
        batch: tuple(sample for sample in known if sample.batch == batch)
        for batch in dict.fromkeys(sample.batch for sample in known)
    }
    tasks = tuple(
        FileTask(
            (
                f"chromatin/gene_activity_batch_{batch}.{ending}",
                f"chromatin/libraries_batch_{batch}.csv",
            ),
            write_chromatin_file,
            ChromatinFile(plan.seed, settings, members),
        )
        for batch, members in batches.items()
    )
    return Delivery(
        tables={"chromatin_samples.csv": _listed(known, settings)},
        tasks=tasks,
        truth={
            "chromatin_genes.csv": _true_genes(plan.seed, settings),
            "chromatin_people.csv": _true_people(people, known),
        },
        study=matrix_section("chromatin", "chromatin_samples.csv"),
    )


def _sample(
    plan: StudyPlan, people: People, samples: Samples, place: int, order: int
) -> ChromatinSample:
    who = int(samples.participant[place])
    person = str(people.participant_ids[who])
    responsiveness = float(people.ifn_responsiveness[who])
    return ChromatinSample(
        participant_id=person,
        sample_id=str(samples.sample_ids[place]),
        day=int(samples.days[place]),
        batch=1 + order // plan.chromatin.samples_per_batch,
        fractions=samples.fractions[place],
        encoded=encoded_state(plan.seed, plan.chromatin, person, responsiveness),
    )


def _listed(samples: list[ChromatinSample], plan: ChromatinPlan) -> pl.DataFrame:
    """Return one row per sample in a file; its populations are told apart inside."""
    ending = "csv" if plan.file_format == "table" else "h5ad"
    column, of_cells = ("sample", "Population") if plan.file_format == "h5ad" else (None, None)
    return pl.DataFrame({
        "Sample": [sample.sample_id for sample in samples],
        "Patient": [sample.participant_id for sample in samples],
        "Day": [sample.day for sample in samples],
        "Batch": [sample.batch for sample in samples],
        "File": [f"chromatin/gene_activity_batch_{sample.batch}.{ending}" for sample in samples],
        "Format": [plan.file_format for _ in samples],
        "Column of samples": pl.Series([column for _ in samples], dtype=pl.String),
        "Column of populations": pl.Series([of_cells for _ in samples], dtype=pl.String),
    })


def _true_genes(seed: int, plan: ChromatinPlan) -> pl.DataFrame:
    genes, signal = expression_profiles(plan.genes).genes, signal_of_genes(seed, plan)
    listed = set(interferon_alpha_genes())
    return pl.DataFrame({
        "gene": genes,
        "is_interferon_alpha_hallmark": [gene in listed for gene in genes],
        "log_activity_per_encoded_sd": np.round(signal, 6),
        "is_null": signal == 0.0,
    })


def _true_people(people: People, samples: list[ChromatinSample]) -> pl.DataFrame:
    responsiveness = dict(zip(people.participant_ids, people.ifn_responsiveness, strict=True))
    encoded = {sample.participant_id: sample.encoded for sample in samples}
    return pl.DataFrame({
        "participant_id": list(encoded),
        "ifn_responsiveness": [float(responsiveness[person]) for person in encoded],
        "encoded_state": [round(value, 6) for value in encoded.values()],
    })
