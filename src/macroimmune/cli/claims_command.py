"""The command that holds the mechanistic model against the claims of the review."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from macroimmune.cli.talk import progress_bar, say, table_to_stdout

if TYPE_CHECKING:
    import polars as pl

    from macroimmune.mechanism.acceptance import AcceptanceTables

__all__ = ["claims"]

_DIGITS = 3
_SHOWN = (
    *("claim_id", "passed", "expected", "found", "ratio", "association", "condition_value"),
    *("comparator_value", "day", "compartment", "observable", "condition", "comparator", "tumour"),
    *("missing_mechanism", "status"),
)
_SCORES = (
    *("scope", "name", "n_groups", "n_passed", "n_not_evaluated", "score", "always_up"),
    *("always_down", "always_unchanged", "permuted_mean", "permuted_p95", "permuted_p99"),
)


def claims(
    section: Annotated[
        str, typer.Option(help="Claims of this section alone, such as Resection.")
    ] = "",
    failing: Annotated[  # noqa: FBT002 (typer)
        bool, typer.Option("--failing", help="Print the claims that fail alone.")
    ] = False,
    patients: Annotated[
        int | None,
        typer.Option(
            min=20,
            help="Virtual patients behind each claim on patients; the rules fix 100. Another "
            "number shows how firm the claims are.",
        ),
    ] = None,
    draws: Annotated[
        int, typer.Option(min=0, help="Draws of the immune parameters; 200 take long. With --out.")
    ] = 0,
    ablations: Annotated[  # noqa: FBT002 (typer)
        bool, typer.Option("--ablations", help="Also without marrow response, spleen, node.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for tables and claims.html; stopped draws go on there."),
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes.")] = 2,
) -> None:
    """Hold the model against the claims of the review: a row per claim, then the scores.

    Each score stands beside what guessing reaches: directions that never change, and directions
    shuffled among the claims of a section.

    Example: macroimmune simulate claims --section Introduction
    """
    from macroimmune.mechanism.acceptance import acceptance_tables, rules, section_claims

    work = _work_beside(out, draws)
    chosen = section_claims(section)
    cohort = _cohort_in_words(patients, rules().patients)
    with _kept(out, draws, cohort) as folder, progress_bar() as bar:
        tables = acceptance_tables(
            chosen,
            n_patients=patients,
            n_draws=draws,
            with_ablations=ablations,
            work=work,
            workers=workers,
            progress=bar,
        )
        if folder is not None:
            _save(folder, tables, cohort)
    _print_all(tables, failing=failing)
    if patients is not None:
        say(f"claims on patients: {cohort}")


def _cohort_in_words(patients: int | None, by_rules: int) -> str:
    if patients is None:
        return f"{by_rules} patients, as the rules fix"
    return f"{patients} patients, where the rules fix {by_rules}"


def _work_beside(out: Path | None, draws: int) -> Path | None:
    """Return the folder in which draws are kept, so that a stopped run goes on.

    Raises
    ------
    BadParameter
        If draws are asked for without a results folder.
    """
    if out is not None:
        return out.resolve().parent / f".{out.name}.draws"
    if draws:
        msg = "draws are kept, so that a stopped run goes on: name a results folder with --out"
        raise typer.BadParameter(msg, param_hint="--draws")
    return None


@contextmanager
def _kept(out: Path | None, draws: int, cohort: str) -> Iterator[Path | None]:
    """Give the folder to write into, and in the end the run record that makes it results."""
    if out is None:
        yield None
        return
    from macroimmune.results import RunRecord, save_run, writing_results

    started, clock = datetime.now(UTC), time.monotonic()
    with writing_results(out) as folder:
        yield folder
        record = RunRecord(
            version=version("macroimmune"),
            command=" ".join(["macroimmune", *sys.argv[1:]]),
            started=started.isoformat(timespec="seconds"),
            duration_seconds=time.monotonic() - clock,
            seed=None,
            methods=(
                f"Claims of the review by frozen rules; {draws} draws of the parameters.",
                f"Claims on patients: {cohort}.",
            ),
        )
        save_run(folder, record)


def _save(folder: Path, tables: "AcceptanceTables", cohort: str) -> None:
    from macroimmune.report.mechanism import compared_targets, write_claims_page
    from macroimmune.results import save_table

    for name in ("model_claims", "model_scores", "model_draws", "model_ablations"):
        frame: pl.DataFrame = getattr(tables, name)
        if frame.height:
            save_table(folder, name, frame)
    write_claims_page(
        folder,
        targets=compared_targets(),
        provenance=(
            ("Version", f"macroimmune {version('macroimmune')}"),
            ("Command", " ".join(["macroimmune", *sys.argv[1:]])),
            ("Claims on patients", cohort),
        ),
    )


def _print_all(tables: "AcceptanceTables", *, failing: bool) -> None:
    table, scores = tables.model_claims, tables.model_scores
    _print((table.filter(~table["passed"]) if failing else table).select(_SHOWN))
    total = scores.row(0, named=True)
    drawn = ("median_pass_fraction", "n_draws") if total["n_draws"] else ()
    print()  # noqa: T201
    _print(scores.select(*_SCORES, *drawn))
    if tables.model_ablations.height:
        print()  # noqa: T201
        _print(tables.model_ablations.drop("status"))
    say(f"{total['n_passed']} of {total['n_groups']} groups pass ({total['score']:.1f} %)")


def _print(frame: "pl.DataFrame") -> None:
    table_to_stdout(frame.columns, [[_short(cell) for cell in row] for row in frame.iter_rows()])


def _short(cell: object) -> object:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:.{_DIGITS}g}"
    return "" if cell is None else cell
