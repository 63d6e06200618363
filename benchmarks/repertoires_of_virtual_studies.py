"""Virtual repertoires from files to diversity, expansion, novelty and overlap, held against truth.

Run from the root of the repository, sizes as they are wanted:

``python -m benchmarks.repertoires_of_virtual_studies [PATIENTS] [SEED]``

A study of PATIENTS patients: two libraries of each blood tube, biopsies before and on treatment,
and 10x contigs of three people, written as a laboratory delivers them and read by the program. The
truth is that of every clone, seen or not. Of each 95 % interval it is printed how often it holds
the truth, and of each number how far it lies from it; of expanded clones how many were called, and
which of the called are none. The truth of a Hill number at a coverage is the expectation of samples
of that coverage; that of a novel share is how many of the clonotypes that were caught after the
start belong to clones that became visible: absent before, or moved by treatment from too rare, each
counted by the chance with which the sample before (or half as many as after) would have shown it.
Of them those truly absent stand beside; no two samples tell both apart.
Intervals of diversity and overlap hold that libraries of one tube differ by more than counting;
biopsies have one library, so theirs take the stated prior.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from tests.recovery.true_repertoires import (
    TruePerson,
    expected_hill,
    size_at_coverage,
    true_morisita_horn,
    true_people,
)

import macroimmune
from macroimmune.repertoires import Repertoires
from macroimmune.repertoires.changes import change_tables
from macroimmune.repertoires.diversity import diversity_tables
from macroimmune.repertoires.library_dispersion import library_dispersions
from macroimmune.repertoires.reading import read_repertoires
from macroimmune.repertoires.sharing import sharing_tables
from macroimmune.simulator import available_workers, write_virtual_study
from macroimmune.simulator.plan import RepertoiresPlan, StudyPlan

Tables = dict[str, pl.DataFrame]

ORDERS = ("hill_0", "hill_1", "hill_2")
# A clone of which fewer are expected after the start is called by no test.
EXPECTED_AFTER = 10.0


def study_plan(patients: int, seed: int) -> StudyPlan:
    """Return the plan of a study with replicates at every blood draw."""
    return StudyPlan(
        patients=patients,
        healthy=0,
        seed=seed,
        repertoires=RepertoiresPlan(
            is_written=True,
            compressed=True,
            visits=("baseline", "week 6"),
            replicates=2,
            blood_cells=75_000,
            biopsied=0.9,
            single_cell_participants=3,
        ),
    )


def measured(folder: Path) -> tuple[Repertoires, Tables]:
    """Return what the program reads and measures of a written study."""
    study = macroimmune.open_study(folder)
    settings = study.analysis.repertoires
    repertoires = read_repertoires(study, workers=available_workers())
    listed, prior = repertoires.listed, settings.overdispersion
    known = library_dispersions(repertoires, listed, prior=prior)
    rng = np.random.default_rng(1)
    tables = diversity_tables(repertoires, settings=settings, dispersions=known)
    tables |= change_tables(repertoires, settings=settings, rng=rng, dispersions=known)
    changes = tables["clone_changes"]
    tables |= sharing_tables(
        repertoires, clone_changes=changes, settings=settings, dispersions=known
    )
    return repertoires, tables


def templates(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that count templates."""
    return frame.filter(pl.col("counted") == "templates")


def diversity_lines(tables: Tables, people: dict[str, TruePerson]) -> Iterator[str]:
    """Yield error and coverage of Hill numbers at the common coverage."""
    rows = templates(tables["repertoire_diversity"]).filter(
        pl.col("basis") == "common coverage", pl.col("measure").is_in(ORDERS)
    )
    counted = dict(tables["repertoires"].select("repertoire_id", "n_counted").rows())
    found: dict[tuple[str, str, str], list[tuple[float, bool]]] = {}
    for row in rows.filter(pl.col("value").is_not_null()).iter_rows(named=True):
        own = people[row["participant_id"]].fractions[row["sample_id"]]
        size = size_at_coverage(own, row["coverage"])
        truth = expected_hill(own, size)[ORDERS.index(row["measure"])]
        held = row["ci_low"] <= truth <= row["ci_high"]
        part = "thinned" if row["size"] <= counted[row["repertoire_id"]] else "extrapolated"
        key = (row["compartment"], row["measure"], part)
        found.setdefault(key, []).append((row["value"] / truth - 1.0, held))
    for (compartment, measure, part), pairs in sorted(found.items()):
        error, held = np.array(pairs).T
        yield (
            f"{compartment:7s} {measure} at common coverage, {part:12s}: n {len(error):3d}  "
            f"mean error {100 * error.mean():+6.2f} %  SD {100 * error.std():5.2f} %  "
            f"95 % interval holds the truth {held.mean():.3f}"
        )


def expansion_lines(tables: Tables, people: dict[str, TruePerson]) -> Iterator[str]:
    """Yield how many expanded clones are called, and how many of the called are none."""
    pairs = templates(tables["repertoire_changes"]).filter(pair="baseline")
    changes = templates(tables["clone_changes"]).filter(pair="baseline")
    for (compartment,), some in pairs.group_by("compartment", maintain_order=True):
        counted = np.zeros(7)
        for pair in some.iter_rows(named=True):
            person = people[pair["participant_id"]]
            before, after = (_sample(tables, pair[name]) for name in ("before", "after"))
            truth = person.clones.with_columns(
                pl.Series("_before", person.share(before)), pl.Series("_after", person.share(after))
            )
            rows = changes.filter(before=pair["before"], after=pair["after"]).join(
                truth, on="clonotype", how="left"
            )
            total = float((rows["count_after"] / rows["share_after"]).drop_nans().max() or 0.0)
            is_grown = (pl.col("is_expanding") | pl.col("is_novel")).fill_null(value=False)
            called = rows.filter(pl.col("call") == "expanded")
            fisher = _fisher(rows)
            able = truth.filter(is_grown & (pl.col("_after") * total >= EXPECTED_AFTER))
            grew = able.filter(pl.col("_after") >= 2.0 * pl.col("_before"))
            counted += [
                called.height,
                called.filter(~is_grown).height,
                called.filter(~is_grown & (pl.col("_after") <= 1.25 * pl.col("_before"))).height,
                grew.height,
                grew.join(called, on="clonotype", how="semi").height,
                fisher.height,
                fisher.filter(~is_grown).height,
            ]
        calls, false, still, able_n, hit, fishers, fisher_false = counted
        yield (
            f"{compartment:7s} {some.height} pairs: {calls:.0f} clones called expanded, of them "
            f"{_percent(false, calls)} that only wander ({_percent(still, calls)} by less than a "
            f"quarter); called of {able_n:.0f} that doubled and have {EXPECTED_AFTER:g} templates: "
            f"{_percent(hit, able_n)}; Fisher's test calls {fishers:.0f}, "
            f"{_percent(fisher_false, fishers)} of them only wander"
        )
        yield (
            f"        over-dispersion {some['overdispersion'].mean():.4f} "
            f"({', '.join(some['overdispersion_source'].unique().sort())})"
        )


def _fisher(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the clones that Fisher's test calls expanded, with q-values over those tested."""
    tested = rows.filter(pl.col("fisher_p").is_not_null()).sort("fisher_p")
    n = tested.height
    rank = np.arange(1, n + 1)
    passing = np.flatnonzero(tested["fisher_p"].to_numpy() <= 0.05 * rank / max(n, 1))
    last = passing[-1] + 1 if passing.size else 0
    return tested.head(last).filter(pl.col("share_after") > pl.col("share_before"))


def novelty_lines(tables: Tables, people: dict[str, TruePerson]) -> Iterator[str]:
    """Yield observed, expected and true novel clonotypes, and how often the interval holds."""
    pairs = templates(tables["repertoire_changes"])
    pairs = pairs.filter(pl.col("novel_excess").is_not_null(), pair="baseline")
    size = dict(tables["repertoires"].select("repertoire_id", "n_counted").rows())
    for (compartment, which), some in pairs.group_by("compartment", "pair", maintain_order=True):
        rows = []
        for pair in some.iter_rows(named=True):
            person = people[pair["participant_id"]]
            before, after = (_sample(tables, pair[name]) for name in ("before", "after"))
            n_before, n_after = (size[pair[name]] for name in ("before", "after"))
            earlier, later = (n_after * person.share(one) for one in (before, after))
            ratio = min(n_before / n_after, 0.5)
            shown = -np.expm1(-later) * (np.exp(-ratio * earlier) - np.exp(-ratio * later))
            is_moved = (
                person.clones
                .select(pl.col("is_expanding") | pl.col("is_contracting") | pl.col("is_novel"))
                .to_series()
                .to_numpy()
            )
            known = float(shown[is_moved].sum()) / pair["n_repeated_after"]
            truth = float(shown[earlier == 0.0].sum()) / pair["n_repeated_after"]
            held = pair["novel_excess_ci_low"] <= known <= pair["novel_excess_ci_high"]
            raw = pair["n_repeated_novel"] / pair["n_repeated_after"]
            rows.append((raw, pair["novel_excess"], truth, known, held))
        raw, excess, truth, known, held = np.array(rows, dtype=float).T
        yield (
            f"{compartment:7s} {which:12s} n {len(rows):3d}  novel {100 * raw.mean():5.1f} %, "
            f"excess {100 * excess.mean():5.2f} %, visible {100 * known.mean():5.2f} %, "
            f"of it absent {100 * truth.mean():5.2f} %  95 % interval holds the visible "
            f"{held.mean():.3f}"
        )


def overlap_lines(tables: Tables, people: dict[str, TruePerson]) -> Iterator[str]:
    """Yield error and coverage of Morisita-Horn overlaps."""
    rows = templates(tables["repertoire_overlap"])
    rows = rows.filter(pl.col("morisita_horn_ci_low").is_not_null(), pl.col("population") == "")
    kinds = ["compartment_one", "compartment_other"]
    for (one, other), some in rows.group_by(kinds, maintain_order=True):
        found = []
        for row in some.iter_rows(named=True):
            own = people[row["participant_id"]].fractions
            samples = [_sample(tables, row[name]) for name in ("one", "other")]
            truth = true_morisita_horn(*(own[name] for name in samples))
            held = row["morisita_horn_ci_low"] <= truth <= row["morisita_horn_ci_high"]
            found.append((row["morisita"], truth, held))
        value, truth, held = np.array(found, dtype=float).T
        yield (
            f"{one} - {other}: n {len(found):3d}  Morisita {value.mean():.4f}, truth "
            f"{truth.mean():.4f}  mean error {100 * (value / truth - 1).mean():+6.2f} %  "
            f"95 % interval holds the truth {held.mean():.3f}"
        )


def _sample(tables: Tables, repertoire_id: str) -> str:
    listed = tables["repertoires"]
    return str(listed.filter(repertoire_id=repertoire_id)["sample_id"][0])


def _percent(count: float, total: float) -> str:
    return f"{100 * count / total:.1f} %" if total else "none"


def main() -> None:
    """Write, read and measure a study; print how it stands to the truth."""
    patients = int(sys.argv[1]) if len(sys.argv) > 1 else 16
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    plan = study_plan(patients, seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "study"
        write_virtual_study(folder, plan, workers=available_workers())
        repertoires, tables = measured(folder)
        tables["repertoires"] = repertoires.listed
        people = {one.person.participant_id: one for one in true_people(plan, folder)}
        counted = templates(repertoires.listed)
        print(
            f"{patients} patients, {counted.height} repertoires of templates, median "
            f"{counted['n_counted'].median():,.0f} templates in "
            f"{counted['n_clonotypes'].median():,.0f} clonotypes"
        )
        for lines in (
            diversity_lines(tables, people),
            expansion_lines(tables, people),
            novelty_lines(tables, people),
            overlap_lines(tables, people),
        ):
            for line in lines:
                print(line, flush=True)


if __name__ == "__main__":
    main()
