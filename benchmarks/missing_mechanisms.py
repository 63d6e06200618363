"""The list of missing mechanisms as it should be: every claim that fails, and no other.

Run from the root of the repository: ``python benchmarks/missing_mechanisms.py [FILE]``. Prints, for
each failing claim, what was expected and found, and the mechanism that the list names, if any. With
FILE it also writes the list anew: claims that pass left out, new ones with an empty mechanism to be
filled in. The list of the package is `mechanism/acceptance/data/missing_mechanisms.csv`.
"""

import sys
from pathlib import Path

import polars as pl

from macroimmune.mechanism.acceptance import (
    claim_outcomes,
    claims_table,
    missing_mechanisms,
    scored_claims,
    unexplained,
)


def main() -> None:
    """Print failing claims and what the list gets wrong; write it anew where asked."""
    chosen = scored_claims()
    outcomes = claim_outcomes(chosen, workers=2)
    failing = claims_table(chosen, outcomes).filter(~pl.col("passed"))
    for row in failing.iter_rows(named=True):
        sides = " v ".join(filter(None, (row["condition"], row["comparator"])))
        size = row["association"] if row["ratio"] is None else row["ratio"]
        found = row["status"] if size is None else f"{row['found']} ({size:.3g})"
        said = row["missing_mechanism"] or "(no mechanism)"
        print(f"{row['claim_id']} {row['section']}: {row['observable']} in {row['compartment']},")
        print(f"  {sides}, {row['tumour']}: expected {row['expected']}, found {found}: {said}")
    without, needless = unexplained({name: one.passed for name, one in outcomes.items()})
    print(f"{failing.height} claims fail; without a mechanism: {' '.join(without) or 'none'}")
    print(f"listed, but they pass: {' '.join(needless) or 'none'}")
    if len(sys.argv) > 1:
        lines = missing_mechanisms()
        names = failing["claim_id"].to_list()
        written = {"claim_id": names, "mechanism": [lines.get(name, "") for name in names]}
        pl.DataFrame(written).write_csv(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
