"""Several files of one sample: libraries put together, and one library in two formats."""

from collections import defaultdict
from collections.abc import Sequence

from macroimmune.repertoires.reading.listed_files import ListedFile

__all__ = ["files_to_read"]


def files_to_read(files: Sequence[ListedFile]) -> tuple[ListedFile, ...]:
    """Return the files that are read, each once.

    Parameters
    ----------
    files : sequence of ListedFile

    Notes
    -----
    Convention: files of one sample, population, library and what is counted are added up, as
    those of lanes are; where they are of several formats they are taken for copies of one
    export, and those of the first format listed are read. The check of the study tells of both.
    """
    alike: dict[tuple[str, ...], list[ListedFile]] = defaultdict(list)
    for one in files:
        library = one.library
        key = (library.sample_id, library.population, library.counted, library.library, one.chain)
        if all(library.file != other.library.file for other in alike[key]):
            alike[key].append(one)
    return tuple(one for some in alike.values() for one in some if one.layout == some[0].layout)
