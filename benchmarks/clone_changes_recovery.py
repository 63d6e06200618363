"""Find the clones of virtual patients that treatment moves; print what is found against the truth.

Run from the root, size and seed as wanted:
``python benchmarks/clone_changes_recovery.py [PATIENTS] [SEED]``. Two libraries of each of two
blood draws (baseline, week 6), some 50,000 templates each at the median, are written as AIRR files,
read again and compared; the truth of each clone is that of the simulator (its share varies between
libraries by an SD of 0.15 of the mean, between draws by 0.10). The excess of novel clones is held
against what became visible: clones that treatment brought or moved, each by the chance that the
later sample shows it, times the chance that an earlier one of at most half its depth would have, as
common as after, and did not, by their true shares. Clones that were truly absent are a part of
that, printed beside: no two samples tell them from too rare ones. Fisher's calls stand beside.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from macroimmune.repertoires.changes import change_tables
from macroimmune.repertoires.reading import read_repertoires
from macroimmune.simulator import StudyPlan, available_workers, write_virtual_study
from macroimmune.simulator.plan import RepertoiresPlan
from macroimmune.statistics import q_values
from macroimmune.study import load_study

SEED = 11
BEFORE, AFTER = "blood, baseline", "blood, week 6"


def drawn(folder: Path, patients: int, seed: int) -> Path:
    """Write the virtual study and return its folder."""
    plan = StudyPlan(
        patients=patients,
        seed=seed,
        repertoires=RepertoiresPlan(
            is_written=True,
            visits=("baseline", "week 6"),
            replicates=2,
            biopsied=0.0,
            single_cell_participants=0,
        ),
    )
    return write_virtual_study(folder, plan, workers=available_workers()).parent


def true_clones(folder: Path, participant: str) -> pl.DataFrame:
    """Return the clones whose fate is known, by the name of their clonotype."""
    return pl.read_parquet(folder / "truth" / "clones" / f"{participant}.parquet").select(
        pl.concat_str("v_gene", "junction", "j_gene", separator="|").alias("clonotype"),
        "is_expanding", "is_contracting", "is_novel", BEFORE, AFTER,
    )  # fmt: skip


def true_excess(clones: pl.DataFrame, depths: tuple[int, int]) -> tuple[float, float]:
    """Return how many clones became visible, and how many of them were absent before."""
    before, after = (depths[1] * clones[name].to_numpy() for name in (BEFORE, AFTER))
    ratio = min(depths[0] / depths[1], 0.5)
    shown = -np.expm1(-after) * (np.exp(-ratio * before) - np.exp(-ratio * after))
    is_novel = clones["is_novel"].to_numpy()
    moved = (clones["is_expanding"] | clones["is_contracting"]).to_numpy()
    return float(shown[moved | is_novel].sum()), float(shown[is_novel].sum())


def main(patients: int, seed: int) -> None:
    """Print sensitivity, false discoveries and coverage."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = drawn(Path(temporary) / "study", patients, seed)
        study = load_study(folder)
        repertoires = read_repertoires(study, workers=available_workers())
        tables = change_tables(
            repertoires,
            settings=study.analysis.repertoires,
            rng=np.random.default_rng(seed),
            window=study.analysis.baseline_window_days,
        )
        summaries = tables["repertoire_changes"].filter(pl.col("pair") == "baseline")
        clones = tables["clone_changes"].filter(pl.col("pair") == "baseline")
        first = summaries.row(0, named=True)
        print(
            f"over-dispersion {first['overdispersion']:.4f} "
            f"({first['overdispersion_ci_low']:.4f} to {first['overdispersion_ci_high']:.4f}), "
            f"truth 0.0225; {first['overdispersion_source']}"
        )
        totals = np.zeros(9)
        inside = 0
        for row in summaries.iter_rows(named=True):
            truth = true_clones(folder, row["participant_id"])
            found, covered = compared(repertoires, row, clones, truth)
            totals += found
            inside += covered
        (
            right,
            false,
            growing,
            contracted,
            false_contracted,
            shrinking,
            fisher,
            false_fisher,
            fell,
        ) = totals
        n = summaries.height
        print(f"{n} patients with both draws")
        print(f"expanded: {right + false:.0f} called, {false:.0f} of them false "
              f"({false / max(right + false, 1):.1%}); {right / max(growing, 1):.0%} of "
              f"{growing:.0f} tested clones that grow")  # fmt: skip
        print(
            f"  of the false, {fell:.0f} with a true share that did not rise; the others rose with "
            "their cell population, or drifted"
        )
        called = contracted + false_contracted
        print(
            f"contracted: {called:.0f} called, {false_contracted:.0f} not meant to shrink; "
            f"{contracted / max(shrinking, 1):.0%} of {shrinking:.0f} tested ones that do"
        )
        print(f"Fisher's test: {fisher:.0f} called expanded, {false_fisher:.0f} of them false "
              f"({false_fisher / max(fisher, 1):.1%})")  # fmt: skip
        print(f"singletons: {summaries['n_singletons_expanded'].sum()} expanded, "
              f"{summaries['n_singletons_by_chance'].sum():.2f} by chance")  # fmt: skip
        print(f"excess of novel clones: {inside} of {n} intervals hold the truth")


def compared(
    repertoires, row: dict, clones: pl.DataFrame, truth: pl.DataFrame
) -> tuple[np.ndarray, bool]:
    """Return the numbers of calls right and false, and whether the interval of novelty holds."""
    own = clones.filter(pl.col("participant_id") == row["participant_id"]).join(
        truth, on="clonotype", how="left"
    )
    grows = (pl.col("is_expanding") | pl.col("is_novel")).fill_null(value=False)
    shrinks = pl.col("is_contracting").fill_null(value=False)
    own = own.with_columns(
        grows.alias("grows"), shrinks.alias("shrinks"), (pl.col("call") == "expanded").alias("up"),
        (pl.col("call") == "contracted").alias("down"),
        pl.Series("fisher_q", q_values(own["fisher_p"].to_numpy())),
    )  # fmt: skip
    by_fisher = (pl.col("fisher_q") < 0.05) & (pl.col("share_after") > pl.col("share_before"))
    numbers = own.select(
        (pl.col("up") & pl.col("grows")).sum().alias("right"),
        (pl.col("up") & ~pl.col("grows")).sum().alias("false"),
        pl.col("grows").sum().alias("growing"),
        (pl.col("down") & pl.col("shrinks")).sum().alias("contracted"),
        (pl.col("down") & ~pl.col("shrinks")).sum().alias("false_contracted"),
        pl.col("shrinks").sum().alias("shrinking"),
        by_fisher.sum().alias("fisher"),
        (by_fisher & ~pl.col("grows")).sum().alias("false_fisher"),
        (pl.col("up") & ~pl.col("grows") & (pl.col(AFTER) <= pl.col(BEFORE))).sum().alias("fell"),
    ).row(0)
    before, after = (repertoires.read(row[name]).clonotypes for name in ("before", "after"))
    depths = int(before["count"].sum()), int(after["count"].sum())
    visible, absent = (one / row["n_repeated_after"] for one in true_excess(truth, depths))
    low, high = row["novel_excess_ci_low"], row["novel_excess_ci_high"]
    print(f"{row['participant_id']}: {depths[0]:,} and {depths[1]:,} templates, expanded "
          f"{row['n_expanded']}, by Fisher's test {row['n_fisher']} changed; novel "
          f"{row['n_repeated_novel']:,}, expected {row['n_repeated_novel_expected']:,.0f}; "
          f"excess {low:+.2%} to {high:+.2%}, truth {visible:+.2%}, of it absent before "
          f"{absent:+.2%}; dispersion between draws {row['draw_dispersion']:.3f}")  # fmt: skip
    return np.array(numbers, dtype=float), bool(low < visible < high)


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 12,
        int(sys.argv[2]) if len(sys.argv) > 2 else SEED,
    )
