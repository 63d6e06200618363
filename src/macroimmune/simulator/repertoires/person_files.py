"""All files of one person's repertoire, written together so that they tell of the same clones."""

import re
from dataclasses import dataclass
from pathlib import Path

from macroimmune.formats.delimited import write_text
from macroimmune.formats.tenx_contigs import write_contigs
from macroimmune.simulator.repertoires.clonotypes import library_clonotypes
from macroimmune.simulator.repertoires.library_files import LIBRARY_ENDINGS, write_library
from macroimmune.simulator.repertoires.person import Draw, Person
from macroimmune.simulator.repertoires.person_chains import (
    Library,
    PersonChains,
    draw_person_chains,
)
from macroimmune.simulator.repertoires.repertoire_truth import cell_types, clone_table, draw_table
from macroimmune.simulator.repertoires.single_cell_contigs import (
    AlphaChains,
    draw_alpha_chains,
    draw_single_cells,
)

__all__ = ["LibraryFile", "library_files", "person_paths", "write_person"]

_TISSUES = {"blood": "PBMC", "tumour": "Tumour"}


@dataclass(frozen=True, slots=True)
class LibraryFile:
    """One file of a laboratory.

    Parameters
    ----------
    path : str
        From the folder of the study.
    draw : Draw
    replicate : int
        As in `Library`; 0 for 10x.
    layout : str
        `airr`, `immunoseq`, `mixcr`, or `filtered contigs`, `all contigs`, `cell types` of 10x.
    """

    path: str
    draw: Draw
    replicate: int
    layout: str


def library_files(person: Person) -> tuple[LibraryFile, ...]:
    """Return the laboratory's files of one person, in the order of draws."""
    files = []
    for draw in person.draws:
        stem = f"repertoires/{_safe(draw.sample_id)}_{_TISSUES[draw.compartment]}"
        number = person.plan.replicates if draw.compartment == "blood" else 1
        for replicate in range(1, number + 1):
            suffix = f"_rep{replicate}" if number > 1 else ""
            for layout in dict.fromkeys(person.plan.formats):
                packed = ".gz" if layout == "airr" and person.plan.compressed else ""
                path = f"{stem}_TRB{suffix}.{LIBRARY_ENDINGS[layout]}{packed}"
                files.append(LibraryFile(path, draw, replicate, layout))
        if draw.has_single_cells:
            folder = f"{stem}_10x"
            for name in ("filtered_contig_annotations", "all_contig_annotations", "cell_types"):
                layout = name.replace("_annotations", "s").replace("_", " ")
                files.append(LibraryFile(f"{folder}/{name}.csv", draw, 0, layout))
    return tuple(files)


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "-", name)


def person_paths(person: Person) -> tuple[str, ...]:
    """Return the paths of all files of one person, truth last."""
    name = _safe(person.participant_id)
    truth = (f"truth/clones/{name}.parquet", f"truth/repertoires/{name}.csv")
    return (*(file.path for file in library_files(person)), *truth)


def write_person(person: Person, targets: tuple[Path, ...]) -> None:
    """Write all files of one person.

    Parameters
    ----------
    person : Person
    targets : tuple of Path
        One per entry of `person_paths`.
    """
    chains = draw_person_chains(person)
    by_library = {(library.draw.name, library.replicate): library for library in chains.libraries}
    paths = dict(zip(person_paths(person), targets, strict=True))
    alpha = draw_alpha_chains(person, chains)
    for key, library in by_library.items():
        files = {
            file.layout: paths[file.path]
            for file in library_files(person)
            if (file.draw.name, file.replicate) == key
        }
        if library.replicate:
            _write_library(person, chains, library, files)
        else:
            _write_single_cells(person, chains, alpha, library, files)
    clones, draws = targets[-2:]
    clone_table(person, chains).write_parquet(clones, compression="lz4", statistics=False)
    write_text(draws, draw_table(person, chains).write_csv())


def _write_library(
    person: Person, chains: PersonChains, library: Library, files: dict[str, Path]
) -> None:
    clonotypes = library_clonotypes(person, chains, library)
    for layout, path in files.items():
        write_library(
            path,
            clonotypes,
            layout=layout,
            counted=person.plan.counted,
            sample_id=library.draw.sample_id,
        )


def _write_single_cells(
    person: Person,
    chains: PersonChains,
    alpha: AlphaChains,
    library: Library,
    files: dict[str, Path],
) -> None:
    types = cell_types(person, chains, library.productive.clone, library.draw.compartment)
    cells = draw_single_cells(person, chains, alpha, library, types)
    for layout, contigs in (
        ("filtered contigs", cells.filtered_contigs),
        ("all contigs", cells.all_contigs),
    ):
        write_contigs(files[layout], contigs, spelling="true and empty")
    write_text(files["cell types"], cells.labels.write_csv())
