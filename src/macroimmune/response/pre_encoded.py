"""Does the resting state predict the response? The tables pre_encoded, pre_encoded_predictions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from macroimmune.response.resting_block import RestingBlock, baseline_of
from macroimmune.response.shared_error import shared_error_share
from macroimmune.results import conform, empty
from macroimmune.statistics import NestedRidge, nested_ridge, participant_folds

__all__ = ["LEAST_DONORS", "pre_encoded"]

LEAST_DONORS = 15
UP_TO_TREATMENT = (-np.inf, 0.0)
RESTING, OTHERS = "resting markers", "resting markers outside the score"
_PERMUTATIONS = 1000
# From so many donors on a fold holds several of them; it takes a tenth of the time.
_ONE_AT_A_TIME, _FOLDS = 50, 20
_MOST_NAMED = 5
_SERIES = (
    "modality",
    "panel",
    "marker_list",
    "stimulus",
    "stimulus_minutes",
    "stimulus_dose",
    "stimulus_dose_unit",
    "population",
)
_OF_PAIR = tuple(name for name in _SERIES if name != "marker_list")


def pre_encoded(
    responsiveness: pl.DataFrame,
    responses: pl.DataFrame,
    blocks: Iterable[RestingBlock] = (),
    *,
    window: tuple[float, float] = UP_TO_TREATMENT,
    rng: np.random.Generator,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return how well the resting state predicts each primary score, and the predictions.

    Parameters
    ----------
    responsiveness : DataFrame
        Table `responsiveness`; scores of the primary population are predicted.
    responses : DataFrame
        Table `stimulation_responses`; its unstimulated means are the resting markers.
    blocks : iterable of RestingBlock
        What else was measured at rest: expression, gene activity.
    window : (float, float), days from treatment start
        Of baseline, ends included; one sample of each participant counts.
    rng : numpy Generator

    Returns
    -------
    found, predictions : DataFrame
        Tables `pre_encoded` and `pre_encoded_predictions`.

    Notes
    -----
    Convention: ridge regression, validated on donors who took no part; filling in, scaling and
    penalty within the training donors. The p-value repeats all of it on responses exchanged
    between donors of one batch, and of all batches where those are too small. The unstimulated
    level is a part of the response, so an error in it shows as prediction: markers of the score
    are also left out, and the share that the error could explain is told.
    """
    table, predictions = [], []
    for response in _responses(responsiveness, window):
        for resting in _resting(response, responses, list(blocks)):
            row, predicted = _one(response, resting, window, rng)
            table.append(row)
            predictions += predicted
    return _frame("pre_encoded", table), _frame("pre_encoded_predictions", predictions)


@dataclass(frozen=True, slots=True, eq=False)
class _Response:
    """One score, a row per donor, and the markers in it."""

    name: str
    population: str
    rows: pl.DataFrame
    markers: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Resting:
    """Predictors in rows of participant_id, feature and value, and what is to be told of them."""

    name: str
    rows: pl.DataFrame
    status: str


def _responses(responsiveness: pl.DataFrame, window: tuple[float, float]) -> Iterator[_Response]:
    scored = responsiveness.filter(pl.col("is_primary") & pl.col("score").is_not_null())
    rows = baseline_of(scored, window)
    for _, group in rows.group_by(_SERIES, maintain_order=True):
        one = group.unique("participant_id", keep="last", maintain_order=True)
        markers = {name for text in one["markers"] for name in _parts(text)}
        first = one.row(0, named=True)
        yield _Response(_response_name(first), first["population"], one, tuple(sorted(markers)))


def _parts(text: str) -> Iterator[str]:
    return (part.strip() for part in text.split(";") if part.strip())


def _response_name(row: dict[str, Any]) -> str:
    minutes, dose = row["stimulus_minutes"], row["stimulus_dose"]
    words = [
        row["marker_list"],
        row["population"],
        row["stimulus"],
        "" if minutes is None else f"{minutes:g} min",
        "" if dose is None else f"{dose:g} {row['stimulus_dose_unit']}".strip(),
        row["panel"] or row["modality"],
    ]
    return ", ".join(word for word in words if word)


def _resting(
    response: _Response, responses: pl.DataFrame, blocks: Sequence[RestingBlock]
) -> Iterator[_Resting]:
    """Yield what may predict a response: its own resting markers, those outside it, blocks."""
    keys = ["participant_id", "sample_id", *_OF_PAIR]
    own = responses.join(response.rows, on=keys, how="semi", nulls_equal=True).filter(
        pl.col("mean_unstimulated").is_not_null()
    )
    levels = own.select(
        "participant_id",
        pl.col("marker").alias("feature"),
        pl.col("mean_unstimulated").alias("value"),
    )
    if not levels.is_empty():
        yield _Resting(RESTING, levels, _told(response, own))
        others = levels.filter(~pl.col("feature").is_in(response.markers))
        yield _Resting(OTHERS, others, "")
    for block in blocks:
        yield _Resting(block.name, _of_population(block, response.population), "")


def _told(response: _Response, own: pl.DataFrame) -> str:
    """Return what the error that resting markers share with the score could explain."""
    donors = response.rows.select("participant_id", "score").with_row_index("donor")
    rows = own.join(donors.select("participant_id", "donor"), on="participant_id")
    share = shared_error_share(donors["score"].to_numpy(), rows, response.markers)
    size = "of unknown size" if np.isnan(share) else f"alone could give R2 = {share:.2g}"
    has_batches = own["batch_se"].is_not_null().any()
    what = "counting cells and batches" if has_batches else "counting cells; batch not included"
    return (
        "the unstimulated level is part of the response: the error that both share "
        f"({what}) {size}; read it beside the markers outside the score"
    )


def _of_population(block: RestingBlock, population: str) -> pl.DataFrame:
    own = block.values.filter(pl.col("population") == population)
    if own.is_empty():
        own = block.values.with_columns(
            pl
            .when(pl.col("population") == "")
            .then(pl.col("feature"))
            .otherwise(pl.col("feature") + " in " + pl.col("population"))
            .alias("feature")
        )
    return own


def _one(
    response: _Response,
    resting: _Resting,
    window: tuple[float, float],
    rng: np.random.Generator,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a row of `pre_encoded` and its rows of predictions."""
    rows = resting.rows
    if "sample_id" in rows.columns:
        rows = baseline_of(rows, window)
    donors = response.rows.join(rows, on="participant_id", how="semi").sort("participant_id")
    features, values = _matrix(donors["participant_id"].to_list(), rows)
    row: dict[str, Any] = {
        "response": response.name,
        "resting": resting.name,
        "n_donors": donors.height,
        "n_predictors": len(features),
        "n_permutations": 0,
        "method": "",
        "carried_by": "",
        "status": _too_little(donors.height, len(features)),
    }
    if row["status"]:
        return row, []
    found, how = _validated(donors, values, rng)
    row |= {
        "r_squared": found.r_squared,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "correlation": found.correlation,
        "p_value": found.p_value,
        "n_permutations": found.n_permutations,
        "method": how,
        "carried_by": _carried_by(found, features),
        "status": "; ".join(part for part in (found.status, resting.status) if part),
    }
    return row, [
        {
            "response": response.name,
            "resting": resting.name,
            "participant_id": who,
            "measured": score,
            "predicted": guess,
        }
        for who, score, guess in zip(
            donors["participant_id"], donors["score"], found.predicted.tolist(), strict=True
        )
    ]


def _matrix(donors: list[str], rows: pl.DataFrame) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Return features that most donors have and in which they differ, shape (donors, features)."""
    place = {who: row for row, who in enumerate(donors)}
    rows = rows.filter(pl.col("participant_id").is_in(donors))
    features = tuple(rows["feature"].unique(maintain_order=True))
    column = {name: at for at, name in enumerate(features)}
    values = np.full((len(donors), len(features)), np.nan)
    values[
        [place[who] for who in rows["participant_id"]], [column[name] for name in rows["feature"]]
    ] = rows["value"].to_numpy()
    seen = np.isfinite(values)
    spread = np.where(seen, values, -np.inf).max(axis=0, initial=-np.inf) > np.where(
        seen, values, np.inf
    ).min(axis=0, initial=np.inf)
    kept = spread & (2 * seen.sum(axis=0) > len(donors))
    names = tuple(name for name, use in zip(features, kept, strict=True) if use)
    return names, values[:, kept]


def _too_little(donors: int, features: int) -> str:
    if donors < LEAST_DONORS:
        return f"{donors} donors with both; at least {LEAST_DONORS} are needed"
    if not features:
        return "no resting measurement that most donors have and in which they differ"
    return ""


def _validated(
    donors: pl.DataFrame, values: NDArray[np.float64], rng: np.random.Generator
) -> tuple[NestedRidge, str]:
    n = donors.height
    folds = None
    if n > _ONE_AT_A_TIME:
        alike = np.zeros(n, dtype=bool)
        folds = participant_folds(alike, n_folds=_FOLDS, repeats=1, rng=rng)[0]
    strata = donors.select(
        pl.col("batch")
        + pl
        .when(pl.col("days_from_treatment_start").is_null())
        .then(pl.lit(" untreated"))
        .otherwise(pl.lit(""))
    ).to_series()
    found = nested_ridge(
        values,
        donors["score"].to_numpy(),
        folds=folds,
        strata=strata.to_numpy().astype(str),
        permutations=_PERMUTATIONS,
        interval=True,
        rng=rng,
    )
    within = "of one batch" if found.is_within_strata else "of all batches"
    exchanged = f"permuted between donors {within}"
    held = "one donor at a time" if folds is None else f"{_FOLDS} groups of donors"
    return found, (
        f"ridge regression, {held} held out; filling in, scaling and penalty within the others; "
        f"{exchanged}, where R2 is {found.null_r_squared:.2g} in the median"
    )


def _carried_by(found: NestedRidge, features: tuple[str, ...]) -> str:
    """Return the measurements whose shuffling costs most, with sign and cost in R squared."""
    steady = np.abs(found.coefficients) > found.coefficient_errors
    useful = (found.importance > 0.0) & steady & (found.r_squared > 0.0)
    order = [at for at in np.argsort(-found.importance).tolist() if useful[at]][:_MOST_NAMED]
    return "; ".join(
        f"{features[at]} {'+' if found.coefficients[at] > 0 else '-'} ({found.importance[at]:.3f})"
        for at in order
    )


def _frame(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    if not rows:
        return empty(name)
    schema = empty(name).schema
    return conform(name, pl.DataFrame(rows, schema=schema))
