"""Responses to stimuli of every kind of measurement, scored, with what rests and what doses say."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from macroimmune.expression import gene_activity
from macroimmune.response import (
    RestingBlock,
    blood_samples,
    dose_tables,
    pre_encoded,
    resting_expression,
    score_responses,
    supplied_responses,
)
from macroimmune.results import Finding, empty
from macroimmune.study import Study

__all__ = ["MeasuredResponses", "measure_responses"]

# What wells of every kind of measurement give, put together.
_PAIRED = ("stimulation_pairs", "stimulation_responses", "response_densities")


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredResponses:
    """Tables of responses with what was found on the way.

    Parameters
    ----------
    tables : mapping from name to polars DataFrame
    findings : tuple of Finding
    """

    tables: Mapping[str, pl.DataFrame]
    findings: tuple[Finding, ...]


def measure_responses(
    study: Study,
    measured: Mapping[str, pl.DataFrame],
    expression: Mapping[str, pl.DataFrame],
    *,
    seed: int,
) -> MeasuredResponses:
    """Return the responses of a study: scores, doses, and whether the resting state tells them.

    Parameters
    ----------
    study : Study
    measured, expression : mapping from name to polars DataFrame
        Tables of cytometry and of single-cell RNA, empty without them.
    seed : int

    Raises
    ------
    FormatError
        If the reference of an earlier run cannot be read.
    """
    supplied = supplied_responses(study)
    sources = (measured, expression, supplied.tables)
    tables = {
        name: pl.concat([empty(name), *(one[name] for one in sources if name in one)])
        for name in _PAIRED
    }
    responses = tables["stimulation_responses"]
    scored = score_responses(responses, study=study)
    tables |= {
        "responsiveness": scored.responsiveness,
        "responsiveness_reference": scored.reference,
        "responsiveness_definitions": scored.definitions,
        "stimulation_plates": scored.plates,
    }
    tables |= dose_tables(study, responses, rng=_random_numbers(seed, "doses")).tables
    findings = supplied.findings + scored.findings
    blocks = []
    if not scored.responsiveness.is_empty():
        activity = gene_activity(study)
        blocks += [activity.block] * (not activity.block.values.is_empty())
        findings += activity.findings
    if expression:
        blocks.append(resting_expression(expression["expression_scores"]))
    tables["pre_encoded"], tables["pre_encoded_predictions"] = pre_encoded(
        scored.responsiveness,
        responses,
        # Scores are of blood: the resting state of another tissue is that of other cells.
        [RestingBlock(one.name, blood_samples(one.values, study)) for one in blocks],
        window=study.analysis.baseline_window_days,
        rng=_random_numbers(seed, "pre-encoded"),
    )
    return MeasuredResponses(tables, findings)


def _random_numbers(seed: int, purpose: str) -> np.random.Generator:
    return np.random.default_rng((seed, zlib.crc32(purpose.encode())))
