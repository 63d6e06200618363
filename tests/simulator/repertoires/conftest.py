"""Virtual people by hand, and the files of one of them."""

import dataclasses
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from macroimmune.simulator.file_tasks import FileTask
from macroimmune.simulator.plan import RepertoiresPlan
from macroimmune.simulator.repertoires import Draw, Person
from macroimmune.simulator.repertoires.person_files import person_paths, write_person
from macroimmune.simulator.repertoires.phenotypes import BLOOD_PHENOTYPES

SHARES = {
    "naive_cd4": 0.26,
    "naive_treg": 0.01,
    "naive_cd8": 0.13,
    "cm_cd4": 0.22,
    "em_cd4": 0.12,
    "temra_cd4": 0.02,
    "effector_treg": 0.03,
    "cm_cd8": 0.05,
    "em_cd8": 0.07,
    "temra_cd8": 0.05,
    "cd8_senescent": 0.03,
    "ki67_cd8": 0.01,
}


@pytest.fixture(scope="session")
def make_person():
    """Return a function that makes a treated responder with small tubes; settings may change."""

    def make(*, seed: int = 5, single_cells: bool = False, person: dict | None = None, **settings):
        shares = np.array([SHARES[kind.id] for kind in BLOOD_PHENOTYPES])
        plan = {"clones": 4_000, "blood_cells": 25_000, "tumour_cells": 8_000, "cells_spread": 0.0}
        draws = [
            Draw("P1-baseline", "baseline", "blood", -3, shares, single_cells),
            Draw("P1-baseline-T", "baseline", "tumour", -3, shares, single_cells),
            Draw("P1-week-6", "week 6", "blood", 42, shares),
            Draw("P1-week-6-T", "week 6", "tumour", 42, shares),
        ]
        made = Person(
            seed=seed,
            participant_id="P1",
            age_years=61.0,
            is_patient=True,
            is_cmv_positive=False,
            is_treated=True,
            is_responder=True,
            shares=shares,
            draws=tuple(draws),
            plan=RepertoiresPlan(is_written=True, **{**plan, **settings}),
        )
        return dataclasses.replace(made, **(person or {}))

    return make


@pytest.fixture(scope="session")
def written():
    """Return a function that writes a person's files and returns the folder and the true clones."""

    def write(person: Person, folder: Path) -> pl.DataFrame:
        FileTask(person_paths(person), write_person, person).run(folder)
        return pl.read_parquet(folder / f"truth/clones/{person.participant_id}.parquet")

    return write
