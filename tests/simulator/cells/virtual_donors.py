"""People, samples and outcomes made by hand, for tests of cells and taxa."""

import numpy as np

from macroimmune.simulator.people import LEAVES, Outcomes, People, Samples

AVERAGE = np.array([leaf.percent_of_pbmc for leaf in LEAVES.values()])
AVERAGE = AVERAGE / AVERAGE.sum()


def donors(count, *, responsiveness=None, healthy=0, seed=1, visits=("baseline",)):
    """Return people of whom the last `healthy` are healthy, their draws and outcomes."""
    rng = np.random.default_rng(seed)
    n = count + healthy
    is_patient = np.arange(n) < count
    fractions = np.array([rng.dirichlet(300 * AVERAGE) for _ in range(n)])
    people = People(
        participant_ids=np.array([f"V{number:05d}" for number in range(1, n + 1)]),
        is_patient=is_patient,
        arm=np.where(is_patient, "anti-PD1", ""),
        age_years=rng.uniform(40, 80, n),
        is_female=rng.random(n) < 0.5,
        is_cmv_positive=rng.random(n) < 0.5,
        baseline={},
        fractions=fractions,
        ifn_responsiveness=rng.standard_normal(n) if responsiveness is None else responsiveness,
    )
    who = np.repeat(np.arange(n), len(visits))
    samples = Samples(
        sample_ids=np.array([f"S{number:06d}" for number in range(1, who.size + 1)]),
        participant=who,
        visit=np.tile(np.array(visits), n),
        days=np.zeros(who.size, dtype=np.int64),
        batch=np.zeros(who.size, dtype=np.int64),
        fractions=fractions[who],
    )
    response = is_patient & (rng.random(n) < 0.4)
    never = np.full(n, 1e6)
    return people, samples, Outcomes(response, never, never, np.full(n, 700.0))
