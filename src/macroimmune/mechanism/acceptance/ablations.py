"""What each compartment is worth: the claims that are lost without it."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import polars as pl

from macroimmune.evidence import Claim
from macroimmune.mechanism.acceptance.evaluation import claim_outcomes
from macroimmune.mechanism.acceptance.outcome import ClaimOutcome
from macroimmune.mechanism.acceptance.scorable import scorable_claims
from macroimmune.mechanism.acceptance.scores import grouped
from macroimmune.mechanism.model import parameters
from macroimmune.results import RESULT_TABLES

__all__ = ["ABLATIONS", "ablations_table", "run_ablations"]

# Inputs of every host that take a part of the model away.
ABLATIONS: Mapping[str, Mapping[str, float]] = {
    "no marrow response": {"no_marrow_response": 1.0},
    "no spleen": {"no_spleen": 1.0},
    "no node": {"no_node": 1.0},
}
_ALL = "all"


def run_ablations(
    chosen: Sequence[Claim],
    *,
    n_patients: int | None = None,
    workers: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
) -> dict[str, dict[str, ClaimOutcome]]:
    """Return the outcomes of the claims by what was taken away.

    Parameters
    ----------
    chosen : sequence of Claim
    n_patients : int, optional
        Of the virtual cohort; as in the rules if not given.
    workers : int
        Processes.
    progress : callable, optional
        Called with (ablation, runs done, runs).
    """
    say = progress or (lambda name, done, total: None)
    return {
        name: claim_outcomes(
            chosen,
            host=inputs,
            n_patients=n_patients,
            workers=workers,
            progress=lambda done, total, name=name: say(name, done, total),  # type: ignore[misc]
        )
        for name, inputs in ABLATIONS.items()
        if set(inputs) <= set(parameters())
    }


def ablations_table(
    chosen: Sequence[Claim],
    whole: Mapping[str, ClaimOutcome],
    without: Mapping[str, Mapping[str, ClaimOutcome]],
) -> pl.DataFrame:
    """Return table `model_ablations`.

    Parameters
    ----------
    chosen : sequence of Claim
    whole : mapping of str to ClaimOutcome
        With nothing taken away, by claim.
    without : mapping of str to mapping
        The same by what was taken away.
    """
    frozen = scorable_claims()
    by = grouped(chosen, frozen, whole)
    passed = by.passes(by.signs)
    names, sections = np.array(by.names), np.array(by.sections)
    rows = []
    for ablation, outcomes in without.items():
        others = grouped(chosen, frozen, outcomes)
        left = others.passes(others.signs)
        for section in (_ALL, *dict.fromkeys(by.sections)):
            among = (sections == section) | (section == _ALL)
            lost, gained = among & passed & ~left, among & ~passed & left
            rows.append({
                "ablation": ablation,
                "section": section,
                "n_groups": int(among.sum()),
                "n_passed_whole": int((among & passed).sum()),
                "n_passed": int((among & left).sum()),
                "n_lost": int(lost.sum()),
                "n_gained": int(gained.sum()),
                "groups_lost": ";".join(names[lost]),
                "groups_gained": ";".join(names[gained]),
                "status": "",
            })
    return pl.DataFrame(rows, schema=RESULT_TABLES["model_ablations"].schema)
