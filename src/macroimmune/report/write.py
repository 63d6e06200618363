"""The edge of the report: a results folder in, a page, its twin, a workbook and figures out."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from macroimmune.errors import ResultsError
from macroimmune.report.added_value_section import added_value_forests
from macroimmune.report.batches_section import batch_figures
from macroimmune.report.biomarker_section import biomarker_figures, biomarker_section
from macroimmune.report.biomarkers_section import biomarkers_section
from macroimmune.report.cells_section import cells_figures
from macroimmune.report.clusters_section import cluster_figures
from macroimmune.report.competing_section import competing_section
from macroimmune.report.concordance_section import concordance_figures
from macroimmune.report.mechanism.model_section import model_section
from macroimmune.report.meta_section import (
    is_meta_analysis,
    meta_forests,
    meta_key_numbers,
    meta_summary,
)
from macroimmune.report.numbers import MISSING, count, number_in
from macroimmune.report.page import DetailsSection, Fact, Page
from macroimmune.report.rendering import report_templates
from macroimmune.report.section_order import (
    AFTER_DETAILS,
    BEFORE_DETAILS,
    OF_COHORTS,
    REPERTOIRES,
    RESPONSE,
    SectionBuilder,
)
from macroimmune.report.source import ReportSource, read_source
from macroimmune.report.spreadsheet import write_workbook
from macroimmune.report.study_section import study_section
from macroimmune.report.summary import key_numbers, summary
from macroimmune.report.survival_section import survival_section
from macroimmune.report.svg import FIGURE_STYLE, Figure, standalone
from macroimmune.report.tables import Table, table
from macroimmune.report.trajectories_section import trajectory_forests
from macroimmune.report.truth_section import truth_section
from macroimmune.report.twin import write_twin

__all__ = ["write_figures", "write_report"]

PAGE_FILE = "report.html"
_TEMPLATES = Path(__file__).parent / "templates"


def write_report(folder: Path) -> Path:
    """Write report.html, results.json and tables.xlsx into a results folder.

    Parameters
    ----------
    folder : Path
        Results as `open_results` reads them; nothing else is read but the evidence.

    Returns
    -------
    page : Path
        The page: one file, without any other it needs.

    Raises
    ------
    ResultsError
        If there are no results, a table cannot be read, or a file cannot be written.

    Notes
    -----
    Convention: the same results give the same page and the same JSON, byte by byte. Values of
    single participants are in the page only as dots of the distributions, without ids.
    """
    source = read_source(folder)
    page = folder / PAGE_FILE
    try:
        page.write_text(_render_page(source), encoding="utf-8")
        write_twin(source, folder)
        write_workbook(source, folder)
    except OSError as error:
        msg = f"{folder}: the report cannot be written ({error}); choose a folder you can write to"
        raise ResultsError(msg) from error
    return page


def write_figures(folder: Path, out: Path) -> int:
    """Write every figure of the report as an SVG file of its own and return how many.

    Parameters
    ----------
    folder : Path
        Results as `open_results` reads them.
    out : Path
        Folder for the files; it is made where it does not exist.

    Raises
    ------
    ResultsError
        If there are no results, a table cannot be read, or a file cannot be written.
    """
    source = read_source(folder)
    written: set[str] = set()
    try:
        out.mkdir(parents=True, exist_ok=True)
        for figure in _figures(source):
            name = figure.name
            while name in written:
                name += "-again"
            written.add(name)
            (out / f"{name}.svg").write_text(standalone(figure), encoding="utf-8")
    except OSError as error:
        msg = f"{out}: figures cannot be written ({error}); choose a folder you can write to"
        raise ResultsError(msg) from error
    return len(written)


def _figures(source: ReportSource) -> Iterator[Figure]:
    yield from (part.figure for part in meta_forests(source))
    if is_meta_analysis(source):
        return
    flow = study_section(source).flow_figure
    if flow is not None:
        yield flow
    yield from (part.figure for part in cells_figures(source))
    for build in (*RESPONSE, *REPERTOIRES, model_section):
        section = build(source)
        yield from (part.figure for part in getattr(section, "figures", ()))
    for section in (survival_section(source), truth_section(source)):
        if section is not None:
            shown = section.forests if hasattr(section, "forests") else section.figures
            yield from (part.figure for part in shown)
    yield from (part.figure for part in biomarkers_section(source).forests)
    yield from (part.figure for part in added_value_forests(source))
    yield from (part.figure for part in trajectory_forests(source))
    yield from (part.figure for part in batch_figures(source))
    yield from (part.figure for part in concordance_figures(source))
    yield from (part.figure for part in cluster_figures(source))
    competing = competing_section(source)
    if competing is not None:
        yield from (part.figure for part in (*competing.figures, *competing.strongest))
    for feature in source.associations:
        yield from (part.figure for part in biomarker_figures(source, feature))


def _values(section: Any) -> dict[str, Any]:
    """Return what a template receives: the fields of its dataclass."""
    return {field.name: getattr(section, field.name) for field in fields(section)}


def _render_page(source: ReportSource) -> str:
    templates = report_templates()

    def render(section: Any) -> str:
        return templates.get_template(section.template).render(_values(section))

    def details_section(results: ReportSource) -> DetailsSection | None:
        parts = tuple(
            render(biomarker_section(results, feature)) for feature in results.associations
        )
        return DetailsSection(parts) if parts else None

    builders: tuple[SectionBuilder, ...] = (*BEFORE_DETAILS, details_section, *AFTER_DETAILS)
    of_cohorts = is_meta_analysis(source)
    if of_cohorts:
        builders = OF_COHORTS
    sections = [section for build in builders if (section := build(source)) is not None]
    page = Page(
        title=str(source.study.get("name") or "Results"),
        summary=(meta_summary if of_cohorts else summary)(source),
        key_numbers=(meta_key_numbers if of_cohorts else key_numbers)(source),
        contents=tuple(Fact(section.heading, section.anchor) for section in sections),
        sections=tuple(render(section) for section in sections),
        provenance=_provenance(source),
        inputs=_inputs(source),
        page_style=(_TEMPLATES / "page.css").read_text(encoding="utf-8"),
        figure_style=FIGURE_STYLE,
        script=(_TEMPLATES / "page.js").read_text(encoding="utf-8"),
    )
    return render(page)


def _provenance(source: ReportSource) -> tuple[Fact, ...]:
    run = source.run
    seconds = number_in(run, "duration_seconds")
    seed = run.get("seed")
    return (
        Fact("Version", f"macroimmune {run['version']}"),
        Fact("Command", str(run.get("command") or MISSING)),
        Fact("Seed", "none drawn" if seed is None else str(seed)),
        Fact("Started", str(run.get("started") or MISSING)),
        Fact("Duration", MISSING if seconds is None else f"{seconds:.1f} s"),
    )


def _inputs(source: ReportSource) -> Table | None:
    inputs = source.run.get("inputs")
    rows = [file for file in inputs if isinstance(file, dict)] if isinstance(inputs, list) else []
    if not rows:
        return None
    return table(
        "Files that were read",
        ["File", "Bytes#", "SHA-256"],
        [
            [str(f.get("name", "")), count(number_in(f, "n_bytes")), str(f.get("sha256", ""))]
            for f in rows
        ],
    )
