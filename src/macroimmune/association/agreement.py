"""What this study says about each line of the evidence."""

import polars as pl

from macroimmune.association import response_association, survival_association, time_dependent
from macroimmune.association.confounded_batches import CONFOUNDED
from macroimmune.association.setting import setting_of
from macroimmune.association.undetected import IMPUTED as UNDETECTED_IMPUTED
from macroimmune.evidence import Biomarker, biomarkers
from macroimmune.features import FeatureTable
from macroimmune.results import conform
from macroimmune.schema import ENDPOINTS
from macroimmune.statistics import agreement_verdict

__all__ = ["agreement_frame", "endpoints_of_line", "published_sign"]

# The endpoints of the evidence in the words of a study; the first that the study has is compared.
_ENDPOINTS_OF = {
    "response": ("response", "durable_clinical_benefit"),
    "complete response": ("response",),
    "OS": ("os",),
    "survival": ("os",),
    "prognosis": ("os",),
    "PFS": ("pfs",),
    "relapse": ("rfs",),
    "early disseminated relapse": ("rfs",),
    "pathological complete response": ("pathological_complete_response",),
    "residual disease": ("pathological_complete_response",),
    "tumour control": ("pfs",),
}
# Endpoints that the one they are compared with counts among others.
_NARROWER = frozenset({"complete response"})


def endpoints_of_line(line: Biomarker) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the published endpoints of a line, each with those of a study that stand for it."""
    words = [word.strip() for word in line.endpoint.split(";")]
    return tuple((word, _ENDPOINTS_OF.get(word, ())) for word in words)


def published_sign(favourable_direction: str, endpoint: str) -> int:
    """Return the sign that a published direction has on the log scale of an endpoint's effect.

    Parameters
    ----------
    favourable_direction : {"low", "high"}
        Which values of the feature go with a good outcome.
    endpoint : str
        Id of an endpoint; hazards of bad events, or odds of good ones.

    Returns
    -------
    sign : int
        +1 or -1.

    Examples
    --------
    >>> published_sign("low", "os"), published_sign("low", "response")
    (1, -1)
    """
    favourable_is_high = favourable_direction == "high"
    events_are_good = ENDPOINTS[endpoint].favourable == "high"
    return 1 if favourable_is_high == events_are_good else -1


def agreement_frame(
    features: FeatureTable, associations: pl.DataFrame, people: pl.DataFrame
) -> pl.DataFrame:
    """Return the verdict of the study on every line of the evidence.

    Parameters
    ----------
    features : FeatureTable
    associations : polars DataFrame
        The table `associations` of the results contract.
    people : polars DataFrame
        The participants, whose tumours and therapy are compared with the published ones.

    Returns
    -------
    agreement : polars DataFrame
        One row per line, endpoint and feature that speaks to it; "not measured" with what is
        missing where none does.
    """
    plain = pl.col("method").str.replace(UNDETECTED_IMPUTED, "", literal=True)
    continuous = plain.is_in([
        survival_association.METHOD,
        survival_association.ADJUSTED,
        survival_association.FIRTH,
        survival_association.FIRTH_ADJUSTED,
        time_dependent.METHOD,
        time_dependent.ADJUSTED,
        response_association.LOGISTIC,
        response_association.ADJUSTED,
        response_association.FIRTH,
        response_association.FIRTH_ADJUSTED,
    ])
    estimates = associations.filter(continuous)
    without = associations.filter(pl.col("method") == "none")
    refused = without.filter(pl.col("landmark_days").is_null())
    confounded = without.filter(pl.col("status").str.starts_with(CONFOUNDED))
    rows: list[dict[str, object]] = []
    settings: dict[str, str] = {}
    for line in biomarkers():
        settings[line.evidence_id] = setting_of(line, people)
        speaking = [item.id for item in features.computed if line.feature_id in item.evidence]
        if not speaking:
            rows.append(_not_measured(line, _what_is_missing(line, features)))
            continue
        if line.favourable_direction not in {"low", "high"}:
            rows.append(_not_measured(line, "the source states no direction", speaking[0]))
            continue
        for word, candidates in endpoints_of_line(line):
            found = _first_endpoint(estimates, speaking, candidates)
            if found.is_empty():
                why = confounded.filter(pl.col("endpoint").is_in(candidates), feature=speaking[0])
                waits = refused.filter(feature=speaking[0]).height > 0
                reason = _no_endpoint(word, candidates, landmark_needed=waits)
                reason = why["status"][0] if why.height else reason
                rows.append(_not_measured(line, reason, speaking[0]))
            rows.extend(
                _verdict(line, word, row, settings[line.evidence_id])
                for row in found.iter_rows(named=True)
            )
    frame = pl.DataFrame(rows, schema_overrides={"landmark_days": pl.Float64})
    setting = pl.col("evidence_id").replace_strict(settings, return_dtype=pl.String)
    return conform("agreement", frame.with_columns(setting.alias("setting")))


def _first_endpoint(
    estimates: pl.DataFrame, speaking: list[str], candidates: tuple[str, ...]
) -> pl.DataFrame:
    of_line = estimates.filter(pl.col("feature").is_in(speaking))
    for endpoint in candidates:
        found = of_line.filter(pl.col("endpoint") == endpoint)
        if not found.is_empty():
            return found
    return of_line.clear()


def _verdict(line: Biomarker, word: str, row: dict[str, object], setting: str) -> dict[str, object]:
    endpoint = str(row["endpoint"])
    effect, error = (
        float("nan") if row[name] is None else float(row[name])  # type: ignore[arg-type]
        for name in ("log_effect_per_sd", "standard_error_per_sd")
    )
    if not error > 0.0:
        effect, error = float("nan"), float("nan")
    verdict = agreement_verdict(
        log_effect_per_sd=effect,
        standard_error_per_sd=error,
        published_direction=published_sign(line.favourable_direction, endpoint),
        kind="hazard" if row["effect"] == "hazard_ratio" else "odds",
        missing=str(row["status"]) or "the effect could not be estimated",
    )
    same = effect * published_sign("high", endpoint) > 0
    return {
        "evidence_id": line.evidence_id,
        "feature": row["feature"],
        "endpoint": endpoint,
        "landmark_days": row["landmark_days"],
        "published_direction": line.favourable_direction,
        "observed_direction": "" if effect != effect else "high" if same else "low",
        "verdict": verdict.verdict,
        "reason": verdict.reason
        + _wider(word, endpoint, verdict.verdict)
        + _elsewhere(line, verdict.verdict, setting),
    }


def _wider(word: str, endpoint: str, verdict: str) -> str:
    """Say where the endpoint counts more than the published one."""
    if word not in _NARROWER or verdict == "not measured":
        return ""
    return f"; published for {word}, here {ENDPOINTS[endpoint].name}"


def _elsewhere(line: Biomarker, verdict: str, setting: str) -> str:
    """Say where the line was published, when this study is another setting."""
    if verdict == "not measured" or "another" not in setting:
        return ""
    tumours = ", ".join(line.tumours)
    return f"; in another setting: published for {line.therapy} in {tumours}"


def _not_measured(line: Biomarker, reason: str, feature: str = "") -> dict[str, object]:
    return {
        "evidence_id": line.evidence_id,
        "feature": feature,
        "endpoint": "",
        "landmark_days": None,
        "published_direction": line.favourable_direction,
        "observed_direction": "",
        "verdict": "not measured",
        "reason": reason,
    }


def _what_is_missing(line: Biomarker, features: FeatureTable) -> str:
    reasons = [
        reason for definition, reason in features.missing if line.feature_id in definition.evidence
    ]
    return "; or ".join(dict.fromkeys(reasons)) or f"needs {line.feature}"


def _no_endpoint(word: str, candidates: tuple[str, ...], *, landmark_needed: bool) -> str:
    if not candidates:
        return f"the published endpoint ({word}) is not one that these tables hold"
    if landmark_needed:
        return "measured after treatment start and not tested: no landmark was set"
    names = " or ".join(ENDPOINTS[endpoint].name for endpoint in candidates)
    return f"this study has no {names}, the published endpoint"
