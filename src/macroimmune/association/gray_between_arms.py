"""Arms compared by Gray's test, where events compete."""

from macroimmune.association.arms import NOT_RANDOMISED
from macroimmune.association.competing_row import CompetingRow, cause_names, unknown_causes
from macroimmune.association.endpoint_data import EndpointData, strata_columns, strata_labels
from macroimmune.association.incidence_curves import exchanged
from macroimmune.association.survival_association import few_events
from macroimmune.statistics import gray_test
from macroimmune.study import Study

__all__ = ["GRAY", "gray_between_arms"]

GRAY = "Gray's test between arms"


def gray_between_arms(study: Study, data: EndpointData) -> list[CompetingRow]:
    """Return Gray's test of each cause between arms, nothing where there are no arms.

    Parameters
    ----------
    study : Study
    data : EndpointData
        With causes, from time zero; nothing is tested where participants entered late.

    Returns
    -------
    rows : list of CompetingRow
        Of the event of interest and of the competing ones; the statistic is in the status.

    Notes
    -----
    Convention: participants without an arm are left out and counted; declared strata and several
    cohorts stratify the test. Where arms were not assigned at random the status says so.
    """
    arm = study.participants["arm"]
    known = data.known & arm.is_not_null().to_numpy()
    survival, cause, arms = data.survival_of(known), data.cause_of(known), arm.to_numpy()[known]
    if len(set(arms)) < 2 or survival.entry is not None:
        return []
    # Cohorts may differ in outcome and in how many are in each arm: arms are compared within them.
    of_features = strata_columns(study, of_feature=True, at_landmark=False)
    columns = tuple(name for name in of_features if name != "arm")
    strata = strata_labels(study, columns)
    within = f"within {', '.join(columns)}" if columns else ""
    rows = []
    for codes, name in zip((cause, exchanged(cause)), cause_names(data), strict=True):
        test = gray_test(
            survival, codes, arms.astype(str), strata=None if strata is None else strata[known]
        )
        counted = ", ".join(
            f"{group} {events} of {n}"
            for group, events, n in zip(test.groups, test.group_events, test.group_n, strict=True)
        )
        found = f"chi-squared {test.statistic:.3g} on {test.degrees_of_freedom} df; {counted}"
        gap = float("nan")
        assigned = study.analysis.randomised or bool(test.status)
        row = CompetingRow(
            feature="arm",
            endpoint=data.endpoint.id,
            landmark_days=None,
            cause=name,
            effect="gray_test",
            scale="between arms",
            estimate=gap,
            ci_low=gap,
            ci_high=gap,
            p_value=test.p_value,
            n=test.n,
            n_events=test.n_events,
            n_competing=test.n_competing,
            n_excluded=known.size - test.n,
            method=f"{GRAY}: {name}",
            status="; ".join(
                note
                for note in (
                    test.status or found,
                    "" if test.status else few_events(test.n_events, "test"),
                    within,
                    unknown_causes(cause),
                    "" if assigned else NOT_RANDOMISED,
                )
                if note
            ),
        )
        rows.append(row)
    return rows
