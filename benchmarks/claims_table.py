"""Time of the whole claims table: every scored claim, on two processes; and its score.

Wall time follows how busy the machine is; the processor time of all processes does not.
"""

import resource
import time

from macroimmune.mechanism.acceptance import (
    claim_outcomes,
    plans_of,
    rules,
    scorable_claims,
    score_table,
    scored_claims,
    unexplained,
)
from macroimmune.mechanism.acceptance.needs import scenarios_of


def processor_seconds() -> float:
    """Return what this process and its ended children have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Print the time, the score beside guessing, and what the list of mechanisms lacks."""
    chosen = scored_claims()
    plans = plans_of(chosen, rules().patients).values()
    needs = dict.fromkeys(need for one in plans if not isinstance(one, str) for need in one.needs)
    started, used = time.perf_counter(), processor_seconds()
    outcomes = claim_outcomes(chosen, workers=2)
    seconds, worked = time.perf_counter() - started, processor_seconds() - used
    scores = score_table(chosen, scorable_claims(), outcomes)
    print(f"{len(chosen)} claims, {len(scenarios_of(needs))} runs, two processes")
    print(f"{seconds:.0f} s of wall time, {worked:.0f} s of processor time (limit 120 s of wall)")
    for row in scores.head(3).iter_rows(named=True):
        print(
            f"{row['name']}: {row['n_passed']} of {row['n_groups']} groups ({row['score']:.1f} %), "
            f"99th percentile of shuffled directions {row['permuted_p99']:.1f} %"
        )
    without, needless = unexplained({name: one.passed for name, one in outcomes.items()})
    print(f"failing claims without a missing mechanism: {len(without)} {' '.join(without)}")
    print(f"passing claims with one: {len(needless)} {' '.join(needless)}")


if __name__ == "__main__":
    main()
