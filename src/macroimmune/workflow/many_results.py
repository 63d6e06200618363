"""Several results folders in, one folder with their meta-analysis out."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import polars as pl

from macroimmune.association import pool_cohorts
from macroimmune.errors import InputError
from macroimmune.report import write_report
from macroimmune.results import (
    RESULT_TABLES,
    Finding,
    InputFile,
    ResultsFolder,
    RunRecord,
    conform,
    findings_frame,
    open_results,
    save_run,
    save_table,
    writing_results,
)
from macroimmune.workflow.cohorts_alike import alike_findings

__all__ = ["pool_results"]

KIND = "meta_analysis"
_METHODS = (
    "Effects of cohorts were pooled as logarithms of ratios and logits of areas, with standard "
    "errors recovered from the 95 % intervals.",
    "The variance between cohorts was estimated by restricted maximum likelihood; intervals and "
    "tests are those of Hartung and Knapp, never narrower than with a known variance, with t "
    "distributions of cohorts - 1 degrees of freedom, also for prediction intervals.",
    "Effects on different scales, and features in different units, of different denominators or "
    "compartments, were not pooled. Cohorts were compared by totals and estimates, so that the "
    "same patients under another name would be told of; a part of another cohort would not.",
    "q-values are Benjamini-Hochberg false discovery rates over all pooled tests.",
)


def pool_results(folders: Sequence[Path], out: Path, *, command: str) -> ResultsFolder:
    """Pool the associations of several results folders and write them as results of their own.

    Parameters
    ----------
    folders : sequence of Path
        Results with associations; `run.json`, `associations.csv` and `feature_list.csv` are read.
    out : Path
        The results folder; replaced whole when all is written, untouched on an error.
    command : str
        As typed, for `run.json`.

    Returns
    -------
    results : ResultsFolder

    Raises
    ------
    InputError
        If there are fewer than two folders, one is given twice, two hold results of the same
        input, one has no associations, or nothing is common.
    ResultsError
        If a folder holds no results, or `out` holds something else.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    opened = _opened(folders)
    _refuse_shared_inputs(opened)
    named, findings = _named(opened)
    findings += alike_findings(named)
    lists = {name: one.table("feature_list") for name, one in named.items()}
    tables = {name: one.table("associations") for name, one in named.items()}
    pooled = pool_cohorts(tables, lists)
    with writing_results(out) as folder:
        save_table(folder, "findings", findings_frame(findings))
        save_table(folder, "feature_list", _features(lists, pooled.meta_analysis["feature"]))
        for table in ("meta_analysis", "meta_cohorts", "ledger"):
            save_table(folder, table, getattr(pooled, table))
        cohorts = [
            {"name": name, "folder": str(one.path), "version": one.run["version"]}
            | {"n_participants": _study(one).get("n_participants")}
            for name, one in named.items()
        ]
        study = {
            "name": f"Meta-analysis of {len(named)} cohorts",
            "kind": KIND,
            "cohorts": cohorts,
            "n_participants": sum(one["n_participants"] or 0 for one in cohorts),
            "n_features": pooled.meta_analysis["feature"].n_unique(),
            "n_tests": pooled.ledger.height,
        }
        record = RunRecord(
            version=version("macroimmune"),
            command=command,
            started=started.isoformat(timespec="seconds"),
            duration_seconds=round(time.monotonic() - clock, 2),
            seed=None,
            study=study,
            inputs=tuple(_input(name, one) for name, one in named.items()),
            methods=_METHODS,
        )
        save_run(folder, record)
        write_report(folder)
    return open_results(out)


def _opened(folders: Sequence[Path]) -> list[ResultsFolder]:
    """Return the results in each folder.

    Raises
    ------
    InputError
        If they cannot be pooled.
    """
    if len(folders) < 2:
        msg = f"{len(folders)} results folder given; a meta-analysis needs two or more"
        raise InputError(msg)
    places = [folder.expanduser().resolve() for folder in folders]
    for place in places:
        if places.count(place) > 1:
            msg = f"{place}: given twice; a cohort counts once, leave one out"
            raise InputError(msg)
    opened = [open_results(place) for place in places]
    for one in opened:
        if not (one.path / RESULT_TABLES["associations"].file).is_file():
            msg = f"{one.path}: no associations.csv; make it with: macroimmune associate STUDY"
            raise InputError(msg)
    return opened


def _refuse_shared_inputs(opened: Sequence[ResultsFolder]) -> None:
    """Refuse two folders that were made from the same file.

    Raises
    ------
    InputError
        With both folders and the file.
    """
    seen: dict[str, tuple[Path, str]] = {}
    for one in opened:
        for file in one.run.get("inputs") or []:
            before = seen.setdefault(file["sha256"], (one.path, file["name"]))
            if before[0] != one.path:
                msg = (
                    f"{one.path}: made from the same file as {before[0]} ({file['name']}, "
                    f"{before[1]}); participants would count twice, leave one folder out"
                )
                raise InputError(msg)


def _named(opened: Sequence[ResultsFolder]) -> tuple[dict[str, ResultsFolder], list[Finding]]:
    """Return the folders by the name of their study, told apart where two bear the same."""
    names = [str(_study(one).get("name") or one.path.name) for one in opened]
    findings = [
        Finding(
            "warning",
            "same-study-name",
            str(one.path),
            None,
            "",
            f"another study named {name}",
            "cohorts of different participants",
            "Confirm that no participant is in both.",
        )
        for name, one in zip(names, opened, strict=True)
        if names.count(name) > 1
    ]
    labels = [
        name if names.count(name) == 1 else f"{name} ({one.path})"
        for name, one in zip(names, opened, strict=True)
    ]
    return dict(zip(labels, opened, strict=True)), findings


def _features(lists: Mapping[str, pl.DataFrame], pooled: pl.Series) -> pl.DataFrame:
    """Return the pooled features as the first cohort lists them, with participants of all."""
    computed = pl.concat(lists.values()).filter(
        pl.col("feature").is_in(pooled.unique().to_list()) & (pl.col("status") == "computed")
    )
    one_a_feature = computed.group_by("feature", maintain_order=True).agg(
        pl.col("unit", "denominator").unique(maintain_order=True).str.join("; "),
        pl.col("n_participants").sum(),
        pl.exclude("unit", "denominator", "n_participants").first(),
    )
    return conform("feature_list", one_a_feature)


def _study(one: ResultsFolder) -> dict[str, object]:
    study = one.run.get("study")
    return study if isinstance(study, dict) else {}


def _input(name: str, one: ResultsFolder) -> InputFile:
    content = (one.path / RESULT_TABLES["associations"].file).read_bytes()
    return InputFile(f"{name}: associations.csv", hashlib.sha256(content).hexdigest(), len(content))
