"""Tables of a made-up stimulation study, as the stages would leave them."""

import numpy as np
import polars as pl

from macroimmune.results import RESULT_TABLES, conform

LIST, PRIMARY = "ifn1_early", "effector_cd4"
MARKERS = {"pSTAT1": 1.4, "pSTAT3": 0.5, "pSTAT5": 0.7, "pS6": 0.1}
POPULATIONS = ("cd8_t", PRIMARY, "nk")
EDGES = np.linspace(-1.0, 5.0, 61)
HOSTILE = """<script>alert("x")</script>'&"""
_GROUPS = ("hyporesponsive", "intermediate", "hyperresponsive")


def frame(name, rows):
    """Rows with some of the columns of a table as the whole table."""
    columns = RESULT_TABLES[name].schema
    filled = [dict.fromkeys(columns) | row for row in rows]
    return conform(name, pl.DataFrame(filled, schema=columns))


def response_tables(*, n_donors=6, seed=1):
    """Tables by name: donors from weak to strong, a control, wells without partner, doses."""
    rng = np.random.default_rng(seed)
    strength = np.sort(rng.normal(size=n_donors))
    names = [f"P{place:03d}" for place in range(n_donors)]
    donors = rng.permutation(n_donors)
    well = {
        "modality": "cytometry", "panel": "T cells", "stimulus": "IFNa", "stimulus_id": "ifn_alpha",
        "stimulus_minutes": 15.0,
    }  # fmt: skip
    people = [
        {"participant_id": names[k], "sample_id": f"{names[k]}-s1", "control": "",
         "days_from_treatment_start": -3.0, "batch": f"plate {k % 3 + 1}"}
        for k in donors.tolist()
    ]  # fmt: skip
    levels = strength[donors]
    control = {"participant_id": "", "sample_id": "", "control": "bridge", "batch": "plate 1"}
    pairs = [
        who | well | {"stimulated_file": "a.fcs", "unstimulated_file": "b.fcs", "same_batch": True}
        for who in (*people, control)
    ]
    alone = people[0] | well | {
        "stimulated_file": "c.fcs", "unstimulated_file": "", "stimulus_minutes": 60.0,
        "status": "no unstimulated well of this sample",
    }  # fmt: skip
    tables = {
        "stimulation_pairs": [*pairs, alone],
        "stimulation_responses": _responses(people, levels, well, rng),
        "response_densities": _densities(people[:20], levels, well),
        "stimulation_plates": _plates(well, n_donors),
        "corrected_effects": _effects(n_donors),
        "detectable_effects": [{
            "feature": "nlr", "endpoint": "os", "n": n_donors, "n_events": n_donors // 2,
            "effect": "hazard_ratio", "detectable": 1.8, "detectable_protective": 0.56,
            "detectable_true": 2.1,
        }],
        **_scores(people, levels, control, rng),
        **_doses(rng),
        **_pre_encoded(names, rng),
        **_expression(people[:10]),
    }  # fmt: skip
    return {name: frame(name, rows) for name, rows in tables.items()}


def _responses(people, levels, well, rng):
    rows = []
    for who, level in zip(people, levels, strict=True):
        for population in POPULATIONS:
            n_cells = 400 if population != "nk" else int(rng.integers(5, 90))
            use = "score" if n_cells >= 50 else "effect size" if n_cells >= 20 else "none"
            for marker, size in MARKERS.items():
                difference = size * (1.0 + 0.4 * level) + rng.normal(0.0, 0.1)
                half = 4.0 / np.sqrt(n_cells)
                estimate = {
                    "difference": difference, "difference_ci_low": difference - half,
                    "difference_ci_high": difference + half, "percent_above": 20.0 * difference,
                    "signed_emd": difference, "superiority": 0.5 + 0.1 * np.tanh(difference),
                }  # fmt: skip
                rows.append(who | well | (estimate if use != "none" else {}) | {
                    "population": population, "marker": marker, "unit": "arcsinh", "use": use,
                    "marker_list": LIST if marker != "pS6" and population == PRIMARY else "",
                    "n_unstimulated": n_cells, "n_stimulated": n_cells,
                    "status": "" if use == "score" else f"{use}: few cells",
                })  # fmt: skip
    return rows


def _densities(people, levels, well):
    middles = (EDGES[1:] + EDGES[:-1]) / 2
    kept = {name: well[name] for name in ("panel", "stimulus", "stimulus_minutes")}
    rows = []
    for who, level in zip(people, levels, strict=False):
        for marker, size in MARKERS.items():
            shares = []
            for centre in (0.6, 0.6 + size * (1.0 + 0.4 * level)):
                share = np.exp(-0.5 * ((middles - centre) / 0.5) ** 2)
                shares.append(share / share.sum())
            rows.extend(
                {"participant_id": who["participant_id"], "sample_id": who["sample_id"], **kept,
                 "population": PRIMARY, "marker": marker, "low": low, "high": high,
                 "share_unstimulated": rest, "share_stimulated": moved}
                for low, high, rest, moved in zip(EDGES[:-1], EDGES[1:], *shares, strict=True)
            )  # fmt: skip
    return rows


def _plates(well, n_donors):
    own = {name: well[name] for name in ("modality", "panel", "stimulus", "stimulus_minutes")}
    return [
        own | {"batch": batch, "marker_list": LIST, "population": PRIMARY, "n_donors": n_donors,
               "n_responding": n, "median_difference": size, "is_failed": n == 0, "status": status}
        for batch, n, size, status in (
            ("plate 1", n_donors, 0.9, ""), ("plate 2", n_donors - 1, 0.8, ""),
            ("plate 3", 0, 0.01, "no donor answers: check the stimulus"),
        )
    ]  # fmt: skip


def _effects(n_donors):
    own = {"feature": "nlr", "endpoint": "os", "n": n_donors, "n_events": n_donors // 2}
    models = ("naive", "corrected", "adjusted", "corrected and adjusted")
    return [
        own | {"model": model, "effect": "hazard_ratio", "estimate": estimate,
               "ci_low": estimate / 1.4, "ci_high": estimate * 1.4, "p_value": 0.01,
               "reliability": 0.8 if "corrected" in model else None}
        for model, estimate in zip(models, (1.5, 1.7, 1.45, 1.65), strict=True)
    ]  # fmt: skip


def _scores(people, levels, control, rng):
    own = {"modality": "cytometry", "panel": "T cells", "marker_list": LIST, "stimulus": "IFNa",
           "stimulus_minutes": 15.0}  # fmt: skip
    rows = []
    for who, level in zip(people, levels, strict=True):
        for population in (PRIMARY, "em_cd4"):
            score = level + rng.normal(0.0, 0.1)
            ends = {"ci80_low": score - 0.25, "ci80_high": score + 0.25}
            inside = [place for place, (low, high) in enumerate(
                ((-np.inf, -0.43), (-0.43, 0.43), (0.43, np.inf)))
                if low <= ends["ci80_low"] and ends["ci80_high"] <= high]  # fmt: skip
            rows.append(who | own | ends | {
                "population": population, "is_primary": population == PRIMARY, "n_markers": 3,
                "markers": "pSTAT1;pSTAT3;pSTAT5", "n_unstimulated": 400, "n_stimulated": 400,
                "score": score, "ci_low": score - 0.4, "ci_high": score + 0.4,
                "standard_error": 0.2, "is_batch_included": False,
                "unstimulated_level": -0.5 * level + rng.normal(0.0, 0.5), "adjusted_score": score,
                "group": _GROUPS[inside[0]] if inside else "uncertain",
            })  # fmt: skip
    rows[0] |= dict.fromkeys((
        "score",
        "ci_low",
        "ci_high",
        "ci80_low",
        "ci80_high",
        "unstimulated_level",
    ))
    rows[0] |= {"group": "", "status": "fewer than 50 effector CD4 T cells"}
    rows.append(control | own | {
        "population": PRIMARY, "is_primary": True, "score": 0.1, "ci_low": -0.3, "ci_high": 0.5,
        "ci80_low": -0.1, "ci80_high": 0.3, "n_markers": 3, "is_batch_included": False,
        "unstimulated_level": 0.0, "group": "intermediate",
    })  # fmt: skip
    reference = [
        own | {"population": PRIMARY, "marker": marker, "reference": "baseline",
               "n_reference": len(people), "median": size, "scaled_mad": 0.4 * size,
               "low_tertile": -0.43, "high_tertile": 0.43}
        for marker, size in MARKERS.items() if marker != "pS6"
    ]  # fmt: skip
    definitions = [
        {"modality": "cytometry", "panel": "T cells", "marker_list": LIST, "population": PRIMARY,
         "other": other, "n_samples": n, "spearman": value, "status": status}
        for other, n, value, status in (
            ("em_cd4", len(people), 0.94, ""), ("temra_cd4", 0, None, "no scores of it"),
        )
    ]  # fmt: skip
    return {"responsiveness": rows, "responsiveness_reference": reference,
            "responsiveness_definitions": definitions}  # fmt: skip


def _doses(rng):
    points, curves = [], []
    doses = (0.0, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
    for stimulus, half, is_reached in (("IFN-a", 8.0, True), ("IFN-b", 200.0, False)):
        for marker in ("pSTAT1", "pSTAT3"):
            own = {"series": f"{stimulus} {marker}", "stimulus": stimulus, "participant_id": "",
                   "stimulus_minutes": 15.0, "population": "cd4_t", "marker": marker}  # fmt: skip
            for dose in doses:
                fitted = 1.0 + 3.0 * dose / (half + dose)
                points.extend(
                    own | {"batch": f"plate {plate}", "dose": dose, "dose_unit": "pM",
                           "fitted": fitted, "value": fitted + rng.normal(0.0, 0.1),
                           "unit": "arcsinh"}
                    for plate in (1, 2)
                )  # fmt: skip
            found = {"ec50": half, "ec50_ci_low": half / 1.5, "ec50_ci_high": half * 1.5,
                     "hill": 1.0, "bottom": 1.0, "top": 4.0}  # fmt: skip
            curves.append(own | (found if is_reached else {}) | {
                "n_doses": 7, "n_values": 14, "n_batches": 2, "dose_unit": "pM",
                "is_plateau_reached": is_reached, "monotone_p": 0.001,
                "status": "" if is_reached else "the doses do not reach the plateau",
            })  # fmt: skip
    return {"dose_points": points, "dose_responses": curves}


def _pre_encoded(names, rng):
    measured = rng.normal(size=len(names))
    own = {"response": "responsiveness of effector CD4 T cells", "resting": "resting markers"}
    return {
        "pre_encoded": [
            own | {"n_donors": len(names), "n_predictors": 12, "r_squared": 0.31, "ci_low": 0.02,
                   "ci_high": 0.55, "correlation": 0.57, "p_value": 0.012, "n_permutations": 999,
                   "method": "ridge, leave one donor out", "carried_by": "pSTAT1 at rest; CD45RA"},
            {"response": own["response"], "resting": "gene activity", "n_donors": 3,
             "status": "fewer donors than 10"},
        ],
        "pre_encoded_predictions": [
            own | {"participant_id": name, "measured": value, "predicted": 0.5 * value}
            for name, value in zip(names, measured.tolist(), strict=True)
        ],
    }  # fmt: skip


def _expression(people):
    kept = ("participant_id", "sample_id", "batch")
    quality, scores = [], []
    for who in people:
        of = {name: who[name] for name in kept}
        for stimulus, level in (("none", 0.2), ("IFNb", 1.1)):
            quality.append(of | {
                "raw_file": "pbmc.h5ad", "stimulus": stimulus, "n_cells": 900, "n_genes": 9000,
                "median_counts": 1500.0, "populations": "CD4 T cells 400", "status": "used",
            })  # fmt: skip
            scores.append(of | {
                "stimulus": stimulus, "stimulus_minutes": 360.0 if level > 1 else None,
                "population": "cd4_t", "gene_set": "hallmark_interferon_alpha", "n_cells": 400,
                "n_genes": 80, "n_set": 97, "cell_mean": level, "pseudobulk": level + 0.1,
            })  # fmt: skip
    return {"expression_quality": quality, "expression_scores": scores}
