"""Labels of cells come by the dozen; only those with a published marker become tests."""

import polars as pl
import pytest

from macroimmune.evidence import find_population
from macroimmune.features.repertoire_populations import (
    LABELLED_POPULATIONS,
    featured_kinds,
    of_featured_populations,
)


@pytest.mark.parametrize("population", LABELLED_POPULATIONS)
def test_the_populations_are_those_of_the_vocabulary(population):
    assert find_population(population).id == population


def test_sorted_populations_are_kept_and_labels_of_other_cells_are_not():
    rows = pl.DataFrame({
        "population": ["", "temra_cd8", "temra_cd8", "em_cd8", "my gate"],
        "counted": ["reads", "cells", "umis", "cells", "templates"],
    })
    kept = of_featured_populations(rows)
    assert kept["population"].to_list() == ["", "temra_cd8", "em_cd8", "my gate"]
    assert kept["counted"].to_list() == ["reads", "umis", "cells", "templates"]


def test_all_t_cells_come_first_and_blood_before_other_places():
    rows = pl.DataFrame({
        "population": ["treg", "", "", "cm_cd8"],
        "compartment": ["blood", "tumour", "blood", "blood"],
        "counted": ["cells", "cells", "cells", "cells"],
    })
    kinds = [(population, compartment) for population, compartment, _ in featured_kinds(rows)]
    assert kinds == [("", "blood"), ("", "tumour"), ("treg", "blood")]
