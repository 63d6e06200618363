"""A run saved as a folder: its course, the scenario that gives it again, and a record."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from macroimmune.mechanism.model import model_text
from macroimmune.mechanism.scenarios.running import ScenarioRun
from macroimmune.mechanism.scenarios.tidy import tidy_course
from macroimmune.mechanism.scenarios.writing import scenario_text
from macroimmune.results import InputFile, RunRecord, save_run, save_table, writing_results

__all__ = ["save_scenario_run"]

_METHODS = (
    "The model of systemic immunity and tumour was integrated with CVODE of libRoadRunner from the "
    "healthy state of the host; the tumour was implanted before day 0 and interventions were done "
    "on their days.",
)


def save_scenario_run(
    run: ScenarioRun, out: Path, *, command: str = "", read_from: Sequence[Path] = ()
) -> None:
    """Write `course.csv`, `scenario.toml` and `run.json`, all or nothing.

    Parameters
    ----------
    run : ScenarioRun
    out : Path
        Folder; replaced whole where it holds earlier results.
    command : str
        As typed, for the record.
    read_from : sequence of Path
        Files that the scenario was read from, for the record.

    Raises
    ------
    ResultsError
        If `out` is a file, or holds something other than results.
    """
    started = datetime.now(UTC)
    with writing_results(out) as folder:
        save_table(folder, "model_course", tidy_course(run))
        text = scenario_text(run.scenario)
        (folder / "scenario.toml").write_text(text, encoding="utf-8")
        record = RunRecord(
            version=version("macroimmune"),
            command=command,
            started=started.isoformat(timespec="seconds"),
            duration_seconds=round((datetime.now(UTC) - started).total_seconds(), 2),
            seed=None,
            study={
                "name": run.scenario.name,
                "kind": "simulated scenario",
                "status": run.status,
                "values": dict(run.values),
                "model_sha256": sha256(model_text().encode()).hexdigest(),
            },
            inputs=tuple(_input(path) for path in read_from),
            methods=_METHODS,
        )
        save_run(folder, record)


def _input(path: Path) -> InputFile:
    content = path.read_bytes()
    return InputFile(path.name, sha256(content).hexdigest(), len(content))
