"""People as a whole before treatment: age, blood, proteins and cells, drawn together."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from macroimmune.errors import InputError
from macroimmune.simulator.calibration.correlation_matrix import (
    assembled_correlations,
    measured_pairs,
    nearest_correlations,
)
from macroimmune.simulator.calibration.marginal import Marginal, marginal_of
from macroimmune.simulator.calibration.shipped import model_table, shipped_summaries
from macroimmune.simulator.leaves import LEAVES

__all__ = ["Group", "JointDraw", "JointModel", "draw_joint", "joint_model"]

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]
Group = Literal["patient", "healthy"]

# Where two cohorts measured the same pair, the first counts.
_COHORTS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "patient": (
        "chowell_train",
        "prince_olink",
        "milieu_interieur",
        "10k_cytof",
        "prince_x50",
        "prince_cytof",
        "10k_blood_counts",
    ),
    "healthy": ("10k_blood_counts", "milieu_interieur", "10k_cytof", "10k_cytokines"),
})
_CELLS = ("neutrophils", "lymphocytes", "monocytes", "eosinophils", "basophils")
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class JointDraw:
    """People before treatment.

    Parameters
    ----------
    age_years : float array, shape (people,)
    is_female, is_cmv_positive : bool array, shape (people,)
    baseline : mapping from name to float array, shape (people,)
        Blood counts in 10^9/L (`leukocytes` is their sum), haemoglobin and albumin in g/L, LDH in
        U/L, CRP in mg/L, cytokines in pg/mL.
    fractions : float array, shape (people, leaves)
        Of the mononuclear cells, in the order of `LEAVES`; each row sums to 1.
    ifn_responsiveness : float array, shape (people,)
        In SD of healthy people around their mean.
    """

    age_years: Values
    is_female: Flags
    is_cmv_positive: Flags
    baseline: Mapping[str, Values]
    fractions: Values
    ifn_responsiveness: Values


@dataclass(frozen=True, slots=True)
class JointModel:
    """How people of a group are drawn.

    Parameters
    ----------
    names : tuple of str
        Of the variables.
    correlations : float array, shape (variables, variables)
        Of the normal scores.
    root : float array, shape (variables, variables)
        Lower triangle with root @ root.T = correlations.
    marginals : mapping from name to Marginal
        Of every variable but the thresholds.
    thresholds : mapping from name to float
        Of yes-or-no variables: yes where the normal score lies above.
    moved : bool array, shape (variables,)
        Variables that stand in the group as in healthy people of the same age and CMV serology.
    pull : float array, shape (2, variables)
        How far scores of `moved` go with those of age and CMV.
    cmv_shift : float
        By how much the score of CMV serology lies off that of healthy people.
    healthy_age : Marginal
    """

    names: tuple[str, ...]
    correlations: Values
    root: Values
    marginals: Mapping[str, Marginal]
    thresholds: Mapping[str, float]
    moved: Flags
    pull: Values
    cmv_shift: float
    healthy_age: Marginal


def draw_joint(group: Group, n: int, *, rng: np.random.Generator) -> JointDraw:
    """Return people of a group before treatment.

    Parameters
    ----------
    group : "patient" or "healthy"
    n : int
    rng : numpy Generator

    Returns
    -------
    draw : JointDraw

    Raises
    ------
    InputError
        If the group is unknown or `n` is negative.

    Notes
    -----
    Convention: a Gaussian copula over all variables; distributions and rank correlations are those
    of public cohorts where one measured them, and assumed where `model_variables.csv` says so.
    Pairs of several sources do not fit together exactly: the nearest correlations that do are
    drawn from, which moves none by more than 0.1.
    Neutrophils are lymphocytes times the ratio, so that the ratio has its measured distribution.
    Cells are drawn as percent of the mononuclear cells and then divided by their sum.

    Examples
    --------
    >>> draw = draw_joint("healthy", 5, rng=np.random.default_rng(1))
    >>> draw.fractions.shape, sorted(draw.baseline)[:3]
    ((5, 30), ['albumin', 'basophils', 'crp'])
    """
    if group not in get_args(Group):
        msg = f"people are 'patient' or 'healthy', found {group!r}"
        raise InputError(msg)
    if n < 0:
        msg = f"a number of people is 0 or more, found {n}"
        raise InputError(msg)
    model = joint_model(group)
    columns = {name: np.empty(n) for name in model.names}
    for start in range(0, n, _CHUNK):
        stop = min(start + _CHUNK, n)
        scores = rng.standard_normal((stop - start, len(model.names))) @ model.root.T
        _move(model, scores)
        for place, name in enumerate(model.names):
            if name in model.thresholds:
                columns[name][start:stop] = scores[:, place] > model.thresholds[name]
            else:
                columns[name][start:stop] = model.marginals[name].values(scores[:, place])
    return _arranged(columns)


def _move(model: JointModel, scores: Values) -> None:
    """Shift cells to where healthy people of this age and CMV serology have them, in place."""
    if not model.moved.any():
        return
    age = model.names.index("age_years")
    own = scores[:, age]
    as_healthy = model.healthy_age.score_of(model.marginals["age_years"].values(own))
    shift = np.stack((as_healthy - own, np.full(len(own), model.cmv_shift)), axis=1)
    scores[:, model.moved] += shift @ model.pull[:, model.moved]


def _arranged(columns: Mapping[str, Values]) -> JointDraw:
    shares = [columns[_share_name(leaf)] for leaf in LEAVES]
    fractions = np.stack(shares, axis=1)
    fractions /= fractions.sum(axis=1, keepdims=True)
    others = {"age_years", "female", "cmv", "nlr", "ifn_responsiveness"}
    others |= {_share_name(leaf) for leaf in LEAVES}
    baseline = {name: values for name, values in columns.items() if name not in others}
    baseline["neutrophils"] = columns["nlr"] * columns["lymphocytes"]
    baseline["leukocytes"] = np.sum([baseline[cell] for cell in _CELLS], axis=0)
    return JointDraw(
        age_years=columns["age_years"],
        is_female=columns["female"] > 0.5,
        is_cmv_positive=columns["cmv"] > 0.5,
        baseline=MappingProxyType(baseline),
        fractions=fractions,
        ifn_responsiveness=columns["ifn_responsiveness"],
    )


def _share_name(leaf: str) -> str:
    """Return the variable of a leaf; basophils are also a blood count."""
    return "basophils_share" if leaf == "basophils" else leaf


@cache
def joint_model(group: Group) -> JointModel:
    """Return the model of a group, made from the tables that come with the package."""
    table = model_table("model_variables")
    rows = table.filter(pl.col("group") == group).to_dicts()
    names = tuple(str(row["variable"]) for row in rows)
    quantiles = _quantiles()
    marginals = {
        name: marginal_of(row, quantiles.get((row["cohort"], row["source_variable"])))
        for name, row in zip(names, rows, strict=True)
        if row["scale"] != "binary"
    }
    thresholds = {
        name: -float(ndtri(_share(row, quantiles)))
        for name, row in zip(names, rows, strict=True)
        if row["scale"] == "binary"
    }
    correlations = nearest_correlations(_assembled(group, names, rows))
    healthy = table.filter(pl.col("group") == "healthy")
    cmv = healthy.filter(pl.col("variable") == "cmv").to_dicts()[0]
    age = healthy.filter(pl.col("variable") == "age_years").to_dicts()[0]
    causes = [names.index("age_years"), names.index("cmv")]
    pull = np.linalg.solve(correlations[np.ix_(causes, causes)], correlations[causes])
    return JointModel(
        names=names,
        correlations=correlations,
        root=np.asarray(np.linalg.cholesky(correlations), dtype=float),
        marginals=MappingProxyType(marginals),
        thresholds=MappingProxyType(thresholds),
        moved=np.array([row["moved_with"] is not None for row in rows]),
        pull=np.asarray(pull, dtype=float),
        cmv_shift=-float(ndtri(_share(cmv, quantiles))) - thresholds["cmv"],
        healthy_age=marginal_of(age, quantiles[age["cohort"], age["source_variable"]]),
    )


def _quantiles() -> dict[tuple[object, object], Mapping[str, object]]:
    table = shipped_summaries().marginals.filter(pl.col("group") == "all")
    return {(row["cohort"], row["variable"]): row for row in table.iter_rows(named=True)}


def _share(
    row: Mapping[str, object], quantiles: Mapping[tuple[object, object], Mapping[str, object]]
) -> float:
    """Return the share of yes."""
    found = quantiles.get((row["cohort"], row["source_variable"]))
    return float(str(row["median"] if found is None else found["mean"]))


def _assembled(
    group: str, names: tuple[str, ...], rows: list[dict[str, object]]
) -> NDArray[np.float64]:
    summaries = shipped_summaries()
    columns = tuple(str(row["correlates_as"] or row["variable"]) for row in rows)
    measured = [
        (columns, measured_pairs(summaries.correlations, summaries.marginals, cohort))
        for cohort in _COHORTS[group]
    ]
    assumed = {
        frozenset((str(a), str(b))): float(r)
        for a, b, r in model_table("assumed_correlations")
        .filter(pl.col("group") == group)
        .select("variable_a", "variable_b", "r")
        .iter_rows()
    }
    loadings = [float(str(row["loading"] or 0.0)) for row in rows]
    return assembled_correlations(names, loadings, measured, assumed)
