"""Gene activity at interferon-stimulated genes, at rest, by sample and population."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from macroimmune.closest import did_you_mean
from macroimmune.errors import FormatError
from macroimmune.evidence import find_population, gene_sets
from macroimmune.expression.activity_libraries import (
    ActivityLibraries,
    are_peaks,
    libraries_of_h5ad,
    libraries_of_table,
)
from macroimmune.response import RestingBlock
from macroimmune.results import Finding
from macroimmune.study import Study

__all__ = ["GeneActivity", "gene_activity"]

_MILLION = 1e6
# Below this many fragments in genes the logarithm of a gene is mostly counting noise.
_LEAST_FRAGMENTS = 10_000
_FEWEST_GENES = 5
_SCHEMA = {
    "participant_id": pl.String,
    "sample_id": pl.String,
    "days_from_treatment_start": pl.Float64,
    "population": pl.String,
    "feature": pl.String,
    "value": pl.Float64,
}


@dataclass(frozen=True, slots=True, eq=False)
class GeneActivity:
    """What files of open chromatin say of interferon-stimulated genes.

    Parameters
    ----------
    block : RestingBlock
        "gene activity": log1p of counts per million of each gene, sample and population.
    findings : tuple of Finding
        Files, samples and libraries that could not be used.
    """

    block: RestingBlock
    findings: tuple[Finding, ...]


def gene_activity(study: Study) -> GeneActivity:
    """Return the activity of interferon-stimulated genes from the table `chromatin` of a study.

    Parameters
    ----------
    study : Study

    Returns
    -------
    activity : GeneActivity
        Empty where the study lists no such files.

    Raises
    ------
    InputError
        If an h5ad file is listed and h5py is not installed.

    Notes
    -----
    Convention: log1p of counts per million of all genes that the file has, at the genes of the
    interferon sets of the evidence. Libraries with fewer than 10,000 fragments in genes are left
    out, and files with fewer than five of the genes. Peaks are not assigned to genes.
    """
    listed = study.tables["chromatin"]
    rows: list[dict[str, Any]] = []
    findings: list[Finding] = []
    for key, group in listed.group_by("raw_file", maintain_order=True):
        name, members = str(key[0]), group.to_dicts()
        try:
            libraries = _libraries(study, name, members)
            places = _genes(libraries, name)
        except FormatError as error:
            findings.append(_left_out(name, str(error)))
            continue
        findings += _absent(name, members, libraries)
        found, told = _activity(name, members, libraries, places)
        rows += found
        findings += told
    values = pl.DataFrame(rows, schema=_SCHEMA)
    return GeneActivity(RestingBlock("gene activity", values), tuple(findings))


def _libraries(study: Study, name: str, rows: Sequence[Mapping[str, Any]]) -> ActivityLibraries:
    """Return the libraries of a file.

    Raises
    ------
    FormatError
        If it cannot be read, or is a 10x folder.
    """
    path, first = study.folder / name, rows[0]
    form = first["format"] or ("h5ad" if name.endswith(".h5ad") else "table")
    if form == "h5ad":
        return libraries_of_h5ad(
            path,
            sample=str(first["sample_id"]),
            sample_column=first["sample_column"] or "",
            population_column=first["population_column"] or "",
        )
    if form == "table":
        return libraries_of_table(path, [str(row["sample_id"]) for row in rows])
    msg = f"{name}: format {form}; expected a table of gene activity or an h5ad file"
    raise FormatError(msg)


def _genes(libraries: ActivityLibraries, name: str) -> dict[str, list[int]]:
    """Return where the genes of the interferon sets stand.

    Raises
    ------
    FormatError
        If hardly any is there.
    """
    wanted = {gene for one in gene_sets("interferon") for gene in one.genes}
    places: dict[str, list[int]] = {}
    for place, gene in enumerate(libraries.genes):
        if gene in wanted:
            places.setdefault(gene, []).append(place)
    if len(places) < _FEWEST_GENES:
        what = "peaks" if are_peaks(libraries.genes) else ", ".join(libraries.genes[:3])
        msg = (
            f"{name}: {len(places)} of {len(wanted)} interferon-stimulated genes among {what}; "
            "expected symbols of human genes such as ISG15; sum fragments up over genes"
        )
        raise FormatError(msg)
    return places


def _activity(
    name: str,
    members: Sequence[Mapping[str, Any]],
    libraries: ActivityLibraries,
    places: Mapping[str, Sequence[int]],
) -> tuple[list[dict[str, Any]], list[Finding]]:
    """Return a row per library and gene, and libraries that are too small or of unknown cells."""
    known = {str(row["sample_id"]): row for row in members}
    rows: list[dict[str, Any]] = []
    findings: list[Finding] = []
    strange = []
    labels = zip(libraries.samples, libraries.populations, strict=True)
    for (sample, label), counts in zip(labels, libraries.counts, strict=True):
        if sample not in known:
            continue
        total = float(counts.sum())
        if total < _LEAST_FRAGMENTS:
            findings.append(_too_small(name, f"{sample} {label}".strip(), total))
            continue
        population = find_population(label) if label else None
        if label and population is None:
            strange.append(label)
        row = known[sample]
        rows += [
            {
                "participant_id": row["participant_id"],
                "sample_id": sample,
                "days_from_treatment_start": row["days_from_treatment_start"],
                "population": population.id if population else label,
                "feature": gene,
                "value": float(np.log1p(_MILLION * counts[list(columns)].sum() / total)),
            }
            for gene, columns in places.items()
        ]
    if strange:
        findings.append(_strange(name, sorted(set(strange))))
    return rows, findings


def _absent(
    name: str, members: Sequence[Mapping[str, Any]], libraries: ActivityLibraries
) -> Iterator[Finding]:
    held = set(libraries.samples)
    for row in members:
        sample = str(row["sample_id"])
        if sample not in held:
            yield Finding(
                "warning",
                "gene-activity-not-found",
                name,
                None,
                "",
                f"no library of sample {sample!r}",
                "a column whose heading begins with it, or a row of obs with it",
                f"The sample was left out. {did_you_mean(sample, held)}".strip(),
            )


def _left_out(name: str, why: str) -> Finding:
    return Finding(
        "warning",
        "chromatin-file-left-out",
        name,
        None,
        "",
        why,
        "fragments counted in genes, by sample and population",
        "Nothing of this study uses the file. Correct it, or delete its rows.",
    )


def _too_small(name: str, library: str, total: float) -> Finding:
    return Finding(
        "warning",
        "gene-activity-too-small",
        name,
        None,
        library,
        f"{total:.0f} fragments in genes",
        f"at least {_LEAST_FRAGMENTS}",
        "The library was left out. Add up more nuclei, or leave it so.",
    )


def _strange(name: str, labels: Sequence[str]) -> Finding:
    return Finding(
        "note",
        "gene-activity-population-not-known",
        name,
        None,
        "",
        f"populations {', '.join(labels)}",
        "names of populations as `macroimmune evidence` lists them",
        "They keep their names, and are no rows of another population.",
    )
