"""Gene usage, germline ends, trimming and N additions of TRA and TRB chains from public clonotypes.

The end of a gene is read off distinct rearrangements: base by base from the conserved cysteine
(V) or from the conserved phenylalanine backwards (J), as long as more than 55 % of those that
agreed so far agree again. N additions agree by chance only, about 25 to 40 %.
"""

import csv
import os
from pathlib import Path

import numpy as np
import polars as pl
import scipy
from scipy.optimize import nnls

DATA = Path(os.environ["MACROIMMUNE_DATA"])
HERE = Path(__file__).resolve().parent
OUT = HERE.parents[1] / "src/macroimmune/simulator/repertoires"
AGREEING, FEWEST, LONGEST, MOST_ACIDS = 0.55, 25, 15, 26

# IMGT TRBD1*01 (K02545) and TRBD2*01 (X02987); too short to be read off rearrangements.
D_GENES = {"TRBD1": "GGGACAGGGGGC", "TRBD2": "GGGACTAGCGGGGGGG"}


def clonotypes() -> pl.DataFrame:
    """Return the distinct productive rearrangements of each person."""
    contigs = pl.concat([
        pl.read_csv(path, infer_schema=False).with_columns(person=pl.lit(path.name[14:16]))
        for path in sorted((DATA / "tenx_contigs").glob("*.csv.gz"))
    ])
    contigs = contigs.filter(
        pl.col("productive") == "TRUE", pl.col("chain").is_in(["TRA", "TRB"])
    ).select("person", locus="chain", v="v_gene", d="d_gene", j="j_gene", nt="cdr3_nt", aa="cdr3")
    bulk = pl.read_csv(
        DATA / "iokin_tcr/03_IOKIN_BuffyCoat_TRB-CDR3.csv", infer_schema=False
    ).select(
        person="Patient_id",
        locus=pl.lit("TRB"),
        v=pl.col("allVHitsWithScore").str.extract(r"^(TRBV[^*]+)"),
        d=pl.lit("None"),
        j=pl.col("allJHitsWithScore").str.extract(r"^(TRBJ[^*]+)"),
        nt="nSeqCDR3",
        aa="aaSeqCDR3",
    )
    both = pl.concat([bulk, contigs]).unique(
        ["person", "locus", "v", "j", "nt"], maintain_order=True
    )
    return both.filter(
        pl.col("v") != "None", pl.col("j") != "None", pl.col("aa").str.contains(r"^C.*[FW]$")
    )


def germline_end(sequences: list[str]) -> str:
    """Return the bases that most rearrangements have in common from their beginning."""
    end, agreeing = "", sequences
    while True:
        place = len(end)
        agreeing = [text for text in agreeing if len(text) > place]
        if len(agreeing) < FEWEST // 2:
            return end
        bases, counts = np.unique([text[place] for text in agreeing], return_counts=True)
        if counts.max() < AGREEING * len(agreeing):
            return end
        end += str(bases[counts.argmax()])
        agreeing = [text for text in agreeing if text[place] == end[-1]]


def matched(sequence: str, end: str) -> int:
    """Return how many leading bases agree."""
    for place, (one, other) in enumerate(zip(sequence, end, strict=False)):
        if one != other:
            return place
    return min(len(sequence), len(end))


def trimming(observed: np.ndarray) -> np.ndarray:
    """Return shares of 0, 1 ... bases trimmed, given what seems to be trimmed.

    An added base is that of the germline in a quarter of cases, so fewer seem to be trimmed.
    """
    size = LONGEST + 1
    share = np.bincount(np.minimum(observed, LONGEST), minlength=size) / len(observed)
    seen = np.zeros((size, size))
    for true in range(size):
        for found in range(true + 1):
            seen[found, true] = 0.25 ** (true - found) * (0.75 if found else 1.0)
    solved, _ = nnls(seen, share)
    return solved / solved.sum()


def main() -> None:
    table = clonotypes()
    rows, lengths, facts = [], [], []
    for locus in ("TRA", "TRB"):
        part = table.filter(pl.col("locus") == locus)
        ends: dict[str, str] = {}
        for kind in ("v", "j"):
            for (gene,), group in part.group_by([kind], maintain_order=True):
                texts = group["nt"].to_list()
                if len(texts) >= FEWEST:
                    end = germline_end([text if kind == "v" else text[::-1] for text in texts])
                    ends[gene] = end if kind == "v" else end[::-1]
                    rows.append((locus, kind.upper(), gene, len(texts), ends[gene]))
        part = part.filter(pl.col("v").is_in(list(ends)), pl.col("j").is_in(list(ends)))
        lost_v, lost_j, middle = [], [], []
        for v, j, text in part.select("v", "j", "nt").iter_rows():
            kept_v = matched(text, ends[v])
            kept_j = min(matched(text[::-1], ends[j][::-1]), len(text) - kept_v)
            lost_v.append(len(ends[v]) - kept_v)
            lost_j.append(len(ends[j]) - kept_j)
            middle.append(len(text) - kept_v - kept_j)
        for name, lost in (("v_trim", lost_v), ("j_trim", lost_j)):
            shares = trimming(np.array(lost))
            lengths.extend((locus, name, n, round(float(x), 5)) for n, x in enumerate(shares))
        acids = part["aa"].str.len_chars().to_numpy()
        shares = np.bincount(acids, minlength=MOST_ACIDS + 1)[: MOST_ACIDS + 1] / len(acids)
        lengths.extend((locus, "aa_length", n, round(float(x), 5)) for n, x in enumerate(shares))
        # Two thirds of a base, on average, agree by chance at the two ends.
        mean, variance = np.mean(middle) + 2 / 3, np.var(middle)
        facts.append((locus, len(part), round(mean, 3), round(float(variance), 3)))
    called = table.filter(pl.col("d").is_in(list(D_GENES)), pl.col("j").str.starts_with("TRBJ2"))
    second = float((called["d"] == "TRBD2").mean())
    for gene, bases in D_GENES.items():
        rows.append(("TRB", "D", gene, called.filter(pl.col("d") == gene).height, bases))
    with (OUT / "segments.csv").open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("locus", "kind", "gene", "clonotypes", "bases"))
        writer.writerows(sorted(rows))
    with (OUT / "junction_lengths.csv").open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("locus", "what", "length", "share"))
        writer.writerows(lengths)
    with (HERE / "middle.csv").open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("locus", "clonotypes", "mean_bases_between_v_and_j", "variance"))
        writer.writerows(facts)
    print(f"TRBD2 among called D genes with TRBJ2: {second:.3f}")
    versions = (f"{module.__name__} {module.__version__}" for module in (np, pl, scipy))
    (HERE / "versions.txt").write_text("\n".join(versions) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
