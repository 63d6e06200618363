"""The clonotypes of one library as the laboratory sees them: counted, a few of them spurious."""

import numpy as np
import polars as pl

from macroimmune.simulator.repertoires.codons import translated
from macroimmune.simulator.repertoires.library_sampling import read_templates
from macroimmune.simulator.repertoires.person import Person
from macroimmune.simulator.repertoires.person_chains import Library, PersonChains
from macroimmune.simulator.streams import random_stream

__all__ = ["library_clonotypes"]

_BASES = "ACGT"


def library_clonotypes(person: Person, chains: PersonChains, library: Library) -> pl.DataFrame:
    """Return the clonotypes that one library reports, the largest first.

    Returns
    -------
    clonotypes : polars DataFrame
        Columns of `PersonChains.chains`, `templates` and `reads`. Templates of which no copy was
        read are lost.
    """
    plan, draw = person.plan, library.draw
    where = (person.participant_id, draw.compartment, draw.visit, library.replicate, "reads")
    rng = random_stream(person.seed, "repertoires", *where)
    rows, templates = chains.rows(library)
    read, reads = read_templates(
        templates, mean=plan.reads_per_template, variation=plan.amplification_variation, rng=rng
    )
    # Clones with the same chain are one clonotype.
    first = chains.chains["first_row"].to_numpy()[rows]
    size = len(chains.chains)
    all_templates = np.bincount(first, read, minlength=size)
    all_reads = np.bincount(first, reads, minlength=size)
    seen = np.flatnonzero(all_reads)
    seen = seen[np.lexsort((-all_reads[seen], -all_templates[seen]))]
    counted = chains.chains[seen].with_columns(
        templates=pl.Series(all_templates[seen].astype(np.int64)),
        reads=pl.Series(all_reads[seen].astype(np.int64)),
    )
    return pl.concat([counted, _spurious(counted, plan.spurious, rng)])


def _spurious(counted: pl.DataFrame, per_read: float, rng: np.random.Generator) -> pl.DataFrame:
    """Return clonotypes that differ from a real one by one base, each of a single read."""
    reads = counted["reads"].to_numpy().astype(np.float64)
    number = int(rng.poisson(per_read * reads.sum()))
    if number == 0:
        return counted.clear()
    parents = counted[np.sort(rng.choice(len(counted), number, p=reads / reads.sum()))]
    junctions = [_misread(text, rng) for text in parents["junction"]]
    wrong = parents.with_columns(junction=pl.Series(junctions, dtype=pl.String))
    wrong = wrong.unique("junction", maintain_order=True)
    there = counted["junction"].filter(counted["junction"].is_in(wrong["junction"].implode()))
    wrong = wrong.filter(~pl.col("junction").is_in(there.implode()))
    acids = pl.Series([_acids(text) for text in wrong["junction"]], dtype=pl.String)
    has_stop = acids.str.contains("*", literal=True).fill_null(value=False)
    is_whole = acids.str.contains("^C[^*]*[FW]$").fill_null(value=False)
    return wrong.with_columns(
        junction_aa=acids,
        stop_codon=has_stop,
        productive=is_whole,
        templates=pl.lit(1, dtype=pl.Int64),
        reads=pl.lit(1, dtype=pl.Int64),
    )


def _misread(junction: str, rng: np.random.Generator) -> str:
    place = int(rng.integers(len(junction)))
    others = _BASES.replace(junction[place], "")
    return junction[:place] + others[int(rng.integers(3))] + junction[place + 1 :]


def _acids(junction: str) -> str | None:
    if len(junction) % 3:
        return None
    bases = np.array([[_BASES.index(base) for base in junction]], dtype=np.uint8)
    return translated(bases, np.array([len(junction)])).tobytes().decode("ascii")
