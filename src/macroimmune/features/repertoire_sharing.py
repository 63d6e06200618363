"""What blood and tumour share of T cell clones, as features of blood samples."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from macroimmune.features.definition import SAMPLE_COLUMNS, FeatureDefinition
from macroimmune.features.one_counting import one_counting
from macroimmune.features.scales import Scale
from macroimmune.study import RepertoireSettings, Study

__all__ = ["sharing_features"]

Feature = tuple[FeatureDefinition, pl.DataFrame]

_FAMILY = "repertoires of blood and tumour"
_NEEDS = "repertoires of blood and of a tumour sample taken by the same day (repertoires)"
_FEWEST = 20


@dataclass(frozen=True, slots=True)
class _Measure:
    id: str
    name: str
    unit: str
    scale: Scale
    value: pl.Expr
    low: str = ""
    high: str = ""


_MEASURES = (
    _Measure(
        "tumour_clones_in_blood_ratio",
        "tumour clones in blood, of what these depths would give from one pool",
        "ratio",
        "sd",
        pl.col("shared_percent") / pl.col("expected_percent"),
    ),
    _Measure(
        "tumour_clones_in_blood",
        "tumour clones that are in blood (follows depth)",
        "percent",
        "share",
        pl.col("shared_percent"),
        low="shared_percent_ci_low",
        high="shared_percent_ci_high",
    ),
    _Measure(
        "blood_tumour_overlap",
        "Morisita-Horn overlap of blood and tumour repertoires",
        "index",
        "sd",
        pl.col("morisita_horn"),
    ),
    _Measure(
        "tumour_clone_mass_in_blood",
        "T cells of blood in clones of the tumour",
        "percent",
        "share",
        100.0 * pl.col("shared_mass_blood"),
    ),
)
_COLUMNS = (
    "shared_percent",
    "shared_percent_ci_low",
    "shared_percent_ci_high",
    "expected_percent",
    "morisita_horn",
    "shared_mass_blood",
)


def sharing_features(
    tables: Mapping[str, pl.DataFrame], *, study: Study | None = None
) -> list[Feature]:
    """Return what blood and tumour share, as features of the blood sample.

    Parameters
    ----------
    tables : mapping from name to polars DataFrame
        Tables `repertoires`, `clone_sharing` and `repertoire_changes`.
    study : Study or None
        For the chain that it declares; without it TRB.

    Returns
    -------
    features : list of (FeatureDefinition, polars DataFrame)
        Of all T cells: the share of tumour clones in blood over what depth gives, the raw share,
        the overlap, and the share of blood in tumour clones; of samples on treatment the expanded
        clones that are in a tumour sample taken by then. None where no participant has blood and
        tumour.

    Notes
    -----
    Convention: the tumour sample is the last that was taken by the day of the blood, for expanded
    clones all of them, so that no value knows of what came later. All values of a feature count in
    one way, see `one_counting`. Tumour samples of fewer than 20 clonotypes, and what reads cannot
    tell, have a status and no value.
    """
    settings = RepertoireSettings() if study is None else study.analysis.repertoires
    samples = tables["repertoires"].select("repertoire_id", "sample_id")
    pairs = _pairs(tables["clone_sharing"].filter(chain=settings.chain, population=""), samples)
    found = (
        [] if pairs.is_empty() else [(_definition(one), _values(pairs, one)) for one in _MEASURES]
    )
    expanded = _expanded(
        tables["repertoire_changes"].filter(chain=settings.chain, population=""), samples
    )
    if not expanded.is_empty():
        found.append((_OF_EXPANDED, expanded))
    return found


def _pairs(sharing: pl.DataFrame, samples: pl.DataFrame) -> pl.DataFrame:
    """Return each blood sample with the tumour sample that stands for it."""
    last = (
        sharing
        .filter(pl.col("day_tumour") <= pl.col("day_blood"))
        .join(samples, left_on="blood", right_on="repertoire_id")
        .sort("participant_id", "day_blood", "sample_id", "counted", "day_tumour", "tumour")
        .unique(["participant_id", "sample_id", "counted"], keep="last", maintain_order=True)
        .rename({"day_blood": "days_from_treatment_start"})
    )
    return one_counting(last, [], _COLUMNS)


def _definition(one: _Measure) -> FeatureDefinition:
    return FeatureDefinition(
        id=one.id,
        name=one.name,
        family=_FAMILY,
        unit=one.unit,
        scale=one.scale,
        needs=_NEEDS,
    )


_OF_EXPANDED = FeatureDefinition(
    id="expanded_tumour_clones",
    name="blood clones expanded since baseline that an earlier tumour sample holds (follows depth)",
    family=_FAMILY,
    unit="clones",
    scale="root",
    needs="repertoires of templates, UMIs or cells of blood at baseline and on treatment, and of a "
    "tumour sample taken by then (repertoires)",
    timing="on treatment",
)


def _values(pairs: pl.DataFrame, one: _Measure) -> pl.DataFrame:
    enough = pl.col("n_tumour") >= _FEWEST
    few = pl.lit(f"fewer than {_FEWEST} clonotypes in the tumour sample")
    nothing = pl.lit(None, dtype=pl.Float64)
    return pairs.with_columns(
        value=pl.when(enough).then(one.value),
        ci_low=pl.when(enough).then(pl.col(one.low) if one.low else nothing),
        ci_high=pl.when(enough).then(pl.col(one.high) if one.high else nothing),
        status=pl.when(enough).then("status").otherwise(few),
    ).select(*SAMPLE_COLUMNS, "ci_low", "ci_high")


def _expanded(changes: pl.DataFrame, samples: pl.DataFrame) -> pl.DataFrame:
    nothing = pl.lit(None, dtype=pl.Float64)
    counted = (
        changes
        .filter(
            pl.col("pair") == "baseline",
            pl.col("compartment") == "blood",
            pl.col("day_after") > 0,
            pl.col("n_expanded_in_earlier_tumour").is_not_null(),
        )
        .join(samples, left_on="after", right_on="repertoire_id")
        .sort("participant_id", "day_after", "sample_id")
    )
    return one_counting(counted, [], ["n_expanded_in_earlier_tumour"]).select(
        "participant_id",
        "sample_id",
        days_from_treatment_start="day_after",
        value=pl.col("n_expanded_in_earlier_tumour").cast(pl.Float64),
        status="status",
        ci_low=nothing,
        ci_high=nothing,
    )
