"""Parts of libraries put together to the repertoires of samples."""

from collections.abc import Callable, Sequence

import polars as pl

from macroimmune.repertoires.reading.clonotype_names import clonotype_words
from macroimmune.repertoires.reading.counted_clonotypes import clonotypes_of
from macroimmune.repertoires.reading.kept_parts import Part, joined_cells
from macroimmune.repertoires.repertoire import READS_STATUS, Repertoire, is_sampling_known
from macroimmune.results import conform, empty
from macroimmune.study import RepertoireSettings

__all__ = ["UNDECLARED_STATUS", "grouped_parts", "listed_repertoires", "repertoire_of"]

UNDECLARED_STATUS = (
    "what is counted is not declared, so how many cells were sampled is not known: no coverage, "
    "no expansion, no novelty"
)
_ORDER = ("participant_id", "compartment", "days_from_treatment_start", "sample_id", "population")


def grouped_parts(parts: Sequence[Part], chain: str) -> dict[str, tuple[Part, ...]]:
    """Return the parts of each repertoire by its id."""
    groups: dict[str, tuple[Part, ...]] = {}
    for part in parts:
        name = part.library.repertoire_id(chain, part.population)
        groups[name] = (*groups.get(name, ()), part)
    return groups


def repertoire_of(name: str, parts: Sequence[Part]) -> Repertoire:
    """Return the repertoire that parts make.

    Parameters
    ----------
    name : str
    parts : sequence of Part
        Of one sample, population and what is counted.

    Notes
    -----
    Convention: files of one library name, or without one, are one library; their counts are added.
    """
    by_library = _by_library(parts)
    libraries = tuple(
        clonotypes_of(pl.concat([part.clonotypes() for part in some]))
        for some in by_library.values()
    )
    whole = libraries[0] if len(libraries) == 1 else clonotypes_of(pl.concat(libraries))
    kept = tuple(one.select("clonotype", "count") for one in libraries)
    return Repertoire(name, whole, kept if len(kept) > 1 else (), joined_cells(parts))


def _by_library(parts: Sequence[Part]) -> dict[str, list[Part]]:
    found: dict[str, list[Part]] = {}
    for part in parts:
        found.setdefault(part.library.library, []).append(part)
    return dict(sorted(found.items()))


def listed_repertoires(
    groups: dict[str, tuple[Part, ...]],
    settings: RepertoireSettings,
    read: Callable[[str], Repertoire],
) -> pl.DataFrame:
    """Return table `repertoires`.

    Parameters
    ----------
    groups : dict from repertoire_id to tuple of Part
    settings : RepertoireSettings
    read : callable
        From repertoire_id to Repertoire; asked only where several files make one.
    """
    rows = []
    for name, parts in groups.items():
        library = parts[0].library
        rows.append({
            "repertoire_id": name,
            "participant_id": library.participant_id,
            "sample_id": library.sample_id,
            "days_from_treatment_start": library.days_from_treatment_start,
            "compartment": library.compartment,
            "chain": settings.chain,
            "population": parts[0].population,
            "counted": library.counted,
            "batch": ";".join(dict.fromkeys(p.library.batch for p in parts if p.library.batch)),
            "files": ";".join(dict.fromkeys(part.library.file for part in parts)),
            "n_libraries": len(_by_library(parts)),
            "clonotype": clonotype_words(settings),
            "n_rows": sum(part.n_rows for part in parts),
            **_sizes(name, parts, read),
            "is_sampling_known": is_sampling_known(library.counted),
            "status": _status(library.counted),
        })
    table = pl.DataFrame(rows, schema=empty("repertoires").schema)
    return conform("repertoires", table.sort(*_ORDER, "repertoire_id", nulls_last=True))


def _sizes(name: str, parts: Sequence[Part], read: Callable[[str], Repertoire]) -> dict[str, int]:
    if len(parts) == 1:
        return {
            "n_counted": parts[0].n_counted,
            "n_clonotypes": parts[0].n_clonotypes,
            "n_singletons": parts[0].n_singletons,
        }
    counts = read(name).clonotypes["count"]
    return {
        "n_counted": int(counts.sum()),
        "n_clonotypes": counts.len(),
        "n_singletons": int((counts == 1).sum()),
    }


def _status(counted: str) -> str:
    if not counted:
        return UNDECLARED_STATUS
    return "" if is_sampling_known(counted) else READS_STATUS
