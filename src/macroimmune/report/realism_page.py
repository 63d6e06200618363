"""The page that puts virtual people beside real ones, from the tables of a comparison."""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar

import polars as pl

from macroimmune.errors import ResultsError
from macroimmune.report.numbers import MISSING, count, finite, significant
from macroimmune.report.page_parts import Fact, FigureWithNote
from macroimmune.report.realism_figures import correlations_figure, shape_figure, survival_figure
from macroimmune.report.realism_raw import (
    absent_sentence,
    measures_table,
    point_figures,
    raw_overview,
    strip_figures,
)
from macroimmune.report.rendering import report_templates
from macroimmune.report.svg import FIGURE_STYLE
from macroimmune.report.tables import Table, table

__all__ = ["RealismCohort", "RealismPage", "write_realism_page"]

PAGE_FILE = "realism.html"
_TEMPLATES = Path(__file__).parent / "templates"
_TABLES = ("shapes", "correlations", "curves", "missing")
_RAW_TABLES = (
    "raw_values", "raw_measures", "raw_shapes", "raw_distances", "raw_correlations", "raw_points",
)  # fmt: skip
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class RealismCohort:
    """One cohort beside its virtual people.

    Parameters
    ----------
    name, anchor : str
    lead : str
        Whether the model was made from it, and how far the worst variable lies off.
    shapes : tuple of FigureWithNote
    correlations : FigureWithNote or None
        None where fewer than three variables stand on both sides.
    distances, differences : Table or None
        None where no rows are at hand.
    missing : Table or None
    points : tuple of FigureWithNote
        Numbers known of both sides, such as shares of V genes.
    measures : Table or None
        Of libraries.
    """

    name: str
    anchor: str
    lead: str
    shapes: tuple[FigureWithNote, ...]
    correlations: FigureWithNote | None
    distances: Table | None
    differences: Table | None
    missing: Table | None
    points: tuple[FigureWithNote, ...] = ()
    measures: Table | None = None


@dataclass(frozen=True, slots=True)
class RealismPage:
    """What the page receives.

    Parameters
    ----------
    summary : str
    provenance : tuple of Fact
    overview : Table or None
        One row per cohort; None where no rows are at hand.
    cohorts : tuple of RealismCohort
    raw : tuple of RealismCohort
        Repertoires, cytometry and single-cell RNA of the cohorts that are at hand.
    raw_overview : Table or None
    raw_absent : str
        Which of them are not; empty where all are.
    survival : tuple of FigureWithNote
    page_style, figure_style : str
    """

    template: ClassVar[str] = "realism.html"
    summary: str
    provenance: tuple[Fact, ...]
    overview: Table | None
    cohorts: tuple[RealismCohort, ...]
    raw: tuple[RealismCohort, ...]
    raw_overview: Table | None
    raw_absent: str
    survival: tuple[FigureWithNote, ...]
    page_style: str
    figure_style: str


def write_realism_page(folder: Path) -> Path:
    """Write `realism.html` from the tables of a comparison and return its path.

    Parameters
    ----------
    folder : Path
        Holds `shapes.csv`, `correlations.csv`, `curves.csv`, `missing.csv`, `compare.json`, and
        `distances.csv` where rows of cohorts were at hand; and the tables of raw measurements.

    Raises
    ------
    ResultsError
        If a table is missing.
    """
    tables = {name: _table(folder, name) for name in _TABLES}
    about = json.loads((folder / "compare.json").read_text(encoding="utf-8"))
    distances = _table(folder, "distances") if about["rows_at_hand"] else None
    raw = {name: _table(folder, name) for name in _RAW_TABLES}
    names = tables["shapes"]["cohort"].unique(maintain_order=True).to_list()
    page = RealismPage(
        summary=_summary(about),
        provenance=(
            Fact("Version", f"macroimmune {about['version']}"),
            Fact("Seed", str(about["seed"])),
            Fact("Virtual people beside each cohort", count(about["people"])),
        ),
        overview=None if distances is None else _overview(distances, tables["correlations"]),
        cohorts=tuple(_cohort(name, tables, distances) for name in names),
        raw=tuple(
            _raw(about_it, raw) for about_it in about["raw_cohorts"] if not about_it["absent"]
        ),
        raw_overview=raw_overview(about["raw_cohorts"], raw),
        raw_absent=absent_sentence(about["raw_cohorts"]),
        survival=tuple(_survival(tables["curves"])),
        page_style=(_TEMPLATES / "page.css").read_text(encoding="utf-8"),
        figure_style=FIGURE_STYLE,
    )
    path = folder / PAGE_FILE
    rendered = report_templates().get_template(page.template).render(_values(page))
    path.write_text(rendered, encoding="utf-8")
    return path


def _values(page: RealismPage) -> dict[str, Any]:
    return {field.name: getattr(page, field.name) for field in fields(page)}


def _table(folder: Path, name: str) -> pl.DataFrame:
    path = folder / f"{name}.csv"
    if not path.is_file():
        msg = f"{path}: no such table; macroimmune simulate compare --out {folder} makes it"
        raise ResultsError(msg)
    return pl.read_csv(path, infer_schema_length=None)


def _summary(about: dict[str, Any]) -> str:
    from_where = (
        "Real people are the rows of public cohorts on the machine where this page was made."
        if about["rows_at_hand"]
        else "Real people are the summary numbers that come with the package: quantiles, rank "
        "correlations and survival at fixed months. Distances need rows and are left out."
    )
    return (
        "Virtual people beside real ones, table by table: grey areas and black lines are real, "
        f"blue lines virtual. {from_where} Nothing on this page is a single person."
    )


def _overview(distances: pl.DataFrame, correlations: pl.DataFrame) -> Table:
    rows = []
    for name in distances["cohort"].unique(maintain_order=True):
        here = distances.filter(pl.col("cohort") == name)
        worst = here.sort("ks", descending=True).row(0, named=True)
        pairs = correlations.filter(pl.col("cohort") == name)
        far = pairs.filter(pl.col("difference").abs() > pl.col("halves_95"))
        rows.append((
            str(name),
            _fitted(here["is_calibrated_to"]),
            count(int(str(here["n_real"].max()))),
            str(worst["variable"]),
            f"{worst['ks']:.3f}",
            f"{worst['ks_halves_95']:.3f}",
            f"{float(str(here['ks'].median())):.3f}",
            f"{float(str(pairs['difference'].abs().mean())):.3f}",
            f"{far.height} of {pairs.height}",
        ))
    return table(
        "How far virtual people lie from each cohort",
        (
            "Cohort", "Fitted", "n#", "Farthest variable", "KS#", "Halves#", "Median KS#",
            "Correlations off by#", "Beyond halves#",
        ),
        rows,
        "Fitted: whether the model was made from the cohort (in part: the shapes of single "
        "variables); where not, the row also shows how cohorts differ. KS: Kolmogorov-Smirnov "
        "distance. Halves: of two random halves of the real cohort, the 95th percentile of the "
        "same distance for the same variable. Halves are smaller than what is compared: chance "
        "alone parts them up to twice as far as it would part the cohort from virtual people. "
        "Correlations: mean absolute difference of Spearman's.",
    )  # fmt: skip


def _cohort(
    name: str, tables: dict[str, pl.DataFrame], distances: pl.DataFrame | None
) -> RealismCohort:
    def of(table_name: str) -> pl.DataFrame:
        return tables[table_name].filter(pl.col("cohort") == name)

    shapes, pairs = of("shapes"), of("correlations")
    here = None if distances is None else distances.filter(pl.col("cohort") == name)
    return RealismCohort(
        name=name,
        anchor=f"cohort-{name}",
        lead=_lead(shapes, here),
        shapes=tuple(_shapes(name, shapes, here)),
        correlations=_correlations(name, shapes, pairs),
        distances=None if here is None else _distances(here),
        differences=None if here is None else _differences(pairs),
        missing=_missing(of("missing")),
    )


def _raw(about: dict[str, Any], tables: dict[str, pl.DataFrame]) -> RealismCohort:
    name = str(about["name"])
    here = {key: frame.filter(pl.col("cohort") == name) for key, frame in tables.items()}
    distances, pairs = here["raw_distances"], here["raw_correlations"]
    is_known = not distances.is_empty()
    return RealismCohort(
        name=f"{about['kind']}: {name}",
        anchor=f"raw-{name}",
        lead=str(about["lead"]),
        shapes=(
            *strip_figures(here["raw_values"], here["raw_measures"]),
            *_shapes(name, here["raw_shapes"], distances if is_known else None),
        ),
        correlations=_correlations(name, here["raw_shapes"], pairs),
        distances=_distances(distances) if is_known else None,
        differences=None if pairs.is_empty() else _differences(pairs),
        missing=None,
        points=tuple(point_figures(here["raw_points"])),
        measures=measures_table(here["raw_measures"]),
    )


def _fitted(is_calibrated: pl.Series) -> str:
    if is_calibrated.all():
        return "yes"
    return "in part" if is_calibrated.any() else "no"


def _lead(shapes: pl.DataFrame, here: pl.DataFrame | None) -> str:
    used = shapes.filter("is_calibrated_to")["variable"].unique(maintain_order=True).to_list()
    lead = {
        "yes": "The model was made from the summary numbers of this cohort.",
        "no": "The model was not made from this cohort: it stands here as a test.",
        "in part": "The model was not made from this cohort but for the shape of "
        f"{', '.join(used)}: the other variables stand here as a test.",
    }[_fitted(shapes["is_calibrated_to"])]
    if here is None:
        return lead
    within = here.filter(pl.col("ks") <= pl.col("ks_halves_95")).height
    return (
        f"{lead} {within} of {here.height} variables lie no farther from virtual people than "
        "random halves of the cohort from each other (95th percentile)."
    )


def _shapes(name: str, shapes: pl.DataFrame, here: pl.DataFrame | None) -> list[FigureWithNote]:
    found = []
    for variable in shapes["variable"].unique(maintain_order=True):
        shape = shapes.filter(pl.col("variable") == variable)
        note = ""
        if here is not None:
            row = here.filter(pl.col("variable") == variable).row(0, named=True)
            note = f"n = {count(row['n_real'])} real, {count(row['n_virtual'])} virtual; "
            note += f"KS {row['ks']:.3f} (halves {row['ks_halves_95']:.3f}); {_middle(row, shape)}"
        figure = shape_figure(
            f"{name}-{variable}".replace("_", "-"), variable, str(shape["unit"][0]), shape
        )
        found.append(FigureWithNote(variable, figure, note))
    return found


def _middle(row: dict[str, Any], shape: pl.DataFrame) -> str:
    """Return medians, or the shares of yes, in words."""
    if shape["unit"][0] == "yes or no":
        real, virtual = _share(shape["real"][-1]), _share(shape["virtual"][-1])
    else:
        real, virtual = significant(row["median_real"]), significant(row["median_virtual"])
        real = f"median {real}"
    return f"{real} real, {virtual} virtual"


def _correlations(name: str, shapes: pl.DataFrame, pairs: pl.DataFrame) -> FigureWithNote | None:
    names = [
        variable
        for variable in shapes["variable"].unique(maintain_order=True)
        if variable in set(pairs["variable_a"]) | set(pairs["variable_b"])
    ]
    if len(names) < 3:
        return None
    note = (
        "Spearman's rank correlation, rows and columns in the same order. A dot marks a difference "
        "beyond the 95th percentile of that between random halves of the real cohort."
    )
    figure = correlations_figure(f"{name}-correlations".replace("_", "-"), names, pairs)
    return FigureWithNote("Correlations", figure, note)


def _distances(here: pl.DataFrame) -> Table:
    return table(
        "Distances, variable by variable",
        (
            "Variable", "n#", "Median real#", "Median virtual#", "KS#", "Halves#",
            "Difference in SD#", "Halves#", "Ratio of SDs#", "Wasserstein, SD#",
        ),
        [
            (
                str(row["variable"]), count(row["n_real"]), significant(row["median_real"]),
                significant(row["median_virtual"]), f"{row['ks']:.3f}",
                f"{row['ks_halves_95']:.3f}", f"{row['standardised_difference']:+.2f}",
                f"{row['standardised_difference_halves_95']:.2f}", f"{row['sd_ratio']:.2f}",
                f"{row['wasserstein']:.3f}",
            )
            for row in here.iter_rows(named=True)
        ],
        "KS: Kolmogorov-Smirnov. Differences, SDs and Wasserstein distances on the scale of the "
        "logarithm, except for ages, NPX and yes-or-no values. Halves: 95th percentile of random "
        "halves of the real cohort.",
    )  # fmt: skip


def _differences(pairs: pl.DataFrame) -> Table:
    worst = pairs.sort(pl.col("difference").abs(), descending=True).head(_SHOWN)
    return table(
        f"The {worst.height} correlations that differ most",
        ("Variables", "Real#", "Virtual#", "Difference#", "Halves#"),
        [
            (
                f"{row['variable_a']}, {row['variable_b']}",
                f"{row['rho_real']:+.2f}",
                f"{row['rho_virtual']:+.2f}",
                f"{row['difference']:+.2f}",
                MISSING if finite(row["halves_95"]) is None else f"{row['halves_95']:.2f}",
            )
            for row in worst.iter_rows(named=True)
        ],
    )


def _missing(rows: pl.DataFrame) -> Table:
    return table(
        "Missing values",
        ("Variable", "n#", "Missing, real#", "Missing, virtual#"),
        [
            (str(row["variable"]), count(row["n"]), _share(row["real"]), _share(row["virtual"]))
            for row in rows.iter_rows(named=True)
        ],
        "A cohort is often published without those who had missing values. Virtual: counted in the "
        "tables of a study drawn from the default plan, whose shares its user may change; a dash "
        "where they hold no such column.",
    )


def _share(value: float | None) -> str:
    return MISSING if value is None else f"{100.0 * value:.1f} %"


def _survival(curves: pl.DataFrame) -> list[FigureWithNote]:
    found = []
    keys = curves.select("cohort", "group", "endpoint").unique(maintain_order=True)
    for cohort, group, endpoint in keys.iter_rows():
        here = curves.filter(
            pl.col("cohort") == cohort, pl.col("group") == group, pl.col("endpoint") == endpoint
        )
        kinds = {kind: here.filter(pl.col("source") == kind) for kind in ("real", "virtual")}
        where = cohort if group == "all" else f"{cohort}, {group}"
        heading = f"{where}: {endpoint.upper()}"
        name = f"{cohort}-{group}-{endpoint}".replace("_", "-").replace(" ", "-")
        joined = kinds["real"].join(kinds["virtual"], on="month", suffix="_virtual")
        apart = (joined["survival"] - joined["survival_virtual"]).abs().max()
        note = (
            f"n = {count(kinds['real']['n'][0])} real, {count(kinds['virtual']['n'][0])} virtual; "
            f"largest distance {100 * float(str(apart)):.1f} percentage points"
        )
        found.append(FigureWithNote(heading, survival_figure(name, heading, kinds), note))
    return found
