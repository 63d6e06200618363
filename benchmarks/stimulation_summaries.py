"""Stimulated against unstimulated cells of 20 populations and 40 channels, pair by pair of files.

Run from the root of the repository: ``python benchmarks/stimulation_summaries.py [PAIRS]``, 100 by
default: 200 files of 100,000 cells, 20 million in all, drawn one pair after the other. For each
population and channel: mean, median, 90th and 99th percentile of both, percent above the
unstimulated 99th percentile, and the signed earth mover's distance between both.

Ours is `macroimmune.response.compare_groups`, the function for cells in memory. The stage of the
command `responses` does not call it: it needs intervals, and takes `marker_levels` of each well and
`paired_responses` of both, which its own line times on a stated subset (with 1,024 quantiles in the
place of more cells; its results are other ones, and no peer does the same).

Peers do the same as ours with the same arrays, given as the frames they like best before the clock
starts: polars by one group_by of exact quantiles, a join for the thresholds (in single precision,
so that a cell at the threshold may count as above it), and the distance as a sum over sorted
values, the fastest of seven forms that were tried; pandas by its groupby, the distance by
``scipy.stats.wasserstein_distance``, since pandas has no form of it. Peers do a stated subset
of the pairs; their seconds are extrapolated and said to be. Both ratios are printed: of the
whole set, and of all but the distance, for which ours still sorts every value and the peers do not.
"""

import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version

import numpy as np
import polars as pl

from macroimmune.response import (
    ComparedGroups,
    WellResponse,
    compare_groups,
    marker_levels,
    paired_responses,
)
from macroimmune.results import RESULT_TABLES
from macroimmune.study.stimulation_settings import StimulationSettings

CELLS, CHANNELS, POPULATIONS, SEED = 100_000, 40, 20, 17
POLARS_PAIRS, PANDAS_PAIRS, OWN_PAIRS = 20, 2, 4
NAMES = [f"c{k}" for k in range(CHANNELS)]
Found = dict[str, np.ndarray]


@dataclass
class Well:
    """Cells of one file."""

    values: np.ndarray
    labels: np.ndarray


@dataclass
class Program:
    """A peer: seconds of its summaries and of its distances, and how far its results lie apart."""

    name: str
    summaries: Callable[..., Found]
    distances: Callable[..., np.ndarray]
    frame: Callable[[Well], object]
    seconds: list[float] = field(default_factory=lambda: [0.0, 0.0])
    pairs: int = 0
    apart: float = 0.0
    shares_apart: float = 0.0

    def run(self, wells: list[Well], own: ComparedGroups) -> None:
        """Do one pair and compare with ours."""
        frames = [self.frame(one) for one in wells]
        start = time.perf_counter()
        found = self.summaries(*frames)
        middle = time.perf_counter()
        found["distance"] = self.distances(*frames)
        end = time.perf_counter()
        self.seconds[0] += middle - start
        self.seconds[1] += end - middle
        self.pairs += 1
        expected = in_one(own)
        expected["distance"] = np.abs(expected["distance"])
        gaps = {name: float(np.abs(found[name] - expected[name]).max()) for name in expected}
        self.shares_apart = max(self.shares_apart, gaps.pop("above"))
        self.apart = max(self.apart, *gaps.values())


def draw(rng: np.random.Generator, shift: float) -> Well:
    """Return one file that looks like mass cytometry: zeros and skewed positive values."""
    labels = rng.choice(POPULATIONS, CELLS, p=SHARES).astype(np.int32)
    counts = rng.standard_exponential((CHANNELS, CELLS), np.float32)
    counts *= 30 * (1 + shift * (np.arange(CHANNELS, dtype=np.float32)[:, None] % 4 == 0))
    counts[rng.random((CHANNELS, CELLS), np.float32) < 0.3] = 0
    return Well(np.arcsinh(counts / 5, out=counts).T, labels)


SHARES = np.geomspace(1, 20, POPULATIONS) / np.geomspace(1, 20, POPULATIONS).sum()


def ours(before: Well, after: Well, *, distance: bool = True) -> ComparedGroups:
    """Compare one pair."""
    return compare_groups(
        before.values,
        before.labels,
        after.values,
        after.labels,
        n_groups=POPULATIONS,
        distance=distance,
        threads=2,
    )


def well_response(file: str, well: Well) -> WellResponse:
    """Return what the stage keeps of a well."""
    rows = [np.flatnonzero(well.labels == k) for k in range(POPULATIONS)]
    levels = {
        (f"p{k}", name): marker_levels(well.values[:, place][some])
        for k, some in enumerate(rows)
        for place, name in enumerate(NAMES)
    }
    return WellResponse(
        file, {f"p{k}": len(some) for k, some in enumerate(rows)}, levels, "arcsinh"
    )


def stage(before: Well, after: Well) -> int:
    """Do with one pair what the stage does once populations are known; return the rows."""
    wells = {"before": well_response("before", before), "after": well_response("after", after)}
    schema = RESULT_TABLES["stimulation_pairs"].schema
    told = {name: "" for name, kind in schema.items() if kind == pl.String}
    told |= {"stimulated_file": "after", "unstimulated_file": "before", "stimulus": "BCR"}
    pairs = pl.DataFrame([told | {"same_batch": True}], schema=schema)
    found = paired_responses(
        pairs,
        wells.__getitem__,
        settings=StimulationSettings(),
        rng=np.random.default_rng(SEED),
    )
    return found.responses.height


def in_one(found: ComparedGroups) -> Found:
    """Return all that was found by name."""
    sides = {"before": found.before, "after": found.after}
    every = {
        f"{side} {name}": getattr(one, name)
        for side, one in sides.items()
        for name in ("mean", "median", "percentile_90", "percentile_99")
    }
    return every | {"above": found.share_above, "distance": found.signed_distance}


def as_polars(well: Well) -> pl.DataFrame:
    """Return the cells as a frame of polars."""
    columns = {name: well.values[:, k] for k, name in enumerate(NAMES)}
    return pl.DataFrame(columns | {"population": well.labels})


def polars_summaries(before: pl.DataFrame, after: pl.DataFrame) -> Found:
    """Return mean and quantiles of both wells, and the share above."""
    ways = {
        "mean": lambda c: pl.col(c).mean(),
        "median": lambda c: pl.col(c).median(),
        "percentile_90": lambda c: pl.col(c).quantile(0.9, "linear"),
        "percentile_99": lambda c: pl.col(c).quantile(0.99, "linear"),
    }
    asked = [way(c).alias(f"{c} {name}") for c in NAMES for name, way in ways.items()]
    frames = {"before": before, "after": after}
    found = {side: one.group_by("population").agg(*asked) for side, one in frames.items()}
    cuts = found["before"].select("population", pl.col("^.* percentile_99$"))
    above = (
        after
        .lazy()
        .join(cuts.lazy(), on="population", how="left")
        .group_by("population")
        .agg(*((pl.col(c) > pl.col(f"{c} percentile_99")).mean().alias(c) for c in NAMES))
        .collect()
    )
    results = {
        f"{side} {name}": one.sort("population").select(f"{c} {name}" for c in NAMES).to_numpy()
        for side, one in found.items()
        for name in ways
    }
    return results | {"above": above.sort("population").select(NAMES).to_numpy()}


def polars_distances(before: pl.DataFrame, after: pl.DataFrame) -> np.ndarray:
    """Return the earth mover's distances: gaps between sorted values times the shares apart."""
    both = pl.concat([
        one.lazy().with_columns(w=sign / pl.len().over("population"))
        for one, sign in ((before, -1.0), (after, 1.0))
    ])
    asked = [
        (pl.col("w").sort_by(c).cum_sum().abs() * pl.col(c).sort().diff().shift(-1)).sum().alias(c)
        for c in NAMES
    ]
    found = both.group_by("population").agg(*asked).collect()
    return found.sort("population").select(NAMES).to_numpy()


def with_pandas() -> Program:
    """Return the program of pandas."""
    # The peer is optional.
    import pandas as pd
    from scipy.stats import wasserstein_distance

    def frame(well: Well) -> "pd.DataFrame":
        cells = pd.DataFrame(well.values, columns=NAMES, copy=False)
        cells["population"] = well.labels
        return cells

    def summaries(before: "pd.DataFrame", after: "pd.DataFrame") -> Found:
        results = {}
        for side, cells in (("before", before), ("after", after)):
            groups = cells.groupby("population", sort=True)
            results[f"{side} mean"] = groups.mean().to_numpy()
            results[f"{side} median"] = groups.median().to_numpy()
            results[f"{side} percentile_90"] = groups.quantile(0.9).to_numpy()
            results[f"{side} percentile_99"] = groups.quantile(0.99).to_numpy()
        labels = after["population"].to_numpy()
        is_above = after[NAMES].to_numpy() > results["before percentile_99"][labels]
        above = pd.DataFrame(is_above, columns=NAMES).groupby(labels).mean()
        return results | {"above": above.to_numpy()}

    def distances(before: "pd.DataFrame", after: "pd.DataFrame") -> np.ndarray:
        parts = [dict(list(cells.groupby("population"))) for cells in (before, after)]
        return np.array([
            [wasserstein_distance(parts[0][k][c], parts[1][k][c]) for c in NAMES]
            for k in range(POPULATIONS)
        ])

    versions = f"pandas {version('pandas')}, scipy {version('scipy')}"
    return Program(versions, summaries, distances, frame)


def extra_memory(wells: list[Well]) -> float:
    """Return the most that one pair takes above its cells, in MB; compiled before."""
    ours(*wells)
    tracemalloc.start()
    ours(*wells)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


def tell(one: Program, pairs: int, own: float, own_without: float) -> None:
    """Print seconds, both ratios and agreement of a peer."""
    scale = pairs / one.pairs
    first, second = (scale * seconds for seconds in one.seconds)
    subset = "" if one.pairs == pairs else f"   (extrapolated from {one.pairs} pairs)"
    print(
        f"{one.name:28} {first + second:9.1f} s   {(first + second) / own:6.1f} x ours   without "
        f"the distance {first:.1f} s, {first / own_without:.1f} x   largest difference "
        f"{one.apart:.1e}, of shares above {one.shares_apart:.1e}{subset}"
    )


def seconds_of(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Time each program pair by pair; print."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    rng = np.random.default_rng(SEED)
    wells = [draw(rng, 0.0), draw(rng, 0.5)]
    memory = extra_memory(wells)
    rows = stage(*wells)
    polars = Program(f"polars {version('polars')}", polars_summaries, polars_distances, as_polars)
    pandas = with_pandas()
    own = own_without = of_stage = 0.0
    for pair in range(pairs):
        wells = [draw(rng, 0.0), draw(rng, 0.5)]
        start = time.perf_counter()
        found = ours(*wells)
        own += time.perf_counter() - start
        own_without += seconds_of(partial(ours, *wells, distance=False))
        if pair < OWN_PAIRS:
            start = time.process_time()
            stage(*wells)
            of_stage += time.process_time() - start
        if pair < POLARS_PAIRS:
            polars.run(wells, found)
        if pair < PANDAS_PAIRS:
            pandas.run(wells, found)
    print(
        f"{pairs} pairs of files, {2 * pairs * CELLS / 1e6:.1f} million cells, {CHANNELS} channels,"
        f" {POPULATIONS} populations"
    )
    print(
        f"macroimmune {version('macroimmune'):16} {own:9.1f} s   without the distance "
        f"{own_without:.1f} s   at most {memory:.1f} MB above the cells, two threads"
    )
    tell(polars, pairs, own, own_without)
    tell(pandas, pairs, own, own_without)
    done = min(pairs, OWN_PAIRS)
    print(
        f"the stage, with intervals     {of_stage * pairs / done:9.1f} s   of CPU, "
        f"{1e3 * of_stage / (done * rows):.2f} ms per row of {rows} a pair, quantiles"
        f"   (extrapolated from {done} pairs)"
    )


if __name__ == "__main__":
    main()
