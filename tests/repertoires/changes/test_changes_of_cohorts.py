"""Changes in public cohorts: reads have no test, and their turnover is that of the table."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from macroimmune.datasets import write_study
from macroimmune.repertoires.changes import change_tables
from macroimmune.repertoires.reading import read_repertoires
from macroimmune.repertoires.repertoire import READS_STATUS
from macroimmune.study import load_study


@pytest.mark.data
def test_reads_of_iokin_have_their_turnover_and_neither_expansion_nor_novelty(tmp_path):
    study = load_study(write_study("iokin-tcr", tmp_path))
    # The published figure tells clonotypes apart by their CDR3 alone.
    by_junction = replace(study.analysis.repertoires, genes="none")
    study = replace(study, analysis=replace(study.analysis, repertoires=by_junction))
    found = change_tables(
        read_repertoires(study),
        settings=study.analysis.repertoires,
        rng=np.random.default_rng(1),
        window=study.analysis.baseline_window_days,
    )
    rows = found["repertoire_changes"]
    assert found["clone_changes"].is_empty()
    assert set(rows["status"]) == {READS_STATUS}
    for name in ("n_tested", "n_expanded", "n_novel_expected", "novel_excess", "novel_p_value"):
        assert rows[name].null_count() == rows.height
    first = rows.filter(pl.col("pair") == "baseline", pl.col("day_after") == 1.0)
    assert first.height == 8
    share = (first["n_novel"] / first["n_after"]).mean()
    assert round(100 * share, 1) == 84.3
