"""Where the files of a public cohort lie on this machine, checked before they are used."""

import hashlib
import os
from pathlib import Path

from macroimmune.datasets.registry import DataFile, Dataset, find_dataset
from macroimmune.errors import InputError

__all__ = ["DATA_VARIABLE", "cache_folder", "has_checksum", "locate"]

DATA_VARIABLE = "MACROIMMUNE_DATA"


def cache_folder() -> Path:
    """Return the folder that downloads go to: `macroimmune` in the user's cache.

    Notes
    -----
    Convention: `$XDG_CACHE_HOME` if it is set to an absolute path, else `~/.cache`.
    """
    stated = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(stated) if Path(stated).is_absolute() else Path.home() / ".cache"
    return base / "macroimmune"


def has_checksum(path: Path, file: DataFile) -> bool:
    """Whether the file at `path` is byte for byte the one of the registry."""
    if path.stat().st_size != file.bytes:
        return False
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256


def locate(name: str) -> Path:
    """Return the folder that holds a public cohort, all its files checked.

    Parameters
    ----------
    name : str
        Of a cohort in the registry. `$MACROIMMUNE_DATA/<name>` is looked at first, then the
        cache that `fetch` fills.

    Returns
    -------
    folder : Path
        Absolute.

    Raises
    ------
    InputError
        If no folder holds all files, or a file differs from the registry; the message says
        where was looked and what to do.
    """
    dataset = find_dataset(name)
    stated = os.environ.get(DATA_VARIABLE, "")
    places = [Path(stated).expanduser() / dataset.name] if stated else []
    places.append(cache_folder() / dataset.name)
    for place in places:
        if all((place / file.path).is_file() for file in dataset.files):
            _refuse_changed(dataset, place)
            return place.resolve()
    looked = " and ".join(str(place) for place in places)
    msg = f"{dataset.name}: its {len(dataset.files)} files are not in {looked}; {_advice(dataset)}"
    raise InputError(msg)


def _refuse_changed(dataset: Dataset, place: Path) -> None:
    for file in dataset.files:
        path = place / file.path
        if not has_checksum(path, file):
            msg = (
                f"{path}: not the file of the registry ({file.bytes} bytes, sha256 "
                f"{file.sha256[:12]}...); remove it and get {dataset.name} again"
            )
            raise InputError(msg)


def _advice(dataset: Dataset) -> str:
    by_hand = f"set {DATA_VARIABLE} to a folder that holds {dataset.name}/"
    if dataset.is_downloadable:
        return f"{by_hand}, or download it: macroimmune data fetch {dataset.name}"
    first = next(file for file in dataset.files if not file.address)
    return f"{by_hand} ({first.path}: {first.how})"
