"""Responses with a known truth, as the table `stimulation_responses` holds them."""

from dataclasses import replace

import numpy as np
import polars as pl

from macroimmune.results import conform
from macroimmune.study import AnalysisSettings, StimulationSettings, Study, study_from_frames

EARLY = ("pSTAT1", "pSTAT3", "pSTAT5")
INDUCED = ("MX1", "IFIT1", "ISG15", "BST2", "PDL1")


def study_of(
    people: list[str],
    healthy: tuple[str, ...] = (),
    samples: pl.DataFrame | None = None,
    **settings: object,
) -> Study:
    """Return a study of these people, without outcomes."""
    frame = pl.DataFrame({
        "participant_id": people,
        "group": ["healthy" if one in healthy else "patient" for one in people],
    })
    analysis = replace(AnalysisSettings(), stimulation=StimulationSettings(**settings))
    return study_from_frames(
        "made",
        analysis=analysis,
        participants=frame,
        **({} if samples is None else {"samples": samples}),
    )


def made_responses(
    differences: np.ndarray,
    *,
    markers: tuple[str, ...] = INDUCED,
    marker_list: str = "ifn1_induced",
    levels: np.ndarray | None = None,
    errors: float | None = 0.1,
    **columns: object,
) -> pl.DataFrame:
    """Return one sample per person at baseline: differences of people x markers.

    A column is one value, or one per person.
    """
    n, m = differences.shape
    given = {
        "participant_id": [f"P{row:03d}" for row in range(n)],
        "control": "",
        "sample_id": None,
        "days_from_treatment_start": 0.0,
        "modality": "cytometry",
        "panel": "T",
        "batch": "B1",
        "stimulus": "IFN-alpha",
        "stimulus_id": "ifn_alpha",
        "stimulus_minutes": 360.0 if marker_list == "ifn1_induced" else 15.0,
        "stimulus_dose": None,
        "stimulus_dose_unit": "",
        "population": "effector_cd4",
        "marker_list": marker_list,
        "unit": "arcsinh / 5",
        "n_unstimulated": 500,
        "n_stimulated": 500,
        "thresholds_se": 0.0,
        "batch_se": None,
        "use": "score",
        "status": "",
    } | columns
    given["sample_id"] = given["sample_id"] or [f"{one}-0" for one in given["participant_id"]]
    wide = {
        name: value if isinstance(value, list) else [value] * n for name, value in given.items()
    }
    rows = pl.DataFrame(
        {
            name: np.repeat(np.array(value, dtype=object), m).tolist()
            for name, value in wide.items()
        },
        infer_schema_length=None,
    )
    before = np.zeros((n, m)) if levels is None else levels
    others = (
        "mean_stimulated", "median_unstimulated", "median_stimulated", "difference_ci_low",
        "difference_ci_high", "percent_above", "percent_above_ci_low", "percent_above_ci_high",
        "signed_emd", "signed_emd_ci_low", "signed_emd_ci_high", "emd_null", "superiority",
        "superiority_ci_low", "superiority_ci_high",
    )  # fmt: skip
    return conform(
        "stimulation_responses",
        rows.with_columns(
            pl.Series("marker", list(markers) * n),
            pl.Series("difference", differences.ravel()),
            pl.Series("mean_unstimulated", before.ravel()),
            pl.lit(errors, dtype=pl.Float64).alias("cells_se"),
            *(pl.lit(None, dtype=pl.Float64).alias(name) for name in others),
        ),
    )


def drawn_differences(n: int, seed: int, *, noise: float = 0.1, markers: int = 5) -> tuple:
    """Return true responsiveness of people, and differences that follow it."""
    rng = np.random.default_rng(seed)
    truth = rng.standard_normal(n)
    sizes = np.linspace(0.8, 1.6, markers)
    exact = sizes * (1 + 0.25 * truth[:, None])
    return truth, exact + noise * rng.standard_normal((n, markers))
