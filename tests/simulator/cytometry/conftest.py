"""Virtual people and draws by hand, and the files of a few of their tubes."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from macroimmune.formats import FcsData, read_fcs
from macroimmune.simulator.cytometry import Well, panel_of
from macroimmune.simulator.cytometry.tube_files import TubeTask, write_tube
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.people import Outcomes, People, Samples
from macroimmune.simulator.plan import CytometryPlan

PERCENT = np.array([leaf.percent_of_pbmc for leaf in LEAVES.values()])


@dataclass(frozen=True)
class ReadTube:
    """A tube as it stands in its files."""

    fcs: FcsData
    truth: pl.DataFrame

    def of(self, antigen: str, panel: str = "mass_t_cell") -> np.ndarray:
        """Return what the channel of an antigen recorded, as it is."""
        names = [channel.name for channel in panel_of(panel).channels if channel.antigen == antigen]
        return self.fcs.events[:, self.fcs.names.index(names[0])].astype(float)

    def is_live(self, *leaves: str) -> np.ndarray:
        """Tell which events are single live cells of these leaves; of any where none is named."""
        chosen = self.truth["kind"] == "live"
        if leaves:
            chosen &= self.truth["leaf"].is_in(list(leaves))
        return chosen.to_numpy()


@pytest.fixture(scope="session")
def fractions() -> np.ndarray:
    """Give the fractions of an average healthy adult."""
    return PERCENT / PERCENT.sum()


@pytest.fixture
def write_and_read(tmp_path: Path, fractions):
    """Return a function that writes one tube and reads it back."""

    def run(
        plan: CytometryPlan | None = None,
        *,
        seed: int = 11,
        file: str = "V001_baseline",
        donor: str = "V001",
        responsiveness: float = 0.0,
        panel: str = "mass_t_cell",
        stimulus: str = "unstimulated",
        batch: int = 0,
        of: np.ndarray = fractions,
    ) -> ReadTube:
        well = Well(file, donor, responsiveness, panel, stimulus, batch, of)
        targets = (tmp_path / f"{file}.fcs", tmp_path / f"{file}.parquet")
        write_tube(TubeTask(seed, plan or CytometryPlan(), well), targets)
        return ReadTube(read_fcs(targets[0]), pl.read_parquet(targets[1]))

    return run


@pytest.fixture
def drawn_people():
    """Return a function that makes people and their samples by hand."""

    def make(
        n: int = 4, visits: tuple[str, ...] = ("baseline", "week 3"), n_batches: int = 2
    ) -> tuple[People, Samples, Outcomes]:
        rng = np.random.default_rng(5)
        each = PERCENT * np.exp(0.3 * rng.standard_normal((n, PERCENT.size)))
        each /= each.sum(axis=1, keepdims=True)
        false, nan = np.zeros(n, dtype=bool), np.full(n, np.nan)
        people = People(
            participant_ids=np.array([f"V{k + 1:03}" for k in range(n)]),
            is_patient=~false,
            arm=np.array(["anti-PD1"] * n),
            age_years=np.full(n, 60.0),
            is_female=false,
            is_cmv_positive=false,
            baseline={},
            fractions=each,
            ifn_responsiveness=rng.standard_normal(n),
        )
        who = np.repeat(np.arange(n), len(visits))
        samples = Samples(
            sample_ids=np.array([f"S{k:03}" for k in range(who.size)]),
            participant=who,
            visit=np.array(list(visits) * n),
            days=np.array([21 * k for k in range(len(visits))] * n),
            batch=who % n_batches,
            fractions=each[who],
        )
        return people, samples, Outcomes(false, nan, nan, nan)

    return make
