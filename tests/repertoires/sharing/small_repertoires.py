"""Repertoires made by hand or drawn, as the reader would give them."""

import polars as pl

from macroimmune.repertoires import Repertoire, Repertoires
from macroimmune.results import RESULT_TABLES


def clonotypes_of(counts):
    """Return the frame of a repertoire from {clonotype: count}."""
    frame = pl.DataFrame(
        {"clonotype": list(counts), "count": list(counts.values())},
        schema={"clonotype": pl.String, "count": pl.Int64},
    ).filter(pl.col("count") > 0)
    return frame.sort(["count", "clonotype"], descending=[True, False]).select(
        "clonotype",
        v_gene=pl.lit("TRBV1"),
        j_gene=pl.lit("TRBJ1-1"),
        junction=pl.lit(""),
        junction_aa="C" + pl.col("clonotype") + "F",
        count="count",
    )


def repertoires_of(*samples, chain="TRB"):
    """Return repertoires from dicts with participant, day, counts, and what else differs."""
    held, rows = {}, []
    for place, sample in enumerate(samples):
        name = sample.get("id", f"r{place}")
        held[name] = clonotypes_of(sample["counts"])
        counted = sample.get("counted", "templates")
        rows.append({
            "repertoire_id": name,
            "participant_id": sample.get("participant", "P1"),
            "sample_id": f"s-{name}",
            "days_from_treatment_start": sample.get("day"),
            "compartment": sample.get("compartment", "blood"),
            "chain": chain,
            "population": sample.get("population", ""),
            "counted": counted,
            "batch": "",
            "files": f"{name}.tsv",
            "n_libraries": 1,
            "clonotype": "CDR3 nucleotides",
            "n_rows": held[name].height,
            "n_counted": held[name]["count"].sum(),
            "n_clonotypes": held[name].height,
            "n_singletons": held[name].filter(pl.col("count") == 1).height,
            "is_sampling_known": counted != "reads",
            "status": "",
        })
    return Repertoires(
        listed=pl.DataFrame(rows, schema=RESULT_TABLES["repertoires"].schema),
        losses=pl.DataFrame(schema=RESULT_TABLES["repertoire_losses"].schema),
        read=lambda name: Repertoire(name, held[name]),
    )


def no_changes():
    return pl.DataFrame(schema=RESULT_TABLES["clone_changes"].schema)
