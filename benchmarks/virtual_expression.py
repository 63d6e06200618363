"""Whether the change of an interferon set follows the true responsiveness of virtual donors.

Run from the root of the repository: ``python benchmarks/virtual_expression.py [DONORS] [CELLS]``.
A virtual study with an unstimulated and an interferon well of each donor, as h5ad and as 10x:
rank correlation of the change of each set in each population with the truth, and seconds.
"""

import sys
import tempfile
import time
from pathlib import Path

import polars as pl
from scipy.stats import spearmanr

from macroimmune.expression import measure_expression
from macroimmune.features import expression_features
from macroimmune.simulator import StudyPlan, write_virtual_study
from macroimmune.simulator.plan import ExpressionPlan
from macroimmune.study import load_study

DONORS, CELLS, SEED = 24, 1000, 7
STEM = "ifn1_expression_response_"


def study_in(folder: Path, file_format: str, donors: int, cells: int) -> None:
    """Write a virtual study with its single-cell RNA."""
    plan = ExpressionPlan(
        is_written=True,
        participants=donors,
        cells_per_well=cells,
        genes=2000,
        file_format=file_format,
    )
    write_virtual_study(folder, StudyPlan(patients=donors, seed=SEED, expression=plan))


def main() -> None:
    """Print the rank correlations of each format."""
    given = [int(word) for word in sys.argv[1:3]]
    donors, cells = (*given, *(DONORS, CELLS)[len(given) :])
    for file_format in ("h5ad", "10x"):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "study"
            study_in(folder, file_format, donors, cells)
            study = load_study(folder)
            start = time.perf_counter()
            measured = measure_expression(study, Path(name) / "work")
            seconds = time.perf_counter() - start
            truth = pl.read_csv(folder / "truth" / "participants.csv")
        print(f"{file_format}: {donors} donors, {cells} cells per well, {seconds:.1f} s")
        scores = measured.tables["expression_scores"]
        for definition, rows in expression_features(scores, study=study):
            found = rows.join(truth, on="participant_id").drop_nulls("value")
            if definition.id.startswith(STEM) and found.height > 2:
                rho = spearmanr(found["value"], found["ifn_responsiveness"])[0]
                print(f"  {definition.id.removeprefix(STEM)}: {rho:.3f} of {found.height} donors")


if __name__ == "__main__":
    main()
