"""The sentences of the methods paragraph on answers to stimuli, from what a run's tables hold."""

from collections.abc import Mapping

import polars as pl

__all__ = ["response_methods"]

_EFFECTS = (
    "Stimulated wells were compared with the unstimulated well of the same sample and panel by the "
    "difference of means, the gain in percent above the unstimulated 99th percentile, the signed "
    "earth mover's distance and the probability of superiority; intervals carry the numbers of "
    "cells, thresholds and, where bridging controls tell it, batches. At least 50 cells in both "
    "wells count for a score, 20 to 49 for an effect size."
)
_SCORE = (
    "Responsiveness to type I interferon is the mean over a list of markers, declared before "
    "outcomes were read, of the difference of means standardised by median and scaled median "
    "absolute deviation of a frozen reference; phosphorylated and induced proteins are two scores."
)
_EXPRESSION = (
    "Single cells were scored by the mean over the genes of a set of log1p of counts per 10,000; "
    "donors and populations were summed for inference."
)
_DOSES = "Curves over dose are monotone; the dose of half the effect is that of a Hill curve."
_PRE_ENCODED = (
    "Whether the resting state tells the response was asked of donors who took no part in the fit, "
    "with p by permutation."
)
_OUTSIDE_LEDGER = (
    "p-values of curves over dose and of the resting state test no outcome: they are not in the "
    "ledger and have no q-values."
)


def response_methods(tables: Mapping[str, pl.DataFrame], seed: int) -> tuple[str, ...]:
    """Return a sentence for each method that was used, none where no cells were stimulated.

    Parameters
    ----------
    tables : mapping from name to polars DataFrame
        Tables of the results folder.
    seed : int
        Of random draws.
    """

    def holds(name: str) -> bool:
        return name in tables and not tables[name].is_empty()

    told = {
        "stimulation_responses": _EFFECTS,
        "responsiveness": _SCORE,
        "expression_scores": _EXPRESSION,
        "dose_responses": _DOSES,
        "pre_encoded": _PRE_ENCODED,
    }
    sentences = [words for name, words in told.items() if holds(name)]
    if holds("dose_responses") or holds("pre_encoded"):
        sentences.append(_OUTSIDE_LEDGER)
    if sentences:
        sentences.append(f"Random draws of responses began from seed {seed}.")
    return tuple(sentences)
