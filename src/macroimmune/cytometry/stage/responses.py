"""What the paired wells of a study say of each stimulus."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from macroimmune.cytometry.response import load_well
from macroimmune.cytometry.stage.first_look import random_numbers
from macroimmune.cytometry.stage.listed_files import ListedFile
from macroimmune.cytometry.stage.paired_look import RESPONSES
from macroimmune.cytometry.stage.response_remarks import with_remarks
from macroimmune.response import declared_markers, paired_responses
from macroimmune.results import Finding
from macroimmune.study import StimulationSettings, Study
from macroimmune.work import WorkTask

__all__ = ["drawn_populations", "measured_responses", "response_findings"]

_STIMULUS = ("panel", "stimulus", "stimulus_minutes")


def drawn_populations(
    pairs: pl.DataFrame, settings: StimulationSettings
) -> Mapping[str, tuple[str, ...]]:
    """Return for each well of a pair the populations in which its stimuli are read.

    Parameters
    ----------
    pairs : polars DataFrame
        Table `stimulation_pairs`.
    settings : StimulationSettings
    """
    found: dict[str, dict[str, None]] = {}
    for row in pairs.filter(pl.col("unstimulated_file") != "").iter_rows(named=True):
        declared = declared_markers(
            row["stimulus_id"] or row["stimulus"], row["stimulus_minutes"], settings
        )
        names = [name for some in declared.populations.values() for name in some]
        for file in (row["unstimulated_file"], row["stimulated_file"]):
            found.setdefault(file, {}).update(dict.fromkeys(names))
    return {file: tuple(names) for file, names in found.items()}


def measured_responses(
    study: Study,
    listed: Sequence[ListedFile],
    second: Mapping[str, WorkTask],
    tables: Mapping[str, pl.DataFrame],
    work: Path,
    seed: int,
) -> dict[str, pl.DataFrame]:
    """Return the tables `stimulation_responses` and `response_densities`.

    Parameters
    ----------
    study : Study
    listed : sequence of ListedFile
        All files of the study.
    second : mapping from raw_file to WorkTask
        The second looks at those that were used.
    tables : mapping from name to polars DataFrame
        With `stimulation_pairs`, `lineage_invariance` and `cell_frequencies`.
    work : Path
    seed : int

    Notes
    -----
    Convention: populations by automatic gates where these are asked for, else by gates of people,
    else by their labels.
    """
    found = paired_responses(
        tables["stimulation_pairs"],
        lambda file: load_well(work / second[file].key / RESPONSES),
        settings=study.analysis.stimulation,
        rng=random_numbers(seed, "responses"),
    )
    return {
        "stimulation_responses": with_remarks(
            found.responses, listed, tables, study.analysis.cytometry
        ),
        "response_densities": found.densities,
    }


def response_findings(
    pairs: pl.DataFrame, responses: pl.DataFrame, settings: StimulationSettings
) -> tuple[Finding, ...]:
    """Return partners that were left out, and stimuli that no pair of wells can tell of.

    Parameters
    ----------
    pairs, responses : polars DataFrame
        Tables `stimulation_pairs` and `stimulation_responses`.
    settings : StimulationSettings
    """
    return (*_left_out(pairs), *_too_few(pairs, responses, settings))


def _left_out(pairs: pl.DataFrame) -> Iterator[Finding]:
    lost = pairs.filter(pl.col("status").str.contains("left out"))
    for row in lost.iter_rows(named=True):
        yield Finding(
            "warning",
            "pair-left-out",
            row["stimulated_file"],
            None,
            "stimulus",
            row["status"],
            "two wells that can be used",
            "There is no response of this well. See cytometry-file-left-out.",
        )


def _too_few(
    pairs: pl.DataFrame, responses: pl.DataFrame, settings: StimulationSettings
) -> Iterator[Finding]:
    """Yield the stimuli whose declared population has too few cells in every pair, or is absent."""
    whole = pairs.filter((pl.col("unstimulated_file") != "") & (pl.col("participant_id") != ""))
    for row in whole.unique(_STIMULUS, keep="first", maintain_order=True).iter_rows(named=True):
        declared = declared_markers(
            row["stimulus_id"] or row["stimulus"], row["stimulus_minutes"], settings
        )
        same = pl.all_horizontal(pl.col(name).eq_missing(pl.lit(row[name])) for name in _STIMULUS)
        mine = responses.filter(same & (pl.col("participant_id") != ""))
        for listed, names in declared.populations.items():
            shown = mine.filter(pl.col("marker_list") == listed)
            said = _said(shown, names[0]) if not shown.is_empty() else ""
            if said:
                lasted = row["stimulus_minutes"]
                after = "" if lasted is None else f" ({lasted:g} min)"
                yield Finding(
                    "warning",
                    "no-pair-with-enough-cells",
                    "",
                    None,
                    "panel",
                    f"{row['stimulus']}{after}, panel {row['panel'] or '(not named)'}: {said}",
                    f"50 cells of {names[0]} in both wells of a pair",
                    f"There is no score of {listed}. Measure more cells, or declare another "
                    "population in [analysis.stimulation].",
                )


def _said(shown: pl.DataFrame, population: str) -> str:
    """Say why no pair can have a score in a population; empty where one can."""
    rows = shown.filter(pl.col("population") == population)
    if rows.is_empty():
        return f"{population} is not told in both wells of any pair"
    if (rows["use"] == "score").any():
        return ""
    cells = pl.min_horizontal("n_unstimulated", "n_stimulated")
    most = rows.select(cells.max()).item()
    return f"at most {most} cells of {population} in both wells of a pair"
