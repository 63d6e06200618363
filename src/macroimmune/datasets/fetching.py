"""Download a public cohort: https only, never more bytes than stated, checked before it counts."""

import hashlib
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Protocol, cast

from macroimmune.datasets.locating import cache_folder, has_checksum
from macroimmune.datasets.registry import DataFile, Dataset, find_dataset
from macroimmune.errors import InputError

__all__ = ["fetch"]

_CHUNK = 1 << 16


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


Opener = Callable[[str], AbstractContextManager[_Stream]]


def _open_https(address: str) -> AbstractContextManager[_Stream]:
    # Slow to import, and needed by downloads alone.
    from macroimmune.datasets.https_only import open_https

    return open_https(address)


def fetch(
    name: str, *, progress: Callable[[str], None] | None = None, opener: Opener = _open_https
) -> Path:
    """Return the cache folder of a public cohort after downloading what is not there yet.

    Parameters
    ----------
    name : str
        Of a cohort in the registry.
    progress : callable or None
        Is given lines for people: first licence and citation, then one per file.
    opener : callable
        Opens an address for reading; the default speaks https and nothing else.

    Returns
    -------
    folder : Path
        Holds every file of the cohort, each with the checksum of the registry.

    Raises
    ------
    InputError
        If a file has no public address, cannot be reached, or is not the file of the registry.
        Nothing that failed its check stays.
    """
    dataset = find_dataset(name)
    _refuse_without_address(dataset)
    say = progress or (lambda line: None)
    say(f"{dataset.name}: licence {dataset.licence}. Cite: {dataset.citation}")
    folder = cache_folder() / dataset.name
    folder.mkdir(parents=True, exist_ok=True)
    for number, file in enumerate(dataset.files, start=1):
        target = folder / file.path
        if not (target.is_file() and has_checksum(target, file)):
            _download(file, target, opener)
        say(f"{file.path}: {number} of {len(dataset.files)} files, {file.bytes:,} bytes")
    return folder


def _refuse_without_address(dataset: Dataset) -> None:
    for file in dataset.files:
        if not file.address:
            msg = f"{dataset.name}/{file.path} has no public address. {file.how}"
            raise InputError(msg)
        if not file.address.startswith("https://"):
            msg = f"{dataset.name}/{file.path}: {file.address} is not https; refused"
            raise InputError(msg)


def _download(file: DataFile, target: Path, opener: Opener) -> None:
    """Write beside `target`, check, and only then rename.

    Raises
    ------
    InputError
        If the file cannot be reached or is not the one of the registry.
    """
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".fetch-", delete=False) as part:
        path = Path(part.name)
        try:
            found = _copy(file, cast("IO[bytes]", part), opener)
            part.close()
            if found != file.sha256:
                msg = f"{file.address}: sha256 {found}, expected {file.sha256}; not kept"
                raise InputError(msg)
            path.replace(target)
        except OSError as error:
            msg = f"{file.address}: cannot be downloaded ({error}); try again or copy it by hand"
            raise InputError(msg) from error
        finally:
            path.unlink(missing_ok=True)


def _copy(file: DataFile, part: IO[bytes], opener: Opener) -> str:
    """Copy at most the stated bytes and return the checksum of what came.

    Raises
    ------
    InputError
        If more comes than was stated.
    """
    digest, size = hashlib.sha256(), 0
    with opener(file.address) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > file.bytes:
                msg = f"{file.address}: more than the stated {file.bytes} bytes; stopped, not kept"
                raise InputError(msg)
            digest.update(chunk)
            part.write(chunk)
    return digest.hexdigest()
