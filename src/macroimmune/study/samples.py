"""Which sample every measured row belongs to: whose it is and on which day it was taken."""

from collections.abc import Mapping

import polars as pl

from macroimmune.inputs.row_findings import SHOWN_ROWS, row_findings
from macroimmune.results import Finding
from macroimmune.results.records import Severity
from macroimmune.schema import TABLES

__all__ = ["MEASURED_TABLES", "with_samples"]

MEASURED_TABLES = tuple(table.name for table in TABLES.values() if table.measured)
_SAMPLE_TABLES = tuple(table.name for table in TABLES.values() if table.is_of_samples)

_DAY = "days_from_treatment_start"
_BASELINE = 0.0
_BLOOD = "blood"
_STOOL = "stool"


def with_samples(
    tables: Mapping[str, pl.DataFrame],
) -> tuple[dict[str, pl.DataFrame], tuple[Finding, ...]]:
    """Return the tables with sample, participant and day in every row of a sample.

    Parameters
    ----------
    tables : mapping from table name to polars DataFrame
        Declared tables as mapped; identifiers of measured rows and of raw files may be missing.

    Returns
    -------
    tables : dict
        `samples` holds every sample that such a row names or implies. Rows that belong to no
        known sample or day are left out.
    findings : tuple of Finding
        A warning for each row left out, an error where a sample belongs to two people, a note
        where a day or a compartment was assumed.

    Notes
    -----
    Convention: a table that names neither samples nor days is one sample per participant, taken
    as baseline (day 0). Where `samples` and a measured row disagree on the day, `samples` holds.
    A sample without compartment is that of its raw files, those of `microbiome` are stool, others
    are taken as blood; a note says so where `samples` lists it.
    """
    completed = dict(tables)
    placed = {name: _with_place(name, tables[name]) for name in _SAMPLE_TABLES}
    samples, findings = _merged_samples(tables["samples"])
    samples, note = _with_compartment(samples, placed)
    findings += note
    for name, rows in placed.items():
        if rows.is_empty():
            continue
        frame, problems = _joined(name, rows, samples)
        frame, more = _dated(name, frame)
        samples = _with_new(samples, frame)
        completed[name] = frame.select(tables[name].columns)
        findings += problems + more
    completed["samples"] = samples
    return completed, findings


def _with_place(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Give every row the compartment that it states, or that its table implies."""
    if TABLES[name].lists_files or name == "clonotypes":
        return frame
    implied = _STOOL if name == "microbiome" else None
    return frame.with_columns(compartment=pl.lit(implied, dtype=pl.String))


def _merged_samples(samples: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Return one row per sample: the first value of each column; an error where rows disagree."""
    others = [name for name in samples.columns if name != "sample_id"]
    merged = samples.group_by("sample_id", maintain_order=True).agg(
        pl.col(name).drop_nulls().first() for name in others
    )
    keys = ("participant_id", _DAY)
    differ = samples.join(merged.select("sample_id", *keys), on="sample_id", suffix="_first")
    differ = differ.filter(
        pl.any_horizontal(pl.col(name) != pl.col(f"{name}_first") for name in keys)
    )
    findings = _by_row(
        "error",
        "sample-conflict",
        differ,
        [
            f"sample {row['sample_id']}: {row['participant_id']}, day {row[_DAY]}; before: "
            f"{row['participant_id_first']}, day {row[f'{_DAY}_first']}"
            for row in differ.head(SHOWN_ROWS).iter_rows(named=True)
        ],
        "one participant and one day per sample",
        "Correct the row. Do sample ids restart in each file? Give each file a prefix.",
    )
    return merged.select(samples.columns), findings


def _joined(
    name: str, frame: pl.DataFrame, samples: pl.DataFrame
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Fill participant, day and compartment from the samples; leave out rows of nobody."""
    known = samples.select(
        "sample_id",
        pl.col("participant_id").alias("_whose"),
        pl.col(_DAY).alias("_day"),
        pl.col("compartment").alias("_where"),
    )
    frame = frame.join(known, on="sample_id", how="left", maintain_order="left")
    findings = _disagreements(name, frame)
    frame = frame.with_columns(
        pl.coalesce("participant_id", "_whose"),
        pl.coalesce("_day", _DAY).alias(_DAY),
        pl.coalesce("_where", "compartment", pl.lit(_BLOOD)).alias("compartment"),
    )
    findings += _of_nobody(frame.filter(pl.col("participant_id").is_null()))
    whose = pl.col("participant_id").is_not_null() & (
        pl.col("_whose").is_null() | (pl.col("participant_id") == pl.col("_whose"))
    )
    return frame.filter(whose).drop("_whose", "_day", "_where"), findings


def _disagreements(name: str, frame: pl.DataFrame) -> tuple[Finding, ...]:
    """Return where a table and the samples say something else of the same sample."""

    def differing(column: str, stated: str, words: str) -> tuple[pl.DataFrame, list[str]]:
        rows = frame.filter(pl.col(column) != pl.col(stated))
        shown = rows.head(SHOWN_ROWS).iter_rows(named=True)
        found = [
            f"sample {row['sample_id']} {words.format(row[column], name, row[stated])}"
            for row in shown
        ]
        return rows, found

    other = _by_row(
        "error",
        "sample-of-another-participant",
        *differing("participant_id", "_whose", "of {} in {}, of {} elsewhere"),
        "one participant per sample",
        "Do sample ids restart in each file? Give each file a prefix.",
    )
    shifted = _by_row(
        "warning",
        "sample-day-differs",
        *differing(_DAY, "_day", "on day {:g} in {}, on day {:g} in samples"),
        "one day per sample",
        "The day in samples is used.",
    )
    elsewhere = _by_row(
        "warning",
        "sample-compartment-differs",
        *differing("compartment", "_where", "of {} in {}, of {} in samples"),
        "one compartment per sample",
        "The compartment in samples is used. Two draws of one day need two samples.",
    )
    return other + shifted + elsewhere


def _of_nobody(rows: pl.DataFrame) -> tuple[Finding, ...]:
    """Return the rows that name neither a known sample nor a participant."""
    found = [
        f"sample {row['sample_id']}, which is not in samples"
        if row["sample_id"] is not None
        else "neither sample nor participant"
        for row in rows.head(SHOWN_ROWS).iter_rows(named=True)
    ]
    advice = "The row was left out. Add the sample to [samples], or name the participant."
    return _by_row(
        "warning", "sample-unknown", rows, found, "a sample of a known participant", advice
    )


def _dated(name: str, frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Give every row its day and its sample; leave out rows without a day among rows with one."""
    findings: tuple[Finding, ...] = ()
    parts = [frame.clear()]
    for (place,), rows in frame.group_by("source_file", maintain_order=True):
        days_per_person = rows.group_by("participant_id").agg(pl.col("sample_id").n_unique())
        once = bool((days_per_person["sample_id"] <= 1).all())
        if rows[_DAY].is_null().all() and once:
            rows = rows.with_columns(pl.lit(_BASELINE).alias(_DAY))
            findings += (_baseline_note(name, str(place), rows["compartment"].unique().sort()),)
        undated = rows.filter(pl.col(_DAY).is_null())
        findings += _by_row(
            "warning",
            "no-day",
            undated,
            [
                f"{name} of {row['participant_id']} without a day"
                for row in undated.head(SHOWN_ROWS).iter_rows(named=True)
            ],
            f"a day for each row: {_DAY}, here or in [samples]",
            "The row was left out: whether it is a baseline cannot be told.",
        )
        parts.append(rows.filter(pl.col(_DAY).is_not_null()))
    frame = pl.concat(parts)
    elsewhere = pl.col("compartment") != _BLOOD
    where = pl.when(elsewhere).then(pl.format(" {}", "compartment")).otherwise(pl.lit(""))
    made_up = pl.format("{}@{}{}", "participant_id", _day_text(), where)
    return frame.with_columns(pl.coalesce("sample_id", made_up).alias("sample_id")), findings


def _day_text() -> pl.Expr:
    return pl.col(_DAY).cast(pl.String).str.strip_suffix(".0")


def _with_new(samples: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """Add the samples that `frame` names first, and the days that it knows."""
    seen = frame.unique("sample_id", keep="first", maintain_order=True).select(
        "sample_id", "participant_id", _DAY, "compartment", "source_file", "source_row"
    )
    days = seen.select("sample_id", pl.col(_DAY).alias("_day"))
    samples = samples.join(days, on="sample_id", how="left", maintain_order="left")
    samples = samples.with_columns(pl.coalesce(_DAY, "_day").alias(_DAY)).drop("_day")
    new = seen.join(samples, on="sample_id", how="anti", maintain_order="left")
    return pl.concat([samples, new], how="diagonal").select(samples.columns)


def _with_compartment(
    samples: pl.DataFrame, placed: Mapping[str, pl.DataFrame]
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Fill the compartments that samples lack: from rows that state one, else blood."""
    stated = pl.concat([rows.select("sample_id", "compartment") for rows in placed.values()])
    stated = stated.drop_nulls().unique("sample_id", keep="first", maintain_order=True)
    samples = samples.join(stated, "sample_id", "left", suffix="_stated", maintain_order="left")
    samples = samples.with_columns(pl.coalesce("compartment", "compartment_stated"))
    samples = samples.drop("compartment_stated")
    absent = int(samples["compartment"].null_count())
    if not absent:
        return samples, ()
    samples = samples.with_columns(pl.col("compartment").fill_null(_BLOOD))
    note = Finding(
        "note",
        "compartment-assumed",
        "",
        None,
        "compartment",
        f"{absent} samples without compartment, taken as blood",
        "blood, bone marrow, spleen, lymph node, tumour or stool",
        'Confirm, or write compartment = { constant = "..." } in [samples].',
    )
    return samples, (note,)


def _baseline_note(name: str, place: str, compartments: pl.Series) -> Finding:
    where = " and ".join(compartments.to_list())
    return Finding(
        "note",
        "no-day",
        place,
        None,
        "",
        f"{name} without day of sample: taken as baseline (day 0), of {where}",
        f"{_DAY}, or {where} that was drawn before treatment",
        f"Confirm, or map {_DAY}.",
    )


def _by_row(
    severity: Severity, code: str, rows: pl.DataFrame, found: list[str], expected: str, advice: str
) -> tuple[Finding, ...]:
    """Return row findings file by file; `found` holds the text of the first rows."""
    findings: list[Finding] = []
    texts = found + [""] * (rows.height - len(found))
    rows = rows.with_columns(pl.Series("_text", texts, dtype=pl.String))
    for (file,), some in rows.group_by("source_file", maintain_order=True):
        findings.extend(
            row_findings(
                severity,
                code,
                file=str(file),
                column="",
                rows=some["source_row"].to_list(),
                found=some["_text"].to_list(),
                expected=expected,
                advice=advice,
            )
        )
    return tuple(findings)
