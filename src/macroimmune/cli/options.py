"""Options that several commands share, each defined once."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "Arm",
    "EventOption",
    "Export",
    "ExportRepertoires",
    "Meta",
    "Out",
    "Participant",
    "Response",
    "Scheduler",
    "Seed",
    "Sheet",
    "Source",
    "Sources",
    "TimeOption",
    "TimeUnit",
    "Workers",
]

Source = Annotated[
    Path,
    typer.Argument(
        metavar="STUDY", help="Study folder, study.toml, or one table (CSV, Excel ...)."
    ),
]
Sources = Annotated[
    list[Path],
    typer.Argument(
        metavar="STUDY...", help="One study (folder, study.toml, table); with --meta results."
    ),
]
Out = Annotated[
    Path, typer.Option("--out", help="Results folder; replaced whole when all is done.")
]
Export = Annotated[
    Path | None,
    typer.Option(
        "--export",
        metavar="FOLDER",
        help="Also write each FCS file here, with a channel per population and our gates as "
        "GatingML; no file is replaced.",
    ),
]
ExportRepertoires = Annotated[
    Path | None,
    typer.Option(
        "--export",
        metavar="FOLDER",
        help="Also write each repertoire here as an AIRR file; no file is replaced.",
    ),
]
Meta = Annotated[
    bool, typer.Option("--meta", help="Pool several results folders, cohort by cohort.")
]
Participant = Annotated[
    str | None, typer.Option("--participant", help="One table: column with the participant's id.")
]
TimeOption = Annotated[str | None, typer.Option(help="One table: column with the time.")]
EventOption = Annotated[
    str | None,
    typer.Option(help="One table: COLUMN=CODE[,CODE]: which codes mean that the event was seen."),
]
Response = Annotated[
    str | None,
    typer.Option("--response", help="One table: COLUMN, or COLUMN=CODE[,CODE] for responders."),
]
Arm = Annotated[str | None, typer.Option("--arm", help="One table: column with the arm.")]
TimeUnit = Annotated[
    str | None, typer.Option("--time-unit", help="One table: day, week, month or year.")
]
Seed = Annotated[
    int, typer.Option("--seed", min=0, help="The same seed gives the same random draws.")
]
Sheet = Annotated[str | None, typer.Option("--sheet", help="One workbook: name of the sheet.")]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=1, help="Processes that read raw files; all cores if not given."),
]
Scheduler = Annotated[
    str,
    typer.Option("--scheduler", help="Address of a Dask scheduler that reads the raw files."),
]
