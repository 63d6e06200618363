"""Blood counts and routine blood values: unit, what can occur, other headings."""

from types import MappingProxyType

from macroimmune.schema.declarations import Analyte

__all__ = ["ANALYTES"]

_COUNT, _SHARE = "10^9/L", "percent"
ANALYTES = MappingProxyType({
    analyte.id: analyte
    for analyte in (
        Analyte(
            "leukocytes",
            "leukocytes",
            _COUNT,
            0,
            500,
            ("wbc", "white blood cells", "white blood cell count", "leucocytes", "leukozyten"),
        ),
        Analyte(
            "neutrophils",
            "neutrophils",
            _COUNT,
            0,
            100,
            (
                "anc",
                "neutrophile",
                "neut",
                "neutrophil count",
                "absolute neutrophil count",
                "neutrophils abs",
                "ne abs",
            ),
        ),
        Analyte(
            "lymphocytes",
            "lymphocytes",
            _COUNT,
            0,
            500,
            (
                "alc",
                "lymphozyten",
                "lymph",
                "lymphocyte count",
                "absolute lymphocyte count",
                "lymphocytes abs",
                "ly abs",
            ),
        ),
        Analyte(
            "monocytes",
            "monocytes",
            _COUNT,
            0,
            50,
            (
                "amc",
                "mono",
                "monozyten",
                "monocyte count",
                "absolute monocyte count",
                "monocytes abs",
            ),
        ),
        Analyte(
            "eosinophils",
            "eosinophils",
            _COUNT,
            0,
            50,
            (
                "aec",
                "eos",
                "eosinophile",
                "eosinophil count",
                "absolute eosinophil count",
                "eosinophils abs",
            ),
        ),
        Analyte("basophils", "basophils", _COUNT, 0, 20, ("abc", "baso", "basophil count")),
        Analyte(
            "platelets",
            "platelets",
            _COUNT,
            0,
            3000,
            ("plt", "thrombozyten", "platelet count", "thrombocytes"),
        ),
        Analyte(
            "neutrophils_percent",
            "neutrophils, share of leukocytes",
            _SHARE,
            0,
            100,
            ("neut pct", "neutrophils pct", "neutrophil percent"),
        ),
        Analyte(
            "lymphocytes_percent",
            "lymphocytes, share of leukocytes",
            _SHARE,
            0,
            100,
            ("lymph pct", "lymphocytes pct", "lymphocyte percent"),
        ),
        Analyte(
            "monocytes_percent",
            "monocytes, share of leukocytes",
            _SHARE,
            0,
            100,
            ("mono pct", "monocytes pct", "monocyte percent"),
        ),
        Analyte(
            "eosinophils_percent",
            "eosinophils, share of leukocytes",
            _SHARE,
            0,
            100,
            ("eos pct", "eosinophils pct", "eosinophil percent"),
        ),
        Analyte("haemoglobin", "haemoglobin", "g/L", 20, 250, ("hgb", "hb", "hemoglobin")),
        Analyte("albumin", "albumin", "g/L", 5, 70, ("alb", "serum albumin")),
        Analyte(
            "ldh", "lactate dehydrogenase", "U/L", 20, 50000, ("lactate dehydrogenase", "serum ldh")
        ),
        Analyte("crp", "C-reactive protein", "mg/L", 0, 1000, ("c reactive protein",)),
        Analyte(
            "nlr",
            "neutrophil to lymphocyte ratio, supplied",
            "ratio",
            0,
            500,
            (
                "neutrophil lymphocyte ratio",
                "neutrophil to lymphocyte ratio",
                "baseline neutrophil to lymphocyte ratio",
                "nlr ratio",
            ),
        ),
        Analyte(
            "plr",
            "platelet to lymphocyte ratio, supplied",
            "ratio",
            0,
            20000,
            ("platelet lymphocyte ratio", "platelet to lymphocyte ratio"),
        ),
        Analyte(
            "lmr",
            "lymphocyte to monocyte ratio, supplied",
            "ratio",
            0,
            500,
            ("lymphocyte monocyte ratio", "lymphocyte to monocyte ratio"),
        ),
    )
})
