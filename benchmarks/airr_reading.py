"""Read AIRR files beside airr and pandas: seconds, memory, agreement; and a second time.

Run from the root of the repository: ``python benchmarks/airr_reading.py [FILES] [PEER_FILES]``
(200 and 2 if not given). Each file has 100,000 rearrangements with the columns that aligners write,
some 49 MB; ten different contents are written, each under as many names as it takes. The peers
read PEER_FILES of them. Files lie in a folder that is removed again, and so does the cache of
repertoires. A peer that is not installed is said to be missing; `make bench` installs airr.
"""

import numpy as np
import polars as pl

ROWS, CONTENTS, SEED = 100_000, 10, 11
V_GENES = [f"TRBV{name}" for name in ("2", "4-1", "5-1", "6-2", "7-9", "12-3", "19", "20-1", "28")]
J_GENES = [f"TRBJ{cluster}-{k}" for cluster in (1, 2) for k in range(1, 7)]
USED = ["v_call", "j_call", "junction", "junction_aa", "productive", "duplicate_count"]


def sequences(rng: np.random.Generator, lengths: np.ndarray) -> list[str]:
    """Draw random bases of the lengths given."""
    text = rng.choice(list("ACGT"), int(lengths.sum()))
    text = "".join(text.tolist())
    ends = np.cumsum(lengths)
    return [text[end - length : end] for end, length in zip(ends, lengths, strict=True)]


def rearrangements(rng: np.random.Generator) -> pl.DataFrame:
    """Draw rearrangements with the columns that aligners write."""
    middle = sequences(rng, 3 * rng.integers(7, 14, ROWS))
    junction = [f"TGTGCC{bases.replace('TA', 'CA').replace('TGA', 'CGA')}TTT" for bases in middle]
    start, end = sequences(rng, np.full(ROWS, 62)), sequences(rng, np.full(ROWS, 20))
    read = [a + b + c for a, b, c in zip(start, junction, end, strict=True)]
    counts = np.minimum(rng.zipf(2.0, ROWS), 50_000)
    acids = pl.Series(["".join(rng.choice(list("ACDEFGHIKLMNPQRSTVWY"), 5))] * ROWS)
    pick = lambda genes, allele: pl.Series(rng.choice(genes, ROWS)) + allele  # noqa: E731
    return pl.DataFrame({
        "sequence_id": pl.Series(range(ROWS)).cast(pl.String),
        "sequence": read,
        "rev_comp": [False] * ROWS,
        "productive": [True] * ROWS,
        "v_call": pick(V_GENES, "*01"),
        "d_call": pick(["TRBD1", "TRBD2"], "*01"),
        "j_call": pick(J_GENES, "*01"),
        "sequence_alignment": read,
        "germline_alignment": read,
        "junction": junction,
        "junction_aa": pl.Series(junction).str.slice(0, 0) + "CA" + acids + "F",
        "v_cigar": pl.Series(rng.integers(60, 70, ROWS)).cast(pl.String) + "M50S",
        "d_cigar": pl.Series(rng.integers(5, 12, ROWS)).cast(pl.String) + "M90S",
        "j_cigar": pl.Series(rng.integers(20, 40, ROWS)).cast(pl.String) + "M80S",
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
