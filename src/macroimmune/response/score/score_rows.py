"""The rows of a scored series: one per sample, and one per marker of its reference."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from macroimmune.response.score.groups import UNCERTAIN, responsiveness_groups
from macroimmune.response.score.reference import LEAST_PEOPLE
from macroimmune.response.score.scored_series import ScoredSeries
from macroimmune.response.score.unstimulated_level import adjusted_scores

__all__ = ["reference_rows", "sample_rows"]

Row = dict[str, object]
# An unstimulated level this far above the reference leaves less room to rise.
_HIGH_LEVEL = 1.0
_CEILING = "high unstimulated level: a ceiling looks like a low response, see adjusted_score"

_NO_TIME = "how long the stimulus acted is not stated: the list is taken by its markers alone"


def sample_rows(scored: ScoredSeries, declared: tuple[str, ...], primary: str) -> Iterator[Row]:
    """Yield the rows of table `responsiveness`, one per sample."""
    series, result, errors = scored.series, scored.standardised, scored.errors
    used = np.isfinite(result.z) & np.isfinite(result.score)[:, None]
    half, half80 = errors.reach(0.95), errors.reach(0.80)
    low80, high80 = result.score - half80, result.score + half80
    is_whole = (used == scored.reference.is_used).all(axis=1)
    tertiles = scored.reference.low_tertile, scored.reference.high_tertile
    groups = responsiveness_groups(low80, high80, *tertiles)
    adjusted, not_adjusted = adjusted_scores(result.score, result.level, scored.baseline)
    for row, sample in enumerate(series.samples.iter_rows(named=True)):
        has_score = bool(np.isfinite(result.score[row]))
        said = _told(scored, row, declared) if has_score else [_no_score(scored, row, declared)]
        if has_score and not_adjusted:
            said.append(not_adjusted)
        group = groups[row] if is_whole[row] else UNCERTAIN
        yield {
            **{name: sample[name] for name in sample if name not in {"n_pairs", "said"}},
            **series.key,
            "population": series.population,
            "is_primary": series.population == primary,
            "n_markers": int(used[row].sum()),
            "markers": ";".join(np.array(series.markers)[used[row]]),
            "score": result.score[row],
            "ci_low": result.score[row] - half[row],
            "ci_high": result.score[row] + half[row],
            "ci80_low": low80[row],
            "ci80_high": high80[row],
            "standard_error": errors.standard_error[row],
            "is_batch_included": bool(errors.is_batch_included[row]) if has_score else None,
            "unstimulated_level": result.level[row],
            "adjusted_score": adjusted[row],
            "group": group if has_score else "",
            "status": "; ".join(said),
        }


def _no_score(scored: ScoredSeries, row: int, declared: tuple[str, ...]) -> str:
    """Say why a sample has no score."""
    sample = scored.series.samples.row(row, named=True)
    if scored.is_failed[row]:
        return f"no score: the stimulation of batch {sample['batch'] or 'without name'} failed"
    measured = np.isfinite(scored.series.difference[row])
    if not measured.any():
        return f"no score: {sample['said'] or 'no marker of the list has a difference'}"
    if measured.sum() < scored.least:
        return _too_few("are measured", measured, scored, declared)
    if not scored.kind:
        return scored.status
    used = np.isfinite(scored.standardised.z[row])
    return _too_few("can be standardised", used, scored, declared)


def _too_few(
    what: str, which: NDArray[np.bool_], scored: ScoredSeries, declared: tuple[str, ...]
) -> str:
    """Say that too few markers are measured or can be standardised."""
    names = ", ".join(np.array(scored.series.markers)[which]) or "none"
    return (
        f"no score: {int(which.sum())} of the {len(declared)} markers of the list {what} "
        f"({names}); {scored.least} are needed"
    )


def _told(scored: ScoredSeries, row: int, declared: tuple[str, ...]) -> list[str]:
    """Say how to read the score of a sample."""
    errors, reference = scored.errors, scored.reference
    said = [scored.status] if scored.status else []
    if scored.series.key["stimulus_minutes"] is None:
        said.append(_NO_TIME)
    pairs = int(scored.series.samples["n_pairs"][row])
    if pairs > 1:
        said.append(f"mean of {pairs} pairs of wells")
    if not np.isfinite(errors.standard_error[row]):
        said.append("no interval: the errors of the levels are not known")
    elif not errors.is_batch_included[row]:
        said.append("batch not included")
    is_gated = scored.series.key["modality"] == "cytometry"
    if is_gated and not errors.are_thresholds_included[row]:
        said.append("thresholds not included")
    used = np.isfinite(scored.standardised.z[row])
    if (used != reference.is_used).any():
        n, of = int(used.sum()), int(reference.is_used.sum())
        said.append(f"from {n} of {of} markers, so no group: tertiles are those of all")
    elif not np.isfinite(reference.low_tertile):
        said.append("no group: the reference has no tertiles of these markers")
    level, score = scored.standardised.level[row], scored.standardised.score[row]
    if level >= _HIGH_LEVEL and score < reference.low_tertile:
        said.append(_CEILING)
    return said


def reference_rows(scored: ScoredSeries) -> Iterator[Row]:
    """Yield the rows of table `responsiveness_reference`: the whole list, then each marker."""
    series, reference = scored.series, scored.reference
    common = {
        **series.key,
        "population": series.population,
        "unit": series.unit,
        "reference": scored.kind,
    }
    nothing = dict.fromkeys((
        "median",
        "scaled_mad",
        "unstimulated_median",
        "unstimulated_scaled_mad",
        "low_tertile",
        "high_tertile",
    ))
    yield (
        common
        | nothing
        | {
            "marker": "",
            "n_reference": scored.n_people,
            "low_tertile": reference.low_tertile,
            "high_tertile": reference.high_tertile,
            "status": scored.status,
        }
    )
    for place, marker in enumerate(series.markers):
        yield (
            common
            | nothing
            | {
                "marker": marker,
                "n_reference": int(reference.n_people[place]),
                "median": reference.median[place],
                "scaled_mad": reference.scaled_mad[place],
                "unstimulated_median": reference.level_median[place],
                "unstimulated_scaled_mad": reference.level_scaled_mad[place],
                "status": _marker_status(scored, place),
            }
        )


def _marker_status(scored: ScoredSeries, place: int) -> str:
    """Say why a marker is not in the score, or not in the unstimulated level."""
    reference = scored.reference
    if not scored.kind:
        return scored.status
    if not np.isfinite(reference.median[place]):
        n = int(reference.n_people[place])
        return f"{n} people of the reference have it; {LEAST_PEOPLE} are needed"
    if not np.isfinite(reference.scaled_mad[place]):
        return "all people of the reference answer alike: the spread is zero"
    if not np.isfinite(reference.level_scaled_mad[place]):
        return "not in the unstimulated level: the spread of it is zero"
    return ""
