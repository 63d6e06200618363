"""Virtual repertoires beside public ones: clonality of libraries, V genes and CDR3 lengths."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from macroimmune.simulator.people import draw_outcomes, draw_people, draw_samples
from macroimmune.simulator.plan import RepertoiresPlan, StudyPlan
from macroimmune.simulator.realism.comparison import RawComparison, RowsBeside, no_points, points
from macroimmune.simulator.realism.public_repertoires import (
    Measures,
    bulk_receptors,
    contig_receptors,
    deep_sequencing_libraries,
    read_libraries,
    single_cell_libraries,
)
from macroimmune.simulator.repertoires import (
    Clones,
    Person,
    clone_fractions,
    draw_clones,
    draw_receptors,
    sequenced_people,
)
from macroimmune.simulator.repertoires.beside_real import library_measures
from macroimmune.simulator.repertoires.library_sampling import reads_of
from macroimmune.simulator.repertoires.person_chains import Library, draw_libraries
from macroimmune.simulator.streams import random_stream

__all__ = [
    "DEEP_SEQUENCING",
    "READS",
    "SINGLE_CELLS",
    "beside_deep_sequencing",
    "beside_reads",
    "beside_single_cells",
    "v_usage",
    "virtual_libraries",
    "virtual_measures",
    "virtual_reads",
    "virtual_receptors",
]

Drawn = list[tuple[Person, Clones, tuple[Library, ...]]]

# Depths as those of each cohort.
DEEP_SEQUENCING = RepertoiresPlan(
    is_written=True,
    biopsied=1.0,
    blood_cells=370_000,
    tumour_cells=5_000,
    single_cell_participants=0,
)
SINGLE_CELLS = RepertoiresPlan(
    is_written=True,
    biopsied=1.0,
    single_cell_participants=16,
    single_cells=2_200,
    blood_cells=2_000,
)
READS = RepertoiresPlan(
    is_written=True,
    biopsied=1.0,
    single_cell_participants=0,
    visits=("baseline",),
    counted="reads",
    blood_cells=1_100,
    reads_per_template=700.0,
)
_PATIENTS = 16
_RECEPTORS = 20_000
_SHOWN = {
    "clonality": ("clonality", "0 to 1"),
    "top_share": ("top clone", "%"),
    "unique_share": ("clonotypes per {counted}", "0 to 1"),
    "clonotypes": ("clonotypes", "count"),
}
_PERCENT = ("top_share",)


def virtual_libraries(plan: StudyPlan) -> Drawn:
    """Return (person, clones, libraries) of virtual patients, without any sequence.

    Parameters
    ----------
    plan : StudyPlan
        Its sections on samples and repertoires.
    """
    people = draw_people(plan)
    outcomes = draw_outcomes(plan, people)
    samples = draw_samples(plan, people, outcomes)
    found = []
    for person in sequenced_people(plan, people, samples, outcomes):
        clones = draw_clones(person)
        fractions = {draw.name: clone_fractions(person, clones, draw) for draw in person.draws}
        found.append((person, clones, tuple(draw_libraries(person, fractions))))
    return found


def virtual_measures(
    drawn: Drawn, compartment: str, *, has_single_cells: bool = False
) -> list[Measures]:
    """Return what describes each library of a compartment, in templates or in single cells.

    Parameters
    ----------
    drawn : as from `virtual_libraries`
    compartment : str
        `blood` or `tumour`.
    has_single_cells : bool
        Those of 10x runs instead of those of sequenced templates.
    """
    return [
        library_measures(library.productive.templates)
        for _, _, libraries in drawn
        for library in libraries
        if library.draw.compartment == compartment and (library.replicate == 0) == has_single_cells
    ]


def virtual_reads(drawn: Drawn) -> list[Measures]:
    """Return what describes the reads of each person's first library.

    Parameters
    ----------
    drawn : as from `virtual_libraries`
    """
    found = []
    for person, _, libraries in drawn:
        reads = reads_of(
            libraries[0].productive.templates,
            mean=person.plan.reads_per_template,
            variation=person.plan.amplification_variation,
            rng=random_stream(person.seed, "realism", "reads", person.participant_id),
        )
        found.append(library_measures(reads[reads > 0]))
    return found


def virtual_receptors(seed: int) -> pl.DataFrame:
    """Return V gene (`v`) and length of the CDR3 in amino acids (`length`) of virtual chains."""
    beta = draw_receptors(_RECEPTORS, "TRB", rng=random_stream(seed, "realism", "receptors"))
    return pl.DataFrame({"v": beta.genes("V"), "length": beta.junctions_aa().str.len_chars()})


def v_usage(real: pl.DataFrame, virtual: pl.DataFrame) -> pl.DataFrame:
    """Return the share of each V gene that both have: v, real, virtual.

    Parameters
    ----------
    real, virtual : polars DataFrame
        With the column `v`.

    Examples
    --------
    >>> v_usage(pl.DataFrame({"v": ["a", "b"]}), pl.DataFrame({"v": ["b"]})).row(0)
    ('b', 0.5, 1.0)
    """
    shares = [frame["v"].value_counts(normalize=True) for frame in (real, virtual)]
    both = shares[0].join(shares[1], on="v", suffix="_virtual").sort("v")
    return both.select("v", real="proportion", virtual="proportion_virtual")


def beside_deep_sequencing(folder: Path, seed: int) -> RawComparison:
    """Return virtual libraries of blood and tumour beside those of Snyder 2017.

    Parameters
    ----------
    folder : Path
        Of the cohort `hammerlab_urothelial`.
    seed : int
    """
    drawn = _drawn(DEEP_SEQUENCING, seed)
    real = deep_sequencing_libraries(folder)
    return RawComparison(
        kind="repertoires",
        lead="Deeply sequenced blood and tumours of patients with urothelial cancer on "
        f"atezolizumab, one row per library; {_PATIENTS} virtual patients at that depth. "
        "Templates of productive TRB clonotypes.",
        rows=_compartments(real, drawn, "template"),
        points=no_points(),
    )


def beside_single_cells(folder: Path, seed: int) -> RawComparison:
    """Return virtual single-cell receptors beside the contigs of three renal cancer patients.

    Parameters
    ----------
    folder : Path
        Of the cohort `tenx_contigs`.
    seed : int
    """
    drawn = _drawn(SINGLE_CELLS, seed)
    receptors, usage = _receptors(contig_receptors(folder), seed)
    return RawComparison(
        kind="repertoires",
        lead="Single cells of blood and tumour of three patients with renal cancer; "
        f"{_PATIENTS} virtual patients with as many cells. V genes and lengths of the CDR3 (with "
        f"its anchors) are of TRB clonotypes, {_RECEPTORS:,} virtual ones.",
        rows=(*_compartments(single_cell_libraries(folder), drawn, "cell"), receptors),
        points=usage,
    )


def beside_reads(folder: Path, seed: int) -> RawComparison:
    """Return virtual libraries counted in reads beside the first draws of `iokin_tcr`.

    Parameters
    ----------
    folder : Path
        Of the cohort `iokin_tcr`.
    seed : int
    """
    receptors, usage = _receptors(bulk_receptors(folder), seed)
    reads = _beside(read_libraries(folder), virtual_reads(_drawn(READS, seed)), "blood", "read")
    return RawComparison(
        kind="repertoires",
        lead="Small blood samples of eight patients with head and neck cancer, counted in reads, "
        f"at the first draw; {_PATIENTS} virtual patients at that depth. V genes and lengths of "
        f"the CDR3 (with its anchors) are of all draws, {_RECEPTORS:,} virtual TRB chains.",
        rows=(reads, receptors),
        points=usage,
    )


def _drawn(repertoires: RepertoiresPlan, seed: int) -> Drawn:
    return virtual_libraries(StudyPlan(patients=_PATIENTS, seed=seed, repertoires=repertoires))


def _compartments(
    real: dict[str, list[Measures]], drawn: Drawn, counted: str
) -> tuple[RowsBeside, ...]:
    found = []
    for compartment, libraries in real.items():
        virtual = virtual_measures(drawn, compartment, has_single_cells=counted == "cell")
        found.append(_beside(libraries, virtual, compartment, counted))
    return tuple(found)


def _beside(
    real: Sequence[Measures], virtual: Sequence[Measures], compartment: str, counted: str
) -> RowsBeside:
    shown = {
        name: (f"{words.format(counted=counted)}, {compartment}", unit)
        for name, (words, unit) in _SHOWN.items()
        if name in real[0] and not (name == "unique_share" and counted == "read")
    }
    frames = [
        pl.DataFrame(list(libraries)).select(
            (pl.col(name) * (100.0 if name in _PERCENT else 1.0)).alias(words)
            for name, (words, _) in shown.items()
        )
        for libraries in (real, virtual)
    ]
    return RowsBeside(frames[0], frames[1], dict(shown.values()))


def _receptors(real: pl.DataFrame, seed: int) -> tuple[RowsBeside, pl.DataFrame]:
    virtual = virtual_receptors(seed)
    name = "CDR3 length"
    lengths = [
        frame.select(pl.col("length").cast(pl.Float64).alias(name)) for frame in (real, virtual)
    ]
    usage = v_usage(real, virtual)
    rows = ((v, None, 100.0 * one, 100.0 * other) for v, one, other in usage.iter_rows())
    return (
        RowsBeside(lengths[0], lengths[1], {name: "amino acids"}),
        points("V genes of TRB", "% of clonotypes", rows),
    )
