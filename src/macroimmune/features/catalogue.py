"""The catalogue: every feature by name, and what the evidence needs where no table serves it.

A new biomarker is its function, one line here, and its test.
"""

from types import MappingProxyType

from macroimmune.features import blood_ratios
from macroimmune.features.blood_counts import BloodFeature, Kernel
from macroimmune.features.definition import FeatureDefinition
from macroimmune.features.scales import Scale

__all__ = [
    "BLOOD_FEATURES",
    "CHANGE_EVIDENCE",
    "MULTICYTOKINE",
    "NEEDS",
    "ON_TREATMENT_LEVELS",
    "POPULATION_EVIDENCE",
    "ROUTINE_BLOODS",
    "TISSUE_EVIDENCE",
    "blood_parts",
]


def _blood(
    identity: str,
    name: str,
    unit: str,
    scale: Scale,
    inputs: tuple[str, ...],
    *,
    kernel: Kernel | None = None,
    supplied: str = "",
    evidence: tuple[str, ...] = (),
) -> BloodFeature:
    labels = " and ".join(part.replace("_", " ") for part in inputs)
    definition = FeatureDefinition(
        id=identity,
        name=name,
        family="blood counts",
        unit=unit,
        scale=scale,
        needs=f"{labels} (blood_counts)",
        evidence=evidence,
    )
    return BloodFeature(definition, inputs, kernel, supplied)


_COUNT = "10^9/L"
BLOOD_FEATURES = (
    _blood(
        "nlr",
        "neutrophil to lymphocyte ratio",
        "ratio",
        "doubling",
        ("neutrophils", "lymphocytes"),
        kernel=blood_ratios.neutrophil_lymphocyte_ratio,
        supplied="nlr",
        evidence=("nlr", "nlr_prognosis"),
    ),
    _blood(
        "dnlr",
        "derived neutrophil to lymphocyte ratio",
        "ratio",
        "doubling",
        ("neutrophils", "leukocytes"),
        kernel=blood_ratios.derived_neutrophil_lymphocyte_ratio,
    ),
    _blood(
        "plr",
        "platelet to lymphocyte ratio",
        "ratio",
        "doubling",
        ("platelets", "lymphocytes"),
        kernel=blood_ratios.platelet_lymphocyte_ratio,
        supplied="plr",
    ),
    _blood(
        "lmr",
        "lymphocyte to monocyte ratio",
        "ratio",
        "doubling",
        ("lymphocytes", "monocytes"),
        kernel=blood_ratios.lymphocyte_monocyte_ratio,
        supplied="lmr",
    ),
    _blood(
        "sii",
        "systemic immune-inflammation index",
        _COUNT,
        "doubling",
        ("neutrophils", "platelets", "lymphocytes"),
        kernel=blood_ratios.systemic_immune_inflammation_index,
    ),
    _blood(
        "rel_lymphocytes",
        "relative lymphocyte count",
        "percent",
        "share",
        ("lymphocytes", "leukocytes"),
        kernel=blood_ratios.share_of_leukocytes,
        supplied="lymphocytes_percent",
        evidence=("rel_lymphocytes",),
    ),
    _blood(
        "rel_eosinophils",
        "relative eosinophil count",
        "percent",
        "share",
        ("eosinophils", "leukocytes"),
        kernel=blood_ratios.share_of_leukocytes,
        supplied="eosinophils_percent",
        evidence=("rel_eosinophils",),
    ),
    _blood(
        "serum_ldh",
        "serum lactate dehydrogenase",
        "U/L",
        "doubling",
        ("ldh",),
        evidence=("serum_ldh",),
    ),
    _blood(
        "ldh_ratio",
        "LDH over the upper limit of normal",
        "ratio",
        "doubling",
        ("ldh", "ldh_upper_limit"),
        kernel=blood_ratios.ratio_to_upper_limit,
    ),
    _blood("neutrophils", "neutrophils", _COUNT, "doubling", ("neutrophils",)),
    _blood("lymphocytes", "lymphocytes", _COUNT, "doubling", ("lymphocytes",)),
    _blood("monocytes", "monocytes", _COUNT, "root", ("monocytes",)),
    _blood("eosinophils", "eosinophils", _COUNT, "root", ("eosinophils",)),
    _blood("basophils", "basophils", _COUNT, "root", ("basophils",)),
    _blood("leukocytes", "leukocytes", _COUNT, "doubling", ("leukocytes",)),
    _blood("platelets", "platelets", _COUNT, "doubling", ("platelets",)),
    _blood("haemoglobin", "haemoglobin", "g/L", "sd", ("haemoglobin",)),
    _blood("albumin", "albumin", "g/L", "sd", ("albumin",)),
    _blood("crp", "C-reactive protein", "mg/L", "doubling", ("crp",)),
)

# What every clinic measures anyway, and the features that hold it, the preferred one first.
ROUTINE_BLOODS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType({
    "NLR": ("nlr",),
    "LDH": ("serum_ldh", "ldh_ratio"),
    "albumin": ("albumin",),
})
_PARTS = {feature.definition.id: frozenset(feature.inputs) for feature in BLOOD_FEATURES}


def blood_parts(feature: str) -> frozenset[str]:
    """Return the measured values that a blood feature is made of; none for any other feature.

    Examples
    --------
    >>> sorted(blood_parts("nlr") & blood_parts("plr"))
    ['lymphocytes']
    """
    return _PARTS.get(feature, frozenset())


MULTICYTOKINE = FeatureDefinition(
    id="serum_multicytokine",
    name="inflammatory cytokines, mean of standardised levels",
    family="proteins",
    unit="SD",
    scale="sd",
    needs="at least three of IL-1b, IL-2, IL-6, IL-8, IL-10, IFN-gamma and TNF (proteins)",
    evidence=("serum_multicytokine",),
)

# Population id -> features of the evidence that its baseline level speaks to.
POPULATION_EVIDENCE: MappingProxyType[str, tuple[str, ...]] = MappingProxyType({
    "m_mdsc": ("m_mdsc",),
    "treg": ("treg_baseline",),
    "treg_cd45ra_neg_foxp3_hi": ("treg_cd45ra_neg_foxp3_hi",),
    "treg_naive_effector": ("treg_naive_effector",),
    "nk_mature": ("nk_mature",),
    "cd3neg_cd68pos_cd4pos_gzmb": ("cd3neg_cd68pos_cd4pos_gzmb",),
    "cd8_senescent": ("cd8_senescent",),
    "b_cell": ("b_cell_abundance",),
    "classical_monocyte": ("classical_monocytes",),
    "adcc_innate_effectors": ("adcc_innate_effectors",),
})

# Feature id -> features of the evidence that its level on treatment, or its change, speaks to.
ON_TREATMENT_LEVELS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType({
    "pmn_mdsc": ("pmn_mdsc_on_treatment",),
    "cd127lo_pd1lo_cd4": ("cd127lo_pd1lo_cd4",),
    "ki67_cd8": ("cd8_proliferation_expansion",),
})
CHANGE_EVIDENCE: MappingProxyType[str, tuple[str, ...]] = MappingProxyType({
    "serum_il4": ("serum_il4_increase",),
    "serum_il4_npx": ("serum_il4_increase",),
    "treg": ("treg_on_treatment",),
})

_TISSUE = "a supplied feature of this name, of samples of tumour or lymph node"
_REPERTOIRE = (
    "T cell receptor repertoires of templates, UMIs or cells (repertoires, clonotypes), or a "
    "supplied feature of this name"
)
_EM_CD8 = "serial repertoires of effector memory CD8 T cells, sorted or labelled (repertoires), or "

# Evidence that no function above can serve: what a study would need for it.
NEEDS = MappingProxyType({
    "tcr_diversity": _REPERTOIRE,
    "tcr_diversity_control": _REPERTOIRE,
    "cd4_tcr_diversity": f"CD4 {_REPERTOIRE}",
    "singleton_expansion": f"serial {_REPERTOIRE}",
    "em_cd8_clonal_expansion": f"{_EM_CD8}a supplied feature of this name",
    "clonal_expansion_expression": "gene expression, or a supplied feature of this name",
    "ncr3_transcript": "gene expression of NK cells, or a supplied feature of this name",
    "cytolytic_exhausted_cd8": "gene expression of blood, or a supplied feature of this name",
    "ifn1_responsiveness_effector_cd4": (
        "cytometry of paired interferon-stimulated and unstimulated samples, or a supplied "
        "feature of this name"
    ),
    "pdl1_tumour_macrophage": _TISSUE,
    "pdl1_tumour_cdc": _TISSUE,
    "dln_pd1_pdl1_contacts": _TISSUE,
    "stem_like_cd8": _TISSUE,
    "til_tnbc": _TISSUE,
    "tumour_ifng_response": _TISSUE,
    "nk_ifng": "IFN-gamma of NK cells after contact with dendritic cells (functional_assays)",
})
TISSUE_EVIDENCE = frozenset(identity for identity, need in NEEDS.items() if need == _TISSUE)
