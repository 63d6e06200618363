"""The libraries of one person: which clones each caught, and the chains of all of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.simulator.repertoires.clone_fractions import CloneFractions, clone_fractions
from macroimmune.simulator.repertoires.clones import Clones, draw_clones
from macroimmune.simulator.repertoires.library_sampling import SampledClones, templates_of
from macroimmune.simulator.repertoires.person import Draw, Person
from macroimmune.simulator.repertoires.receptors import Receptors, draw_receptors
from macroimmune.simulator.streams import random_stream

__all__ = ["Library", "PersonChains", "chain_table", "draw_libraries", "draw_person_chains"]

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Library:
    """What one sequencing library, or one 10x run, caught.

    Parameters
    ----------
    draw : Draw
    replicate : int
        From 1; 0 for the cells of a 10x run.
    productive, second : SampledClones
        Of the productive chains, and of the second, non-productive alleles of the same clones.
    """

    draw: Draw
    replicate: int
    productive: SampledClones
    second: SampledClones


@dataclass(frozen=True, slots=True)
class PersonChains:
    """All that is true of a person's repertoire, as far as it was drawn.

    Parameters
    ----------
    clones : Clones
    fractions : mapping from the name of a draw to CloneFractions
    libraries : tuple of Library
    productive_ids, second_ids : int array
        Clones whose chains were drawn, ascending: `Clones` first, naive ones behind.
    chains : polars DataFrame
        TRB, a row per productive id, then one per second id; `first_row` is the first row of an
        equal chain.
    """

    clones: Clones
    fractions: dict[str, CloneFractions]
    libraries: tuple[Library, ...]
    productive_ids: Places
    second_ids: Places
    chains: pl.DataFrame

    def rows(self, library: Library) -> tuple[Places, Places]:
        """Return the rows of `chains` that a library caught, and the templates of each."""
        productive = np.searchsorted(self.productive_ids, library.productive.clone)
        second = np.searchsorted(self.second_ids, library.second.clone) + len(self.productive_ids)
        templates = np.concatenate([library.productive.templates, library.second.templates])
        return np.concatenate([productive, second]), templates


def draw_person_chains(person: Person) -> PersonChains:
    """Return the repertoire of a person and what every library caught of it.

    Notes
    -----
    Convention: chains are drawn for clones that some library caught and for all that treatment
    changes or that are in both blood and tumour; the millions of others stay numbers.
    """
    clones = draw_clones(person)
    fractions = {draw.name: clone_fractions(person, clones, draw) for draw in person.draws}
    libraries = draw_libraries(person, fractions)
    changed = clones.is_expanding | clones.is_contracting | clones.is_novel | clones.is_shared
    productive_ids = np.unique(
        np.concatenate([
            np.flatnonzero(changed),
            *(library.productive.clone for library in libraries),
        ])
    )
    second_ids = np.unique(np.concatenate([library.second.clone for library in libraries]))
    place = (person.seed, "repertoires", person.participant_id)
    productive = draw_receptors(len(productive_ids), "TRB", rng=random_stream(*place, "TRB"))
    second = draw_receptors(
        len(second_ids), "TRB", rng=random_stream(*place, "second TRB"), non_productive=1.0
    )
    chains = pl.concat([chain_table(productive), chain_table(second)])
    return PersonChains(
        clones, fractions, libraries, productive_ids, second_ids, _with_equal_chains(chains)
    )


def draw_libraries(person: Person, fractions: Mapping[str, CloneFractions]) -> tuple[Library, ...]:
    """Return what every library of a person caught, in the order of draws."""
    size = max((len(shares.listed) for shares in fractions.values()), default=0)
    rng = random_stream(person.seed, "repertoires", person.participant_id, "second alleles")
    has_second = rng.random(size) < person.plan.second_allele
    return tuple(
        _library(person, draw, fractions[draw.name], has_second, replicate)
        for draw in person.draws
        for replicate in _replicates(person, draw)
    )


def _replicates(person: Person, draw: Draw) -> tuple[int, ...]:
    """Return the libraries of a draw; a biopsy gives one, 0 is a run of 10x."""
    number = person.plan.replicates if draw.compartment == "blood" else 1
    return (*range(1, number + 1), *((0,) if draw.has_single_cells else ()))


def _library(
    person: Person,
    draw: Draw,
    fractions: CloneFractions,
    has_second: NDArray[np.bool_],
    replicate: int,
) -> Library:
    plan = person.plan
    where = ("repertoires", person.participant_id, draw.compartment, draw.visit)
    # The cells of a tube are the same for all libraries made from it.
    tube = random_stream(person.seed, *where, "tube" if replicate else "cells")
    spread = np.exp(plan.cells_spread * tube.standard_normal())
    cells = plan.blood_cells if draw.compartment == "blood" else plan.tumour_cells
    expected = spread * (cells * plan.capture if replicate else plan.single_cells)
    variation = plan.library_variation if replicate else 0.0
    productive = templates_of(
        fractions.listed,
        fractions.naive,
        fractions.naive_clones,
        expected=expected,
        variation=variation,
        rng=random_stream(person.seed, *where, replicate, "templates"),
    )
    places = np.flatnonzero(has_second)
    second = templates_of(
        fractions.listed[places],
        fractions.naive * plan.second_allele if replicate else 0.0,
        fractions.naive_clones,
        expected=expected if replicate else 0.0,
        variation=variation,
        rng=random_stream(person.seed, *where, replicate, "second templates"),
    )
    # Places among the clones again; naive ones stay behind all of them.
    is_listed = second.clone < len(places)
    ids = second.clone + len(has_second) - len(places)
    ids[is_listed] = places[second.clone[is_listed]]
    return Library(draw, replicate, productive, SampledClones(ids, second.templates))


def chain_table(receptors: Receptors) -> pl.DataFrame:
    """Return chains as text columns; amino acids only of those in frame."""
    is_framed = pl.Series(receptors.lengths % 3 == 0)
    acids = receptors.junctions_aa()
    return pl.DataFrame({
        "v_gene": receptors.genes("V"),
        "d_gene": receptors.genes("D"),
        "j_gene": receptors.genes("J"),
        "junction": receptors.junctions(),
        "junction_aa": acids.zip_with(is_framed, pl.Series([None], dtype=pl.String)),
        "productive": pl.Series(receptors.is_productive),
        "vj_in_frame": is_framed,
        "stop_codon": acids.str.contains("*", literal=True) & is_framed,
    })


def _with_equal_chains(chains: pl.DataFrame) -> pl.DataFrame:
    """Add the first row of an equal chain: a laboratory cannot tell two such clones apart."""
    # Equal numbers of 64 bits stand for equal chains: far faster than three columns of text.
    key = pl.concat_str("v_gene", "j_gene", "junction", separator=" ").hash()
    rows = chains.with_columns(first_row=pl.int_range(pl.len()))
    return rows.with_columns(pl.col("first_row").min().over(key))
