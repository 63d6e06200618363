"""Features of virtual people: by hand, on their scales, and named as everywhere else."""

from types import MappingProxyType, SimpleNamespace

import numpy as np
import pytest

from macroimmune.evidence import find_population
from macroimmune.simulator.calibration import draw_joint
from macroimmune.simulator.features import (
    DETECTED,
    DOUBLING,
    FEATURES,
    LIMITS_OF_DETECTION,
    ROOT,
    SD,
    SHARE,
    is_per_sd,
    on_scale,
)
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.populations import PARENTS, POPULATIONS, population_percent

BLOOD = SimpleNamespace(
    baseline=MappingProxyType({
        "neutrophils": np.array([6.0]),
        "lymphocytes": np.array([1.5]),
        "monocytes": np.array([0.5]),
        "eosinophils": np.array([0.2]),
        "basophils": np.array([0.05]),
        "leukocytes": np.array([8.25]),
        "platelets": np.array([300.0]),
        "il4": np.array([0.49]),
        "il8": np.array([12.0]),
    }),
    fractions=np.array([[leaf.percent_of_pbmc / 100.0 for leaf in LEAVES.values()]]),
    ifn_responsiveness=np.array([-0.7]),
)


@pytest.mark.parametrize(
    ("feature", "value"),
    [
        ("nlr", 4.0),
        ("dnlr", 6.0 / 2.25),
        ("plr", 200.0),
        ("lmr", 3.0),
        ("sii", 1200.0),
        ("rel_lymphocytes", 100 * 1.5 / 8.25),
        ("rel_eosinophils", 100 * 0.2 / 8.25),
        ("serum_il8", 12.0),
        ("serum_il4", 0.0),
        ("treg", 100 * 1.9 / 36.4),
        ("nk_mature", 10.3),
        ("cd8_senescent", 100 * 2.2 / 19.6),
        ("m_mdsc", 1.8),
        ("ifn_responsiveness", -0.7),
    ],
)
def test_values_by_hand(feature, value):
    assert FEATURES[feature].value(BLOOD) == pytest.approx([value])


@pytest.mark.parametrize(
    ("scale", "value", "scaled"),
    [(DOUBLING, 8.0, 3.0), (SHARE, 50.0, np.pi / 4), (ROOT, 9.0, 3.0), (SD, 7.0, 7.0)],
)
def test_scales_by_hand(scale, value, scaled):
    assert on_scale(np.array([value]), scale) == pytest.approx([scaled])


def test_effects_per_sd_are_those_of_three_scales():
    assert [scale for scale in (DOUBLING, SHARE, ROOT, SD, DETECTED) if is_per_sd(scale)] == [
        SHARE,
        ROOT,
        SD,
    ]


def test_every_population_is_known_to_the_evidence_by_its_id_and_lies_within_its_parent():
    for name, population in POPULATIONS.items():
        assert find_population(name).id == name
        assert set(population.leaves) <= set(PARENTS[population.parent])


def test_every_leaf_of_a_lineage_is_reported_somewhere_except_basophils():
    reported = {leaf for population in POPULATIONS.values() for leaf in population.leaves}
    assert set(LEAVES) - reported == {"basophils"}


def test_a_population_without_parent_cells_has_no_share():
    fractions = np.zeros((1, len(LEAVES)))
    fractions[0, list(LEAVES).index("naive_b")] = 1.0
    assert np.isnan(population_percent(fractions, "treg")).all()
    assert population_percent(fractions, "naive_b").tolist() == [100.0]


@pytest.mark.parametrize("group", ["patient", "healthy"])
def test_every_feature_has_a_finite_value_in_everyone(group):
    drawn = draw_joint(group, 3000, rng=np.random.default_rng(1))
    for feature in FEATURES.values():
        values = on_scale(feature.value(drawn), feature.scale)
        assert np.isfinite(values).all(), feature.id
        assert values.std() > 0, feature.id


def test_only_proteins_that_most_patients_lack_are_detected_or_not():
    drawn = draw_joint("patient", 20_000, rng=np.random.default_rng(1))
    for protein, limit in LIMITS_OF_DETECTION.items():
        undetected = (drawn.baseline[protein] < limit).mean()
        is_flag = FEATURES[f"serum_{protein}"].scale == DETECTED
        assert is_flag == (undetected > 0.5)
        # Far enough from a half that a study of some hundred patients decides the same way.
        assert abs(undetected - 0.5) > 0.05
