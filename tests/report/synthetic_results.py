"""A results folder of a made-up study, as a run would leave it; tests and benchmarks write it."""

import hashlib

import numpy as np
import polars as pl

from macroimmune.results import InputFile, RunRecord, empty, save_run, save_table

THIRDS = ("lower third", "middle third", "upper third")
HOSTILE = """<script>alert("x")</script>'&"""


def kaplan_meier(time, event):
    """Days, survival, log-log interval and numbers at risk, from day 0."""
    days = np.unique(time[event])
    at_risk = np.array([(time >= day).sum() for day in days])
    deaths = np.array([((time == day) & event).sum() for day in days])
    survival = np.cumprod(1 - deaths / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(np.cumsum(deaths / (at_risk * (at_risk - deaths))))
        half = 1.96 * root / np.log(survival)
        low, high = survival ** np.exp(-half), survival ** np.exp(half)
    low, high = np.minimum(low, high), np.maximum(low, high)
    last = time.max()
    return (
        np.r_[0, days, last],
        np.r_[1, survival, survival[-1]],
        np.r_[1, low, low[-1]],
        np.r_[1, high, high[-1]],
        np.r_[time.size, at_risk, (time >= last).sum()],
    )


def curve_rows(curve, feature, endpoint, landmark, group, x, y, low=None, high=None, n=None):
    size = len(x)
    blank = np.full(size, np.nan)
    return pl.DataFrame({
        "curve": [curve] * size,
        "feature": [feature] * size,
        "endpoint": [endpoint] * size,
        "landmark_days": [landmark] * size,
        "group": [group] * size,
        "x": np.asarray(x, dtype=float),
        "y": blank if y is None else np.asarray(y, dtype=float),
        "ci_low": blank if low is None else low,
        "ci_high": blank if high is None else high,
        "n": [None] * size if n is None else np.asarray(n).astype(int).tolist(),
    }).cast(empty("curves").schema)


def survival_curves(feature, endpoint, landmark, groups, time, event):
    for name, members in groups.items():
        yield curve_rows(
            "kaplan_meier", feature, endpoint, landmark, name,
            *kaplan_meier(time[members], event[members]),
        )  # fmt: skip
        days = np.arange(0, time.max(), 182.625)
        yield curve_rows(
            "at_risk", feature, endpoint, landmark, name, days, None,
            n=[(time[members] >= day).sum() for day in days],
        )  # fmt: skip


def benjamini_hochberg(p):
    order = np.argsort(p)
    ranked = p[order] * p.size / (np.arange(p.size) + 1)
    q = np.empty_like(p)
    q[order] = np.minimum.accumulate(ranked[::-1])[::-1].clip(max=1)
    return q


def write_synthetic_results(folder, *, n_features=8, n_participants=240, seed=1, has_truth=True):
    """Write a results folder of `n_features` features x os, pfs and response."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    features = [f"feature_{index}" for index in range(n_features)]
    features[: min(3, n_features)] = ["nlr", "serum_il8", "m_mdsc"][:n_features]
    names = [name.replace("_", " ").capitalize() for name in features]
    if n_features > 4:
        features[3], names[3] = HOSTILE, HOSTILE
        features[4], names[4] = '=HYPERLINK("x")', '=HYPERLINK("x")'
    effects = np.where(np.arange(n_features) < 3, 0.6, 0.0)
    values = rng.normal(size=(n_participants, n_features))
    risk = values @ effects
    outcome = {}
    for endpoint, scale in (("os", 800.0), ("pfs", 300.0)):
        latent = rng.exponential(scale / np.exp(risk))
        censored = rng.uniform(200, 1500, n_participants)
        outcome[endpoint] = np.ceil(np.minimum(latent, censored)), latent <= censored
    responds = rng.uniform(size=n_participants) < 1 / (1 + np.exp(0.8 + risk))
    arm = rng.integers(0, 2, n_participants)
    curves, rows, truth = [], [], []
    everybody = {f"Arm {name}": np.flatnonzero(arm == index) for index, name in enumerate("AB")}
    for endpoint, (time, event) in outcome.items():
        curves.extend(survival_curves("", endpoint, None, everybody, time, event))
    for index, feature in enumerate(features):
        value = values[:, index]
        order = np.argsort(value)
        thirds = dict(zip(THIRDS, np.array_split(order, 3), strict=True))
        landmark = 42.0 if index % 5 == 4 else None
        grid = np.quantile(value, np.linspace(0.02, 0.98, 40))
        for endpoint, (time, event) in outcome.items():
            curves.extend(survival_curves(feature, endpoint, landmark, thirds, time, event))
            error = 1 / np.sqrt(event.sum())
            estimate = effects[index] + error * rng.normal()
            rows.append((feature, endpoint, landmark, "hazard_ratio", estimate, error, event.sum()))
            log = estimate * (grid - np.median(value))
            half = 1.96 * error * np.abs(grid - np.median(value))
            curves.append(curve_rows(
                "effect", feature, endpoint, landmark, "", grid, np.exp(log),
                np.exp(log - half), np.exp(log + half), [n_participants] * grid.size,
            ))  # fmt: skip
            if index < 100 and endpoint == "os":
                days = np.linspace(time[event].min(), time[event].max(), 24)
                ratio = np.exp(np.linspace(1.0, -0.4, 24))
                curves.append(curve_rows(
                    "hazard_ratio_over_time", feature, endpoint, landmark, "per SD", days, ratio,
                    ratio * 0.6, ratio / 0.6, [(time >= day).sum() for day in days],
                ))  # fmt: skip
            truth.append((feature, endpoint, "per SD", "hazard_ratio", np.exp(effects[index]),
                          np.exp(0.9 * effects[index]), 0.002, effects[index] == 0))  # fmt: skip
        error = 1 / np.sqrt(n_participants * 0.2)
        estimate = -effects[index] + error * rng.normal()
        rows.append((feature, "response", landmark, "odds_ratio", estimate, error, responds.sum()))
        for name, members in (("responders", responds), ("non-responders", ~responds)):
            at = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
            curves.append(curve_rows(
                "distribution", feature, "response", landmark, name, at,
                np.quantile(value[members], at), n=[members.sum()] * 5,
            ))  # fmt: skip
            dots = value[members]
            curves.append(curve_rows(
                "points", feature, "response", landmark, name, np.arange(dots.size), dots,
            ))  # fmt: skip
    curves += cut_curves(values[:, 0], *outcome["os"])
    _write(folder, features, names, rows, curves, truth if has_truth else [], n_participants, seed)
    save_table(folder, "cut_points", cut_points())
    return folder


def cut_curves(value, time, event):
    """The search for a cut of the first feature, and survival on both sides of it."""
    cuts = np.quantile(value, np.linspace(0.1, 0.9, 30))
    statistic = 3.1 - np.abs(cuts - cuts[12])
    yield curve_rows(
        "cut_statistic", "nlr", "os", None, "statistic", cuts, statistic, n=np.arange(30)
    )
    sides = {"up to 0": np.flatnonzero(value <= 0), "above 0": np.flatnonzero(value > 0)}
    for frame in survival_curves("nlr", "os", None, sides, time, event):
        yield frame.with_columns(pl.format("{}_cut", "curve").alias("curve"))


def cut_points():
    """One searched cut, one fixed beforehand and one that could not be searched."""
    gap = [None, None]
    return pl.DataFrame({
        "feature": ["nlr", "serum_il8", "m_mdsc"], "endpoint": ["os"] * 3,
        "landmark_days": [None] * 3, "unit": ["ratio"] * 3,
        "kind": ["searched", "fixed beforehand", "searched"], "cut": [-0.2, 1.5, None],
        "cut_ci_low": [-0.6, *gap], "cut_ci_high": [0.9, *gap], "share_near": [0.44, *gap],
        "share_at_border": [0.13, *gap], "n_low": [100, 130, 0], "n_high": [140, 110, 0],
        "events_low": [50, 70, 0], "events_high": [100, 80, 0], "statistic": [3.1, 2.2, None],
        "statistic_threshold": [2.95, *gap], "p_value": [0.0312, 0.0278, None],
        "lausen_schumacher_p_value": [0.0344, *gap], "q_value": [0.0456, 0.04, None],
        "effect": ["hazard_ratio"] * 3, "apparent_ratio": [1.91, *gap],
        "shrunken_ratio": [1.33, *gap], "shrunken_ci_low": [0.97, *gap],
        "shrunken_ci_high": [1.88, *gap], "fixed_cut_ratio": [None, 1.44, None],
        "fixed_cut_ci_low": [None, 1.04, None], "fixed_cut_ci_high": [None, 1.99, None],
        "continuous_ratio": [1.82, 1.8, None], "continuous_ci_low": [1.5, 1.5, None],
        "continuous_ci_high": [2.2, 2.1, None], "continuous_p_value": [1e-6, 1e-6, None],
        "continuous_scale": ["per SD"] * 3,
        "method": ["maximally selected log-rank statistic, searched cut",
                   "log-rank test, cut fixed beforehand",
                   "maximally selected log-rank statistic, searched cut"],
        "status": ["unstable: only 44% of resamples have their best cut near this one", "",
                   "no events were seen, so no cut can separate them"],
    })  # fmt: skip


def _write(folder, features, names, rows, curves, truth, n, seed):
    from scipy.stats import norm

    frame = pl.DataFrame(
        rows,
        schema=["feature", "endpoint", "landmark_days", "effect", "log", "error", "n_events"],
        orient="row",
        infer_schema_length=None,
    )
    log, error = frame["log"].to_numpy(), frame["error"].to_numpy()
    p = 2 * norm.sf(np.abs(log / error))
    q = benjamini_hochberg(p)
    associations = pl.DataFrame({
        "feature": frame["feature"],
        "endpoint": frame["endpoint"],
        "landmark_days": frame["landmark_days"],
        "scale": ["per SD"] * len(rows),
        "effect": frame["effect"],
        "estimate": np.exp(log),
        "ci_low": np.exp(log - 1.96 * error),
        "ci_high": np.exp(log + 1.96 * error),
        "p_value": p,
        "q_value": q,
        "n": [n] * len(rows),
        "n_events": frame["n_events"],
        "n_excluded": [6] * len(rows),
        "log_effect_per_sd": log,
        "standard_error_per_sd": error,
        "mann_whitney_u": None,
        "mann_whitney_p_value": None,
        "nonlinearity_p_value": np.linspace(0.01, 0.99, len(rows)),
        "proportional_hazards_p_value": np.linspace(0.5, 0.02, len(rows)),
        "method": ["Cox, Efron ties, strata cancer type"] * len(rows),
        "status": [""] * len(rows),
    })
    gone = associations.tail(1).with_columns(
        pl.lit("unmeasured_marker").alias("feature"),
        pl.lit(None).cast(pl.Float64).alias("estimate"),
        pl.lit(None).cast(pl.Float64).alias("ci_low"),
        pl.lit(None).cast(pl.Float64).alias("ci_high"),
        pl.lit(None).cast(pl.Float64).alias("p_value"),
        pl.lit(None).cast(pl.Float64).alias("q_value"),
        pl.lit("fewer than 10 responders with a value").alias("status"),
    )
    associations = pl.concat([associations, gone])
    save_table(folder, "associations", associations)
    save_table(folder, "curves", pl.concat(curves))
    save_table(
        folder,
        "ledger",
        associations.with_row_index("order", 1).select(
            "order",
            "feature",
            "endpoint",
            "landmark_days",
            "method",
            "p_value",
            pl.lit("outcome").alias("family"),
            "q_value",
            "status",
        ),
    )
    save_table(
        folder,
        "feature_list",
        pl.DataFrame({
            "feature": [*features, "unmeasured_marker"],
            "name": [*names, "Unmeasured marker"],
            "family": ["blood counts"] * (len(features) + 1),
            "unit": ["ratio"] * (len(features) + 1),
            "denominator": [""] * (len(features) + 1),
            "compartment": ["blood"] * (len(features) + 1),
            "timing": ["baseline"] * (len(features) + 1),
            "scale": ["per SD"] * (len(features) + 1),
            "evidence_ids": ["nlr-1;nlr-2", *[""] * len(features)],
            "n_participants": [n] * len(features) + [0],
            "undetected_percent": [12.5] + [0.0] * (len(features) - 1) + [None],
            "status": ["computed"] * len(features) + ["no column for it in the study"],
        }),
    )
    save_table(folder, "predictive", pl.DataFrame({
        "feature": ["nlr"], "endpoint": ["os"], "control": ["Arm B"], "design": ["randomised"],
        "interaction_hazard_ratio": [1.1], "ci_low": [0.8], "ci_high": [1.5], "p_value": [0.55],
        "q_value": [0.8], "hazard_ratio_control": [1.5], "hazard_ratio_treated": [1.65],
        "scale": ["per doubling"], "control_ci_low": [1.2], "control_ci_high": [1.9],
        "treated_ci_low": [1.3], "treated_ci_high": [2.1],
        "n": [n], "n_events": [150],
        "verdict": ["no evidence of interaction; a ratio of 1.6 could have been seen"],
        "status": [""],
    }))  # fmt: skip
    save_table(folder, "agreement", pl.DataFrame({
        "evidence_id": ["nlr-1", "nlr-2", "serum_il8-1", "made-up-1", "made-up-2"],
        "feature": ["nlr", "nlr", "serum_il8", "", ""],
        "endpoint": ["response", "os", "os", "", ""],
        "landmark_days": [None] * 5,
        "published_direction": ["low"] * 5,
        "setting": ["another tumour", *["same tumour and therapy"] * 4],
        "observed_direction": ["low", "low", "high", "", ""],
        "verdict": ["agrees", "agrees", "contradicts", "not measured", "not measured"],
        "reason": ["OR 0.6 (0.4 to 0.8)", "HR 1.8", "HR 1.8", "no mass cytometry",
                   "no T cell repertoires"],
    }))  # fmt: skip
    save_table(
        folder,
        "findings",
        pl.DataFrame({
            "severity": ["warning"] * 14 + ["note"],
            "code": ["code-in-number"] * 14 + ["event-codes"],
            "file": ["cohort.csv"] * 15,
            "row": [*range(2, 16), None],
            "column": ["LDH"] * 14 + ["OS_event"],
            "found": ["ND"] * 14 + [HOSTILE],
            "expected": ["a number"] * 14 + ["0 or 1"],
            "advice": ["declare it in missing"] * 14 + ["confirm that 1 is an event"],
        }),
    )
    save_table(
        folder,
        "participant_flow",
        pl.DataFrame({
            "step": ["In the files", "Efficacy population", "With an outcome"],
            "n": [n + 14, n + 6, n],
            "n_excluded": [0, 8, 6],
            "reason": ["", "flag is not Y in clinical.csv", "no follow-up and no response"],
        }),
    )
    means = empty("restricted_means").columns
    save_table(folder, "restricted_means", pl.DataFrame(
        [
            ("", "os", 365.0, "arm A", "", 251.26, 9.5, 232.6, 269.9, None, None, 120, 90,
             "restricted mean", ""),
            ("", "os", 365.0, "treated", "control", -12.04, 11.0, -33.6, 9.5, 0.27, 0.41, 240, 170,
             "difference of restricted means, treated less control", ""),
            ("", "pfs", 3000.0, "arm A", "", None, None, None, None, None, None, 120, 99,
             "restricted mean", "the horizon lies past the last follow-up"),
        ],
        schema=means, orient="row",
    ))  # fmt: skip
    if truth:
        columns = list(empty("truth").columns)
        save_table(folder, "truth", pl.DataFrame(truth, schema=columns, orient="row"))
    save_run(folder, RunRecord(
        version="0.0.test",
        command="macroimmune run made-up --out results",
        started="2026-01-02T03:04:05+00:00",
        duration_seconds=12.3,
        seed=seed,
        study=_study(n, len(features), len(rows)),
        inputs=(InputFile("cohort.csv", hashlib.sha256(b"made-up").hexdigest(), 7),),
        methods=("Survival was described by Kaplan-Meier with log-log intervals.",
                 "Hazard ratios come from Cox models with Efron ties."),
    ))  # fmt: skip


def _study(n, n_features, n_tests):
    return {
        "name": "Made-up cohort of two arms",
        "n_participants": n,
        "design": "randomised",
        "arms": {"Arm A": n // 2, "Arm B": n - n // 2},
        "cancer_types": {"melanoma": n - 60, "NSCLC": 60},
        "age": {"median": 62.0, "q1": 54.0, "q3": 70.5, "n": n},
        "sex": {"female": n // 3, "male": n - n // 3},
        "endpoints": [
            {"id": "os", "name": "overall survival", "kind": "survival", "n": n, "n_events": 150,
             "median_follow_up_days": 900.0, "median_days": 560.0, "median_ci_low": 470.0,
             "median_ci_high": 690.0,
             "one_year": [{"arm": "Arm A", "survival": 0.64, "ci_low": 0.55, "ci_high": 0.72},
                          {"arm": "Arm B", "survival": None, "ci_low": None, "ci_high": None}]},
            {"id": "pfs", "name": "progression-free survival", "kind": "survival", "n": n,
             "n_events": 200, "median_follow_up_days": 880.0, "median_days": 210.0,
             "median_ci_low": 180.0, "median_ci_high": None},
            {"id": "response", "name": "response (CR or PR)", "kind": "binary", "n": n,
             "n_events": 80},
        ],
        "baseline_window_days": [-42, 0],
        "landmarks_days": [42],
        "strata": ["cancer_type"],
        "n_features": n_features,
        "n_tests": n_tests,
    }  # fmt: skip
