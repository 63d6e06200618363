"""The registry of public cohorts: name, files, address, checksum, licence, citation."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError

__all__ = ["DataFile", "Dataset", "datasets", "find_dataset"]


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of a public cohort.

    Parameters
    ----------
    path : str
        Name inside the folder of its cohort.
    bytes : int
        Its size.
    sha256 : str
        Its checksum; a file that differs is refused.
    address : str
        Public address at a fixed commit; empty where the file was converted or has none.
    how : str
        Where a file without an address comes from, in one sentence.
    """

    path: str
    bytes: int
    sha256: str
    address: str
    how: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """One public cohort.

    Parameters
    ----------
    name : str
        Also the name of its folder.
    title : str
    files : tuple of DataFile
    licence : str
        As its source states it; "none stated" where it does not.
    citation : str
    note : str
        What to know before using it.
    """

    name: str
    title: str
    files: tuple[DataFile, ...]
    licence: str
    citation: str
    note: str

    @property
    def is_downloadable(self) -> bool:
        """Whether every file has a public address."""
        return all(file.address for file in self.files)


@cache
def datasets() -> tuple[Dataset, ...]:
    """Return every public cohort of the registry, in its order.

    Examples
    --------
    >>> [dataset.name for dataset in datasets()][:3]
    ['loris', 'prince', 'hammerlab_urothelial']
    """
    text = files("macroimmune.datasets").joinpath("registry.toml").read_text(encoding="utf-8")
    return tuple(
        Dataset(files=tuple(DataFile(**file) for file in entry.pop("file")), **entry)
        for entry in tomllib.loads(text)["dataset"]
    )


def find_dataset(name: str) -> Dataset:
    """Return the cohort of that name.

    Parameters
    ----------
    name : str
        Compared without case, and with hyphens as underscores.

    Returns
    -------
    dataset : Dataset

    Raises
    ------
    InputError
        If there is none; the message names the closest, or all.
    """
    known = {dataset.name: dataset for dataset in datasets()}
    wanted = name.strip().lower().replace("-", "_")
    if wanted in known:
        return known[wanted]
    msg = f"no public cohort is called {name!r}. {did_you_mean(wanted, known)}"
    raise InputError(msg)
