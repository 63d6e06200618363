"""What is true of a person's clones and of each draw, beside the files."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.simulator.repertoires.clone_fractions import CloneFractions
from macroimmune.simulator.repertoires.person import Draw, Person
from macroimmune.simulator.repertoires.person_chains import PersonChains
from macroimmune.simulator.repertoires.phenotypes import (
    BLOOD_PHENOTYPES,
    NAIVE,
    TUMOUR_PHENOTYPES,
)

__all__ = ["cell_types", "clone_table", "draw_table", "hill_numbers"]

Places = NDArray[np.int64]


def clone_table(person: Person, chains: PersonChains) -> pl.DataFrame:
    """Return the true clones whose chains were drawn.

    Returns
    -------
    clones : polars DataFrame, a row per clone
        `clone_id`, productive TRB chain, `phenotype` in blood, `tumour_phenotype`, `fold` on
        treatment, `is_expanding`, `is_contracting`, `is_novel`, `is_tumour_shared`, and a column
        per draw (`blood, baseline`, `tumour, week 6` ...) with the share of all T cells. Naive
        clones that no library caught, and small memory clones likewise, are not listed: `listed`
        of `draw_table` tells how much is.
    """
    clones, ids = chains.clones, chains.productive_ids
    listed = ids[ids < len(clones)]
    naive = len(ids) - len(listed)

    def flags(values: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return np.concatenate([values[listed], np.zeros(naive, dtype=np.bool_)])

    def padded(values: NDArray[np.float64], rest: float) -> NDArray[np.float64]:
        return np.concatenate([values[listed], np.full(naive, rest)])

    shares = {
        name: padded(fractions.listed, _of_a_naive_clone(fractions))
        for name, fractions in chains.fractions.items()
    }
    columns = ("v_gene", "d_gene", "j_gene", "junction", "junction_aa")
    return chains.chains[: len(ids)].select(
        pl.Series("clone_id", ids),
        *columns,
        cell_types(person, chains, ids, "blood").alias("phenotype"),
        cell_types(person, chains, ids, "tumour").alias("tumour_phenotype"),
        pl.Series("fold", padded(clones.fold, 1.0)),
        pl.Series("is_expanding", flags(clones.is_expanding)),
        pl.Series("is_contracting", flags(clones.is_contracting)),
        pl.Series("is_novel", flags(clones.is_novel)),
        pl.Series("is_tumour_shared", flags(clones.is_shared)),
        *(pl.Series(name, values) for name, values in shares.items()),
    )


def _of_a_naive_clone(fractions: CloneFractions) -> float:
    return fractions.naive / fractions.naive_clones if fractions.naive_clones else 0.0


def cell_types(person: Person, chains: PersonChains, ids: Places, compartment: str) -> pl.Series:
    """Return the phenotype of clones in blood or in the tumour; null where they are not there."""
    clones = chains.clones
    is_listed = ids < len(clones)
    kinds = np.full(len(ids), -1)
    if compartment == "tumour":
        kinds[is_listed] = clones.tumour_phenotype[ids[is_listed]]
        names = list(TUMOUR_PHENOTYPES)
    else:
        kinds[is_listed] = clones.phenotype[ids[is_listed]]
        naive_kinds = np.flatnonzero(NAIVE)
        limits = np.cumsum(person.shares[naive_kinds])
        place = (ids[~is_listed] - len(clones) + 0.5) / person.plan.naive_clones * limits[-1]
        kinds[~is_listed] = naive_kinds[np.searchsorted(limits[:-1], place, side="right")]
        names = [kind.id for kind in BLOOD_PHENOTYPES]
    # The last name stands for -1.
    return pl.Series([*names, None], dtype=pl.String).gather(np.where(kinds < 0, len(names), kinds))


def draw_table(person: Person, chains: PersonChains) -> pl.DataFrame:
    """Return what is true of each draw.

    Returns
    -------
    draws : polars DataFrame, a row per draw
        `hill_0`, `hill_1`, `hill_2`: true Hill numbers of all clones, seen or not; `clonality`: one
        minus Shannon entropy over its largest value; `simpson_clonality`; `expanding_share` and
        `novel_share` of T cells; `shared_share`: of T cells in clones that are in the other
        compartment at that visit too; `morisita_horn` with it, null where it was not drawn;
        `listed`: share in clones that `clone_table` lists.
    """
    rows = [_draw_row(person, chains, draw) for draw in person.draws]
    return pl.DataFrame(rows, infer_schema_length=None)


def _draw_row(person: Person, chains: PersonChains, draw: Draw) -> dict[str, object]:
    clones, own = chains.clones, chains.fractions[draw.name]
    other = "tumour" if draw.compartment == "blood" else "blood"
    beside = chains.fractions.get(f"{other}, {draw.visit}")
    hill = hill_numbers(own)
    ids = chains.productive_ids
    seen_naive = int((ids >= len(clones)).sum()) * _of_a_naive_clone(own)
    return {
        "participant_id": person.participant_id,
        "sample_id": draw.sample_id,
        "visit": draw.visit,
        "day": draw.day,
        "compartment": draw.compartment,
        "exponent": clones.exponent if draw.compartment == "blood" else person.plan.tumour_exponent,
        "naive_share": own.naive,
        "hill_0": hill[0],
        "hill_1": hill[1],
        "hill_2": hill[2],
        "clonality": 1.0 - np.log(hill[1]) / np.log(hill[0]),
        "simpson_clonality": hill[2] ** -0.5,
        "expanding_share": float(own.listed[clones.is_expanding].sum()),
        "novel_share": float(own.listed[clones.is_novel].sum()),
        "shared_share": None if beside is None else float(own.listed[beside.listed > 0].sum()),
        "morisita_horn": None if beside is None else _morisita_horn(own, beside),
        "listed": float(own.listed[ids[ids < len(clones)]].sum()) + seen_naive,
    }


def hill_numbers(fractions: CloneFractions) -> tuple[float, float, float]:
    """Return the Hill numbers of order 0, 1 and 2 of all clones, naive ones included."""
    share = fractions.listed[fractions.listed > 0]
    number, entropy, squares = float(len(share)), -(share * np.log(share)).sum(), (share**2).sum()
    each = _of_a_naive_clone(fractions)
    if each > 0:
        number += fractions.naive_clones
        entropy -= fractions.naive * np.log(each)
        squares += fractions.naive * each
    return number, float(np.exp(entropy)), float(1.0 / squares)


def _morisita_horn(one: CloneFractions, other: CloneFractions) -> float:
    product = float((one.listed * other.listed).sum())
    squares = sum(1.0 / hill_numbers(fractions)[2] for fractions in (one, other))
    return 2.0 * product / squares
