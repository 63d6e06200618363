"""The page of the acceptance test: what the model reproduces, what not, and how firmly."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from macroimmune.errors import ResultsError
from macroimmune.report.mechanism.claims_section import claims_lead, claims_parts, whole_score
from macroimmune.report.mechanism.sections import PageSection, rendered_page
from macroimmune.report.mechanism.sensitivity_section import sensitivity_section
from macroimmune.report.mechanism.target_figure import ComparedTarget
from macroimmune.report.mechanism.targets_section import targets_section
from macroimmune.report.page_parts import Fact
from macroimmune.results import RESULT_TABLES, ResultsFolder

__all__ = ["PAGE_FILE", "write_claims_page"]

PAGE_FILE = "claims.html"
_TABLES = ("model_claims", "model_scores", "model_draws", "model_ablations")
_SENSITIVITY = "model_sensitivity_morris.csv"
_NEEDED = ("model_claims", "model_scores")
_SOURCE = (
    "For research, not for diagnosis: what passes is reproduced by a mechanistic model, which does "
    "not prove it. The numbers of this page stand in the CSV files beside it."
)


def write_claims_page(
    folder: Path,
    *,
    targets: Sequence[ComparedTarget] = (),
    provenance: Sequence[tuple[str, str]] = (),
) -> Path:
    """Write `claims.html` from the tables of an acceptance test and return its path.

    Parameters
    ----------
    folder : Path
        Holds `model_claims.csv` and `model_scores.csv`; `model_draws.csv` and
        `model_ablations.csv` where those were made, and `model_sensitivity_morris.csv` where it
        was put beside them.
    targets : sequence of ComparedTarget
        Quantities that the model was calibrated to; empty: no such section.
    provenance : sequence of (name, value)

    Raises
    ------
    ResultsError
        If a table is missing or cannot be read, or the page cannot be written.
    """
    results = ResultsFolder(folder, {})
    tables = {name: _table(results, name) for name in _TABLES}
    sections = (
        PageSection(
            anchor="score", heading="The model and the claims",
            lead=claims_lead(tables["model_scores"]), parts=tuple(claims_parts(tables)),
        ),
        targets_section(targets),
        sensitivity_section(_sensitivity(folder)),
    )  # fmt: skip
    text = rendered_page(
        "What the model reproduces",
        "Every statement of the review that can be simulated, run as two scenarios of one model "
        "and judged by a rule that was fixed before.",
        tuple(section for section in sections if section is not None),
        key_numbers=tuple(_key_numbers(tables)),
        source=_SOURCE,
        provenance=tuple(Fact(name, value) for name, value in provenance),
    )
    path = folder / PAGE_FILE
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        msg = f"{path}: the page cannot be written ({error}); choose a place you can write to"
        raise ResultsError(msg) from error
    return path


def _table(results: ResultsFolder, name: str) -> pl.DataFrame:
    if name in _NEEDED and not (results.path / RESULT_TABLES[name].file).is_file():
        msg = (
            f"{results.path}: {RESULT_TABLES[name].file} is missing; "
            f"macroimmune simulate claims --out {results.path} makes it"
        )
        raise ResultsError(msg)
    return results.table(name)


def _sensitivity(folder: Path) -> pl.DataFrame:
    """Return the table of sensitivity if it was put beside the claims, else no rows.

    Raises
    ------
    ResultsError
        If it cannot be read.
    """
    path = folder / _SENSITIVITY
    if not path.is_file():
        return pl.DataFrame(schema={"effect": pl.Float64})
    try:
        return pl.read_csv(path, infer_schema_length=None)
    except pl.exceptions.PolarsError as error:
        msg = f"{path}: cannot be read ({error}); make it again, or take it away"
        raise ResultsError(msg) from error


def _key_numbers(tables: Mapping[str, pl.DataFrame]) -> list[Fact]:
    scores = tables["model_scores"]
    found = []
    for scope, words in (("all", "of all groups pass"), ("held out", "of groups held out")):
        row = whole_score(scores, scope)
        if row is not None:
            found.append(Fact(words, f"{row['score']:.0f} %"))
    row = whole_score(scores)
    if row is not None:
        found.append(Fact("99th percentile of guessing", f"{row['permuted_p99']:.0f} %"))
        if row["median_pass_fraction"] is not None:
            found.append(Fact("median share of draws", f"{row['median_pass_fraction']:.2f}"))
    return found
