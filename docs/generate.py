"""Write docs/reference.md from the program: commands, tables, features, findings, plan, data."""

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args, get_type_hints

import typer.main
from typer import Context

from macroimmune.cli.main import app
from macroimmune.datasets import datasets, ready_studies
from macroimmune.evidence import (
    PopulationDefinition,
    antigens,
    biomarkers,
    find_population,
    marker_lists,
    population_definitions,
    stimuli,
)
from macroimmune.features import SCALE_LABELS
from macroimmune.features.catalogue import (
    BLOOD_FEATURES,
    CHANGE_EVIDENCE,
    MULTICYTOKINE,
    NEEDS,
    ON_TREATMENT_LEVELS,
    POPULATION_EVIDENCE,
)
from macroimmune.features.proteins import PROTEINS
from macroimmune.features.tumour_burden import KI67_TO_BURDEN, TUMOUR_BURDEN
from macroimmune.results import RESULT_TABLES
from macroimmune.schema import ANALYTES, ENDPOINTS, TABLES
from macroimmune.simulator import StudyPlan
from macroimmune.simulator.plan.setting import default_of, settings_of
from macroimmune.simulator.plan.writing import spelled
from macroimmune.simulator.troubles import TROUBLES
from macroimmune.study import CytometrySettings, RepertoireSettings, StimulationSettings
from macroimmune.study.checks.catalogue import CHECKS
from macroimmune.study.raw_files import RAW_FILE_CHECKS
from macroimmune.units import UNITS

__all__ = ["reference"]

PAGE = Path(__file__).with_name("reference.md")
_WIDTH = 80
_OPENING = """# Reference

Made from the program by `make docs`; do not edit.

Commands · Tables of a study · Endpoints · Analytes · Units · Settings of cytometry ·
Settings of stimulation · Settings of repertoires · Populations of cytometry · Antigens ·
Features · Findings · Tables of a results folder · Plan of a virtual study ·
Troubles of a virtual study · Public cohorts
"""


def reference() -> str:
    """Return the reference page as Markdown."""
    sections = (
        _OPENING,
        *_commands(),
        *_study_tables(),
        *_endpoints(),
        *_analytes(),
        *_units(),
        *_cytometry_settings(),
        *_stimulation_settings(),
        *_repertoire_settings(),
        *_populations_of_cytometry(),
        *_antigens(),
        *_features(),
        *_findings(),
        *_result_tables(),
        *_plan(),
        *_troubles(),
        *_data(),
    )
    return "\n".join(sections)


def _table(header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """Return a Markdown table; a bar inside a cell is escaped."""
    lines = [header, ("---",) * len(header), *rows]
    cells = [[str(cell).replace("|", "\\|") for cell in line] for line in lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in cells)


def _commands() -> Iterator[str]:
    yield "## Commands\n"
    yield "Exit codes: 0 done, 1 a problem of the data, 2 of the usage.\n"
    yield from _help_of(typer.main.get_command(app), "macroimmune")


def _help_of(command: object, path: str) -> Iterator[str]:
    """Yield the help of a command and of all commands below it."""
    context = Context(command, info_name=path, terminal_width=_WIDTH, max_content_width=_WIDTH)  # type: ignore[arg-type]
    text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())  # type: ignore[attr-defined]
    yield f"### `{path}`\n"
    yield f"```text\n{text.strip()}\n```\n"
    for name, below in getattr(command, "commands", {}).items():
        yield from _help_of(below, f"{path} {name}")


def _study_tables() -> Iterator[str]:
    yield "## Tables of a study\n"
    yield "Columns have these names inside macroimmune; `study.toml` maps yours to them.\n"
    for table in TABLES.values():
        wide = f" Can be wide: one column per {table.measured}." if table.measured else ""
        yield f"### `{table.name}`\n"
        yield f"One row per {table.one_row_per}.{wide}\n"
        rows = (
            (
                f"`{column.name}`",
                column.kind,
                column.unit,
                _range(column.low, column.high) or ", ".join(column.categories),
                column.meaning,
                "required" if column.required else "",
            )
            for column in table.columns
        )
        yield _table(("column", "kind", "unit", "permitted", "meaning", ""), rows)


def _range(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f"at least {low:.9g}"
    return f"{low:.9g} to {high:.9g}" if low is not None else f"at most {high:.9g}"


def _cytometry_settings() -> Iterator[str]:
    yield "## Settings of cytometry\n"
    yield "In the section `[analysis.cytometry]` of `study.toml`.\n"
    rows = (
        (f"`{one.name}`", _spelled(one.default), one.metadata["meaning"])
        for one in dataclasses.fields(CytometrySettings)
    )
    yield _table(("setting", "default", "meaning"), rows)


def _stimulation_settings() -> Iterator[str]:
    yield "## Settings of stimulation\n"
    yield "In the section `[analysis.stimulation]` of `study.toml`.\n"
    rows = (
        (f"`{one.name}`", _spelled(_default(one)), one.metadata["meaning"])
        for one in dataclasses.fields(StimulationSettings)
    )
    yield _table(("setting", "default", "meaning"), rows)
    yield "Marker lists by which answers are read, declared before any outcome:\n"
    lists = (
        (
            f"`{one.id}`",
            ", ".join(item.name for item in stimuli() if item.family == one.family),
            one.kind,
            f"{one.minutes_low:g} to {one.minutes_high:g}",
            ", ".join(one.markers),
            ", ".join(one.populations),
            one.source,
        )
        for one in marker_lists()
    )
    head = ("list", "stimuli", "kind", "minutes", "markers", "populations", "source")
    yield _table(head, lists)


def _repertoire_settings() -> Iterator[str]:
    yield "## Settings of repertoires\n"
    yield "In the section `[analysis.repertoires]` of `study.toml`.\n"
    rows = (
        (f"`{one.name}`", _spelled(_default(one)), one.metadata["meaning"])
        for one in dataclasses.fields(RepertoireSettings)
    )
    yield _table(("setting", "default", "meaning"), rows)


def _default(one: dataclasses.Field[object]) -> object:
    return one.default if one.default is not dataclasses.MISSING else ()


def _spelled(value: object) -> str:
    if value is None:
        return ""
    return "[]" if value == () else f"`{value}`"


def _endpoints() -> Iterator[str]:
    yield "## Endpoints\n"
    rows = (
        (
            f"`{item.id}`",
            item.name,
            item.kind,
            f"`{item.time}`" * bool(item.time),
            f"`{item.event}`",
        )
        for item in ENDPOINTS.values()
    )
    yield _table(("id", "name", "kind", "time", "event or outcome"), rows)


def _analytes() -> Iterator[str]:
    yield "## Analytes of `blood_counts`\n"
    yield "Headings are compared without case and punctuation.\n"
    rows = (
        (
            f"`{item.id}`",
            item.name,
            item.unit,
            _range(item.low, item.high),
            ", ".join(item.aliases),
        )
        for item in ANALYTES.values()
    )
    yield _table(("id", "name", "unit", "permitted", "other headings"), rows)


def _units() -> Iterator[str]:
    yield "## Units\n"
    yield "Units of one quantity convert into each other.\n"
    rows = (
        (f"`{unit.symbol}`", unit.quantity, f"{unit.factor:g}", ", ".join(unit.aliases))
        for unit in UNITS.values()
    )
    yield _table(("unit", "quantity", "factor to the kept unit", "other spellings"), rows)


def _populations_of_cytometry() -> Iterator[str]:
    yield "## Populations of cytometry\n"
    yield (
        "Automatic gating takes for each population the first definition whose markers the panel\n"
        "has. `+` is above the threshold of positivity, `-` below; `hi` is above the threshold\n"
        "between much and little, `lo` below. A question mark makes a sign, or a population to\n"
        "leave out, count only if the panel can show it. Populations of kind *state* are told by\n"
        "markers that a stimulus moves: they are no part of others and are not gated in\n"
        "stimulated wells. `hipc` marks the standard set of the Human Immunology Project.\n"
        "`macroimmune evidence show treg` prints one population with its sources in full.\n"
    )
    for species in ("human", "mouse"):
        yield f"### {species.capitalize()}\n"
        rows = (
            (f"`{one.population}`", *_told(one), one.note, ", ".join(one.source))
            for one in population_definitions(species)
        )
        yield _table(("population", "told by", "kind", "note", "source"), rows)


def _told(one: PopulationDefinition) -> tuple[str, str]:
    return one.phrase, ", ".join(filter(None, [one.kind, one.standard]))


def _antigens() -> Iterator[str]:
    yield "## Antigens\n"
    yield (
        "What labels of channels and the table `panels` may call them; case, spaces, hyphens,\n"
        "dots and slashes do not matter, nor do metals, dyes and clones beside them. A panel may\n"
        "give a channel another role.\n"
    )
    rows = (
        (f"`{one.id}`", one.role, one.species, ", ".join(one.aliases), one.note)
        for one in antigens()
    )
    yield _table(("antigen", "role", "species", "other names", "note"), rows)


def _lines_of(*features: str) -> str:
    """Return the ids of the evidence lines on some features of the evidence."""
    return ", ".join(line.evidence_id for line in biomarkers() if line.feature_id in features)


def _features() -> Iterator[str]:
    yield "## Features\n"
    yield "### Computed from blood counts, proteins and tumour measurements\n"
    fixed = (*(item.definition for item in BLOOD_FEATURES), MULTICYTOKINE)
    fixed += (TUMOUR_BURDEN, KI67_TO_BURDEN)
    header = ("id", "name", "unit", "effect", "needs", "evidence")
    yield _table(
        header,
        (
            (
                f"`{item.id}`",
                item.name,
                item.unit,
                SCALE_LABELS[item.scale],
                item.needs,
                _lines_of(*item.evidence),
            )
            for item in fixed
        ),
    )
    yield "### Proteins and populations of the evidence\n"
    yield (
        "Every other protein and population of a study is a feature too. Proteins in NPX are\n"
        "features of their own, with `_npx` after their id; populations whose parent leads to a\n"
        "blood count of the same day are also given per uL, with `_per_ul`.\n"
    )
    proteins = (
        (f"`{name}`", title, "proteins", ", ".join(spellings), _lines_of(*served))
        for name, (title, spellings, served) in PROTEINS.items()
    )
    populations = (
        (f"`{name}`", _population(name), "populations", "", _lines_of(*served))
        for name, served in POPULATION_EVIDENCE.items()
    )
    yield _table(("id", "name", "table", "other spellings", "evidence"), (*proteins, *populations))
    yield "### On treatment\n"
    yield (
        "Every feature with samples after treatment start also gives its change since baseline,\n"
        "with `_change` after its id. Both are tested only at a landmark.\n"
    )
    levels = (
        (f"`{k}_on_treatment`", "level", _lines_of(*v)) for k, v in ON_TREATMENT_LEVELS.items()
    )
    changes = ((f"`{k}_change`", "change", _lines_of(*v)) for k, v in CHANGE_EVIDENCE.items())
    yield _table(("id", "what", "evidence"), (*levels, *changes))
    yield "### Evidence that needs more than these tables\n"
    needs = ((f"`{name}`", needs, _lines_of(name)) for name, needs in NEEDS.items())
    yield _table(("id", "needs", "evidence"), needs)


def _population(name: str) -> str:
    known = find_population(name)
    return known.name if known is not None else name


def _findings() -> Iterator[str]:
    yield "## Findings\n"
    yield "What `macroimmune check` looks for in tables that were read, and in raw files.\n"
    checks = (*CHECKS, *RAW_FILE_CHECKS)
    rows = ((", ".join(f"`{code}`" for code in check.codes), check.meaning) for check in checks)
    yield _table(("code", "what it looks for"), rows)


def _result_tables() -> Iterator[str]:
    yield "## Tables of a results folder\n"
    yield (
        "Beside them: `run.json` (version, command, seed, start, duration, inputs with SHA-256),\n"
        "`study.toml` (the settings used), `report.html`, `results.json` (its twin) and\n"
        "`tables.xlsx`. Empty means not known or not estimated; `status` says why.\n"
    )
    for name, table in RESULT_TABLES.items():
        yield f"### `{table.file}` ({name})\n"
        yield f"One row per {table.one_row_per}.\n"
        rows = ((f"`{column}`", kind, text) for column, (kind, text) in table.columns.items())
        yield _table(("column", "kind", "meaning"), rows)


def _troubles() -> Iterator[str]:
    yield "## Troubles of a virtual study\n"
    yield (
        "Faults that `macroimmune simulate study OUT --trouble NAME` plants, and what a check\n"
        "then says. Two that change the same thing are not planted together.\n"
    )
    rows = (
        (f"`{name}`", one.does, ", ".join(f"`{code}`" for code in one.says) or "nothing")
        for name, one in TROUBLES.items()
    )
    yield _table(("trouble", "what it does", "a check says"), rows)


def _plan() -> Iterator[str]:
    yield "## Plan of a virtual study\n"
    yield (
        "`macroimmune simulate plan` prints it as TOML. Sections in double brackets may be given\n"
        "several times, and those of a plan replace all of the default plan; the default below is\n"
        "that of one, with what it leaves out.\n"
    )
    yield from _plan_section(StudyPlan, "")


def _plan_section(kind: type, place: str) -> Iterator[str]:
    """Yield the settings of a section of the plan, then those of the sections within it."""
    hints = get_type_hints(kind)
    rows, inner = [], []
    for name, known in settings_of(kind).items():
        key = f"{place}.{name}" if place else name
        hint, value = hints[name], default_of(kind, name)
        below = [part for part in (hint, *get_args(hint)) if dataclasses.is_dataclass(part)]
        if below:
            inner.append((below[0], key, hint is not below[0], known))
            continue
        permitted = _range(known.low, known.high) or ", ".join(known.choices)
        default = "must be given" if value is dataclasses.MISSING else f"`{spelled(value)}`"
        rows.append((f"`{name}`", default, known.unit, permitted, known.meaning))
    if rows:
        yield _table(("setting", "default", "unit", "permitted", "meaning"), rows)
    for section, key, is_repeated, known in inner:
        yield f"### `{f'[[{key}]]' if is_repeated else f'[{key}]'}`\n"
        yield f"{known.meaning[:1].upper()}{known.meaning[1:]}.\n"
        yield from _plan_section(section, key)


def _data() -> Iterator[str]:
    yield "## Public cohorts\n"
    cohorts = (
        (f"`{item.name}`", item.title, len(item.files), item.licence, item.citation)
        for item in datasets()
    )
    yield _table(("name", "title", "files", "licence", "citation"), cohorts)
    yield "### Ready studies\n"
    studies = ((f"`{item.name}`", item.title, ", ".join(item.datasets)) for item in ready_studies())
    yield _table(("name", "title", "cohorts"), studies)


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
