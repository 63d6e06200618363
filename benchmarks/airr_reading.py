"""Read AIRR files beside airr and pandas: seconds, memory, agreement; and a second time.

Run from the root of the repository: ``python benchmarks/airr_reading.py [FILES] [PEER_FILES]``
(200 and 2 if not given). Each file has 100,000 rearrangements with the columns that aligners write,
some 49 MB. Ten contents are written, each under as many names as it takes (hard links), so what is
timed is reading, not the disk; the peers read PEER_FILES of them. The folder, with the cache of
what was read, is removed again. Memory is the highest of this process before a peer is imported.
A peer that is not installed is said to be missing; `make bench` installs airr.
"""

import importlib.util
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl

from macroimmune.formats import write_airr
from macroimmune.formats.codon_translation import amino_acids
from macroimmune.repertoires.reading import ReadChains, read_cached_chains, read_chains

ROWS, CONTENTS, SEED = 100_000, 10, 11
V_GENES = [f"TRBV{name}" for name in ("2", "4-1", "5-1", "6-2", "7-9", "12-3", "19", "20-1", "28")]
J_GENES = [f"TRBJ{cluster}-{k}" for cluster in (1, 2) for k in range(1, 7)]
USED = ["v_call", "j_call", "junction", "junction_aa", "productive", "duplicate_count"]


def sequences(rng: np.random.Generator, lengths: np.ndarray) -> list[str]:
    """Draw random bases of the lengths given."""
    text = "".join(rng.choice(list("ACGT"), int(lengths.sum())).tolist())
    ends = np.cumsum(lengths)
    return [text[end - length : end] for end, length in zip(ends, lengths, strict=True)]


def rearrangements(rng: np.random.Generator) -> pl.DataFrame:
    """Draw rearrangements with the columns that aligners write."""
    middle = sequences(rng, 3 * rng.integers(7, 14, ROWS))
    # No T before A or GA: no stop codon in any frame.
    junction = [f"TGTGCC{one.replace('TA', 'CA').replace('TGA', 'CGA')}TTT" for one in middle]
    start, end = sequences(rng, np.full(ROWS, 62)), sequences(rng, np.full(ROWS, 20))
    read = [a + b + c for a, b, c in zip(start, junction, end, strict=True)]
    counts = np.minimum(rng.zipf(2.0, ROWS), 50_000)

    def cigar(low: int, high: int, rest: str) -> pl.Series:
        return pl.Series(rng.integers(low, high, ROWS)).cast(pl.String) + rest

    return pl.DataFrame({
        "sequence_id": pl.Series(range(ROWS)).cast(pl.String),
        "sequence": read,
        "rev_comp": [False] * ROWS,
        "productive": [True] * ROWS,
        "v_call": pl.Series(rng.choice(V_GENES, ROWS)) + "*01",
        "d_call": pl.Series(rng.choice(["TRBD1", "TRBD2"], ROWS)) + "*01",
        "j_call": pl.Series(rng.choice(J_GENES, ROWS)) + "*01",
        "sequence_alignment": read,
        "germline_alignment": read,
        "junction": junction,
        "junction_aa": amino_acids(pl.Series(junction)),
        "v_cigar": cigar(60, 70, "M50S"),
        "d_cigar": cigar(5, 12, "M90S"),
        "j_cigar": cigar(20, 40, "M80S"),
        "vj_in_frame": [True] * ROWS,
        "stop_codon": [False] * ROWS,
        "locus": ["TRB"] * ROWS,
        "v_score": rng.normal(300, 20, ROWS).round(1),
        "v_identity": rng.uniform(0.9, 1.0, ROWS).round(4),
        "j_score": rng.normal(90, 10, ROWS).round(1),
        "junction_length": pl.Series(junction).str.len_bytes().cast(pl.Int64),
        "duplicate_count": counts.astype(np.int64),
        "consensus_count": (counts * rng.integers(3, 9, ROWS)).astype(np.int64),
    })


def write_files(folder: str, count: int) -> None:
    """Write some contents and give each as many names as it takes."""
    rng = np.random.default_rng(SEED)
    for number in range(count):
        path = Path(folder) / f"{number}.tsv"
        if number < CONTENTS:
            write_airr(path, rearrangements(rng))
        else:
            os.link(Path(folder) / f"{number % CONTENTS}.tsv", path)


def timed(read: Callable[[Path], object], paths: Iterable[Path]) -> tuple[object, float, float]:
    """Return what the last file holds, and for all the seconds and those of processors."""
    start, used, found = time.perf_counter(), time.process_time(), None
    for path in paths:
        found = read(path)
    return found, time.perf_counter() - start, time.process_time() - used


def ours(path: Path) -> ReadChains:
    """Read with macroimmune."""
    return read_chains(path, layout="airr", counted="templates")


def with_airr(path: Path) -> object:
    """Read with airr as its users do."""
    # The peer is optional.
    import airr

    return airr.load_rearrangement(path)


def with_pandas(path: Path) -> object:
    """Read the columns that are used with pandas."""
    # The peer is optional.
    import pandas as pd

    return pd.read_csv(path, sep="\t", usecols=USED)


def agreement(own: pl.DataFrame, other: object) -> str:
    """Say whether a peer's columns of the same file are equal to ours."""
    theirs = {name: list(other[name]) for name in USED}  # type: ignore[index]
    says = [str(one) in {"True", "T"} for one in theirs["productive"]]
    same = {
        "v_call": own["v_gene"].to_list() == [one.split("*")[0] for one in theirs["v_call"]],
        "j_call": own["j_gene"].to_list() == [one.split("*")[0] for one in theirs["j_call"]],
        "junction": own["junction"].to_list() == theirs["junction"],
        "junction_aa": own["junction_aa"].to_list() == theirs["junction_aa"],
        "productive": own["is_productive"].to_list() == says,
        "duplicate_count": own["count"].to_list() == [int(n) for n in theirs["duplicate_count"]],
    }
    differ = [name for name, is_same in same.items() if not is_same]
    return f"{', '.join(differ)} differ" if differ else f"{len(own)} rows x {len(same)} equal"


def write_apart(folder: str, count: int) -> None:
    """Write the files in a process of its own, so that what it takes is not counted."""
    writer = multiprocessing.get_context("spawn").Process(target=write_files, args=(folder, count))
    writer.start()
    writer.join()


def main() -> None:
    """Read with each program that is here; print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    n_peer = min(int(sys.argv[2]) if len(sys.argv) > 2 else 2, count)
    with tempfile.TemporaryDirectory() as folder:
        write_apart(folder, count)
        paths = [Path(folder) / f"{number}.tsv" for number in range(count)]
        megabytes = sum(path.stat().st_size for path in paths) / 1e6
        print(f"{count} AIRR files, {ROWS} rows, {megabytes / count:.0f} MB each", flush=True)
        _, seconds, used = timed(ours, paths)
        each = seconds / count
        cache = Path(folder) / "cache"

        def cached(path: Path) -> ReadChains:
            return read_cached_chains(path, layout="airr", counted="templates", folder=cache)

        _, kept, _ = timed(cached, paths)
        _, second, second_used = timed(cached, paths)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        same = cached(paths[-1]).table.equals(ours(paths[-1]).table)
        size = sum(file.stat().st_size for file in cache.iterdir()) / 1e6
        print(
            f"macroimmune {version('macroimmune')}: {seconds:.1f} s, {1000 * each:.0f} ms per file "
            f"({1000 * used / count:.0f} of processors); and keeping copies {kept:.1f} s "
            f"({size:.0f} MB)\n"
            f"the second time {second:.2f} s ({second_used:.2f} of processors), "
            f"{'equal' if same else 'NOT equal'} (asked for: 5 s of 200 files)\n"
            f"at most {peak:.0f} MB of memory (asked for: 500)",
            flush=True,
        )
        for name, read in (("pandas", with_pandas), ("airr", with_airr)):
            if importlib.util.find_spec(name) is None:
                print(f"{name} is not installed: make bench installs it")
                continue
            # Its import is not timed.
            read(paths[0])
            theirs, taken, peer_used = timed(read, paths[:n_peer])
            own = ours(paths[n_peer - 1]).table
            print(
                f"{name} {version(name)} on {n_peer} of them: {taken / n_peer:.2f} s per file, "
                f"{taken / n_peer / each:.1f} times ours ({peer_used / n_peer / used * count:.1f} "
                f"of processors); {agreement(own, theirs)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
