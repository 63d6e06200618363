"""Made-up tables of an acceptance test: claims of three sections, scores, draws, ablations."""

import polars as pl

from macroimmune.results import conform

SECTIONS = ("Perturbations", "Chemotherapy", "Resection")
KINDS = ("perturbation", "intervention")


def claim(k):
    fails, unknown = k % 3 == 0, k % 7 == 6
    return {
        "claim_id": f"C{k:03d}",
        "group": f"C{k:03d}",
        "section": SECTIONS[k % 3],
        "kind": KINDS[k % 2],
        "is_held_out": k % 3 == 2,
        "statement": f"PMN-MDSC <number> {k} in blood rises in tumour hosts",
        "compartment": "blood",
        "observable": "PMN-MDSC number",
        "condition": "tumour",
        "comparator": "tumour-free",
        "tumour": "generic",
        "day": "14",
        "condition_value": 2.0,
        "comparator_value": 1.0,
        "ratio": None if unknown else 0.9 if fails else 2.0,
        "association": None,
        "expected": "up",
        "found": "" if unknown else "unchanged" if fails else "up",
        "passed": not fails and not unknown,
        "missing_mechanism": "" if unknown or not fails else "no <tissue> niche",
        "status": "the model has no such readout"
        if unknown
        else "ratio by tumour: MC38 0.9, generic 0.9"
        if k % 2
        else "",
    }


def score(scope, name, chosen):
    passed = chosen["passed"].sum()
    return {
        "scope": scope,
        "name": name,
        "n_claims": chosen.height,
        "n_groups": chosen.height,
        "n_passed": passed,
        "n_not_evaluated": chosen.filter(pl.col("found") == "").height,
        "score": 100.0 * passed / chosen.height,
        "always_up": 40.0,
        "always_down": 30.0,
        "always_unchanged": 10.0,
        "permuted_mean": 35.0,
        "permuted_p95": 48.0,
        "permuted_p99": 52.0,
        "n_permutations": 1000,
        "median_pass_fraction": 0.7,
        "n_draws": 20,
        "status": "",
    }


def model_tables(n=30):
    claims = conform("model_claims", pl.DataFrame([claim(k) for k in range(n)]))
    scopes = [
        ("all", "all", pl.lit(value=True)),
        ("fitted", "fitted", ~pl.col("is_held_out")),
        ("held out", "held out", pl.col("is_held_out")),
        *(("section", name, pl.col("section") == name) for name in SECTIONS),
        *(("kind", name, pl.col("kind") == name) for name in KINDS),
    ]
    about = claims.select("claim_id", "group", "section", "kind", "is_held_out")
    shares = [(3 * k % 21) / 20 for k in range(n)]
    return {
        "model_claims": claims,
        "model_scores": pl.DataFrame([
            score(scope, name, claims.filter(where)) for scope, name, where in scopes
        ]),
        "model_draws": about.with_columns(
            n_draws=20, n_not_evaluated=0, n_passed=pl.Series([round(20 * s) for s in shares]),
            pass_fraction=pl.Series(shares), ratio_low=0.5, ratio_median=1.0, ratio_high=2.0,
        ),
        "model_ablations": pl.DataFrame([
            {
                "ablation": ablation, "section": section, "n_groups": n, "n_passed_whole": 20,
                "n_passed": 20 - lost + 1, "n_lost": lost, "n_gained": 1,
                "groups_lost": "C001;C002", "groups_gained": "C003", "status": "",
            }
            for ablation, lost in (("no spleen", 3), ("no node", 9), ("no marrow response", 12))
            for section in ("all", *SECTIONS)
        ]),
    }  # fmt: skip


def write_tables(folder, tables):
    from macroimmune.results import save_table

    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        save_table(folder, name, frame)
    return folder
