"""Which groups of files are compared in abundance: patients, treatment, stimulus, response."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from macroimmune.cytometry.cytometry_file import CytometryFile
from macroimmune.cytometry.differential_abundance import (
    AbundanceCounts,
    cluster_counts,
    compared_files_frame,
    differential_abundance,
    differential_abundance_frame,
    population_counts,
)
from macroimmune.cytometry.stage.feature_rows import repeated
from macroimmune.results import empty
from macroimmune.study import Study

__all__ = ["compared_abundance"]

_OWN_FAMILY = "exploratory: q over these clusters alone, not with the associations of features"


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two groups and the files in them; `is_outcome` where it is a test against an outcome."""

    groups: tuple[str, str]
    files: Mapping[str, str]
    is_outcome: bool = False


def compared_abundance(
    study: Study, files: Sequence[CytometryFile], tables: Mapping[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """Return the tables `differential_abundance` and `compared_files` of a study.

    Parameters
    ----------
    study : Study
    files : sequence of CytometryFile
        Those that were used.
    tables : mapping from name to polars DataFrame
        With `cluster_abundance` and `cell_frequencies`.

    Notes
    -----
    Convention: compared are patients with healthy people and responders with others, each at
    baseline; samples of patients on treatment with those at baseline; and each stimulus with
    unstimulated wells of the same donors on the same days. Gated populations are not compared
    between responders here: that is a test of a feature, which stands among the associations and in
    their family of q-values. Clusters are; the status says that theirs is another family.
    """
    donors = {file.raw_file: file.participant_id for file in files}
    differences, sides = [empty("differential_abundance")], [empty("compared_files")]
    counted = tuple(_counted(tables))
    for one in _comparisons(study, files):
        for panel, of, counts in counted:
            if one.is_outcome and of == "populations":
                continue
            found = differential_abundance(counts, donors, one.files, one.groups)
            if one.is_outcome:
                found = tuple(
                    replace(row, status="; ".join(filter(None, (row.status, _OWN_FAMILY))))
                    for row in found
                )
            differences.append(differential_abundance_frame(panel, of, one.groups, found))
        for panel in dict.fromkeys(panel for panel, _, _ in counted):
            mine = {file.raw_file for file in files if file.panel == panel}
            placed = {file: group for file, group in one.files.items() if file in mine}
            sides.append(compared_files_frame(panel, one.groups, placed))
    return {"differential_abundance": pl.concat(differences), "compared_files": pl.concat(sides)}


def _counted(tables: Mapping[str, pl.DataFrame]) -> Iterator[tuple[str, str, AbundanceCounts]]:
    abundance = tables["cluster_abundance"]
    for (panel,), rows in abundance.group_by(["panel"], maintain_order=True):
        yield str(panel), "clusters", cluster_counts(rows)
    frequencies = tables["cell_frequencies"].filter(
        (pl.col("way") == "automatic") & pl.col("n_parent").is_not_null() & ~repeated()
    )
    for (panel,), rows in frequencies.group_by(["panel"], maintain_order=True):
        yield str(panel), "populations", population_counts(rows)


def _comparisons(study: Study, files: Sequence[CytometryFile]) -> Iterator[_Comparison]:
    people = [file for file in files if file.participant_id]
    resting = [file for file in people if not file.is_stimulated]
    low, high = study.analysis.baseline_window_days
    timed = [(file, file.days_from_treatment_start) for file in resting]
    before = [file for file, day in timed if day is None or low <= day <= high]
    participants, outcomes = study.tables["participants"], study.tables["outcomes"]
    groups = dict(zip(participants["participant_id"], participants["group"], strict=True))
    yield from _between(before, groups, ("healthy", "patient"))
    response = {
        who: None if answer is None else ("responders" if answer else "no responders")
        for who, answer in zip(outcomes["participant_id"], outcomes["response"], strict=True)
    }
    yield from _between(before, response, ("no responders", "responders"), is_outcome=True)
    yield from _on_treatment(timed, before, groups)
    for stimulus, minutes in dict.fromkeys(
        (file.stimulus, file.stimulus_minutes) for file in people if file.is_stimulated
    ):
        lasted = "" if minutes is None else f" {minutes:g} min"
        words = ("unstimulated", f"{stimulus}{lasted}")
        acted = [f for f in people if (f.stimulus, f.stimulus_minutes) == (stimulus, minutes)]
        # A later day is another state of the donor: its resting wells are no control of this one.
        drawn = {(file.participant_id, file.days_from_treatment_start) for file in acted}
        placed = {
            file.raw_file: words[0]
            for file in resting
            if (file.participant_id, file.days_from_treatment_start) in drawn
        }
        placed |= dict.fromkeys((file.raw_file for file in acted), words[1])
        yield _Comparison(words, placed)


def _on_treatment(
    timed: Sequence[tuple[CytometryFile, float | None]],
    before: Sequence[CytometryFile],
    groups: Mapping[str, str | None],
) -> Iterator[_Comparison]:
    """Give the comparison of patients on treatment with baseline; the healthy have neither."""
    words = ("baseline", "on treatment")
    first = [
        file.raw_file
        for file in before
        if file.days_from_treatment_start is not None
        and groups.get(file.participant_id) != "healthy"
    ]
    later = [
        file.raw_file
        for file, day in timed
        if day is not None and day > 0 and groups.get(file.participant_id) != "healthy"
    ]
    if first and later:
        yield _Comparison(words, dict.fromkeys(first, words[0]) | dict.fromkeys(later, words[1]))


def _between(
    files: Sequence[CytometryFile],
    groups: Mapping[str, str | None],
    words: tuple[str, str],
    *,
    is_outcome: bool = False,
) -> Iterator[_Comparison]:
    """Give the comparison of two groups of people, if there are files of both."""
    placed = {
        file.raw_file: str(groups[file.participant_id])
        for file in files
        if groups.get(file.participant_id) in words
    }
    if set(placed.values()) == set(words):
        yield _Comparison(words, placed, is_outcome)
