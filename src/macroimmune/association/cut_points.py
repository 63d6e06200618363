"""Every cut of a run: those that the study fixed beforehand and those that it asks to search."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from macroimmune.association.curves import Curve, kaplan_meier_curves
from macroimmune.association.cut_row import CutRow
from macroimmune.association.detection_limits import with_known_sides
from macroimmune.association.endpoint_data import EndpointData, strata_columns, strata_labels
from macroimmune.association.fixed_cut import fixed_cut
from macroimmune.association.ledger import LedgerEntry
from macroimmune.association.row import AssociationRow
from macroimmune.association.searched_cut import searched_cuts
from macroimmune.association.values import ParticipantValues
from macroimmune.errors import InputError
from macroimmune.features import FeatureTable
from macroimmune.study import ALL_FEATURES, AnalysisSettings, Study

__all__ = ["CutPoints", "check_cut_points", "cut_points"]

Looks = Iterable[tuple[list[ParticipantValues], list[EndpointData]]]
_Key = tuple[str, str, float | None]


@dataclass(frozen=True, slots=True)
class CutPoints:
    """What the cuts of a run give.

    Parameters
    ----------
    associations : list of AssociationRow
        Of cuts fixed beforehand: they stand among the associations too.
    rows : list of CutRow
    entries : list of LedgerEntry
    curves : list of Curve
    """

    associations: list[AssociationRow] = field(default_factory=list)
    rows: list[CutRow] = field(default_factory=list)
    entries: list[LedgerEntry] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)


def check_cut_points(study: Study, features: FeatureTable) -> None:
    """Refuse a cut point of a feature that does not exist, and a search for one that is fixed.

    Raises
    ------
    InputError
        With the features whose names are nearest.
    """
    analysis = study.analysis
    for setting in ("cut_points", "search_cut_points"):
        for name in getattr(analysis, setting):
            if name != ALL_FEATURES or setting == "cut_points":
                _check_name(name, setting, features)
    both = [name for name in analysis.search_cut_points if name in analysis.cut_points]
    if both:
        msg = (
            f"search_cut_points in [analysis] names {both[0]!r}, whose cut was fixed beforehand "
            "in cut_points; a fixed cut is tested as such: take the name out of one of the two"
        )
        raise InputError(msg)


def _check_name(name: str, setting: str, features: FeatureTable) -> None:
    """Refuse the name of no feature.

    Raises
    ------
    InputError
        With the features whose names are nearest.
    """
    computed = [item.id for item in features.computed]
    # A feature of the catalogue without values in this study is not a slip of the pen.
    if name in computed or any(name == item.id for item, _ in features.missing):
        return
    near = get_close_matches(name, computed, n=3, cutoff=0.5) or computed[:10]
    listed = ", ".join(near) if near else "none"
    msg = (
        f"{setting} in [analysis] names {name!r}, which is no feature of this study; "
        f"did you mean one of: {listed}?"
    )
    raise InputError(msg)


def cut_points(
    study: Study, looks: Looks, continuous: Iterable[AssociationRow], *, seed: int
) -> CutPoints:
    """Return every cut of the study, at baseline and at landmarks.

    Parameters
    ----------
    study : Study
        Its settings name the cuts that were fixed and the features to search.
    looks : iterable of (features, endpoints)
        At baseline, then at each landmark.
    continuous : iterable of AssociationRow
        The continuous effects: they are the primary ones and stand beside the cuts. A feature
        without one against an endpoint is not cut against it.
    seed : int
        Of the run.

    Returns
    -------
    found : CutPoints

    Notes
    -----
    Convention: a cut fixed beforehand is tested as such and never searched.
    """
    analysis, found = study.analysis, CutPoints()
    if not analysis.cut_points and not analysis.search_cut_points:
        return found
    by_key = {
        (row.feature, row.endpoint, row.landmark_days): row
        for row in continuous
        if row.effect != "auc" and row.method != "none"
    }
    for features, endpoints in looks:
        for data in endpoints:
            at_landmark = data.landmark_days is not None
            columns = strata_columns(study, of_feature=True, at_landmark=at_landmark)
            strata = strata_labels(study, columns)
            allowed = [values for values in features if _key(values, data) in by_key]
            _fixed(analysis, allowed, data, strata, by_key, found)
            wanted = [values for values in allowed if _is_searched(analysis, values)]
            searched = searched_cuts(wanted, data, strata, seed=seed)
            found.entries.extend(searched.entries)
            found.curves.extend(searched.curves)
            for values, row in zip(wanted, searched.rows, strict=True):
                found.rows.append(row.beside(by_key[_key(values, data)]))
                found.curves.extend(_survival_curves(values, data, row.cut))
    return found


def _key(values: ParticipantValues, data: EndpointData) -> _Key:
    return values.definition.id, data.endpoint.id, values.landmark_days


def _is_searched(analysis: AnalysisSettings, values: ParticipantValues) -> bool:
    name = values.definition.id
    named = name in analysis.search_cut_points or ALL_FEATURES in analysis.search_cut_points
    return named and name not in analysis.cut_points


def _fixed(
    analysis: AnalysisSettings,
    features: list[ParticipantValues],
    data: EndpointData,
    strata: NDArray[np.int64] | None,
    continuous: Mapping[_Key, AssociationRow],
    found: CutPoints,
) -> None:
    """Add the tests at cuts that were fixed beforehand."""
    for values in features:
        cut = analysis.cut_points.get(values.definition.id)
        if cut is None:
            continue
        row, entries, of_cut = fixed_cut(values, data, cut, strata)
        found.associations.append(row)
        found.entries.extend(entries)
        found.rows.append(of_cut.beside(continuous[_key(values, data)]))
        sided = with_known_sides(values, of_cut.cut)
        found.curves.extend(_survival_curves(sided, data, of_cut.cut))


def _survival_curves(values: ParticipantValues, data: EndpointData, cut: float) -> list[Curve]:
    """Return the Kaplan-Meier curves of both sides of a cut, apart from those of thirds."""
    if data.survival is None or np.isnan(cut):
        return []
    chosen = data.known & ~np.isnan(values.values)
    survival, above = data.survival_of(chosen), values.values[chosen] > cut
    sides = ((f"up to {cut:.4g}", ~above), (f"above {cut:.4g}", above))
    drawn = kaplan_meier_curves(
        values.definition.id, data, [(name, survival.select(rows)) for name, rows in sides]
    )
    return [replace(curve, curve=f"{curve.curve}_cut") for curve in drawn]
