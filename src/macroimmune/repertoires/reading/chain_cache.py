"""Receptor chains that were read once, kept as Parquet so that the second time is fast."""

import io
import json
import os
import tempfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import polars as pl

from macroimmune.datasets import cache_folder
from macroimmune.repertoires.reading.chain_cells import CHAIN_COLUMNS
from macroimmune.repertoires.reading.chain_faults import FAULT_COLUMNS
from macroimmune.repertoires.reading.chains import NO_HEADINGS, ReadChains, read_chains
from macroimmune.work import file_state, task_key

__all__ = ["CACHE_VARIABLE", "MAX_CACHE", "chain_cache_folder", "read_cached_chains"]

CACHE_VARIABLE = "MACROIMMUNE_REPERTOIRE_CACHE"
# Bytes; 200 files of 100,000 rows take some 0.8 GB.
MAX_CACHE = 4_000_000_000
# To be raised when the same file would be read otherwise.
_READER = 2
_META = "macroimmune"


def chain_cache_folder() -> Path | None:
    """Return the folder of the cache: `repertoires` in the user's cache; None where it is off.

    Notes
    -----
    Convention: `$MACROIMMUNE_REPERTOIRE_CACHE` is `off`, or another folder.
    """
    stated = os.environ.get(CACHE_VARIABLE, "")
    if stated.casefold() in {"off", "0", "no", "false"}:
        return None
    return Path(stated).expanduser() if stated else cache_folder() / "repertoires"


def read_cached_chains(
    path: Path | str,
    *,
    layout: str,
    counted: str,
    headings: Mapping[str, str] = NO_HEADINGS,
    folder: Path | None,
    max_bytes: int = MAX_CACHE,
) -> ReadChains:
    """Return the receptor chains of a repertoire file as `read_chains` does, the second time fast.

    Parameters
    ----------
    path, layout, counted, headings
        As in `read_chains`.
    folder : Path or None
        Of the cache, as from `chain_cache_folder`; made where it is not there. None: no cache.
    max_bytes : int
        When the cache is larger, what was used longest ago is deleted.

    Returns
    -------
    chains : ReadChains

    Raises
    ------
    FormatError, InputError
        As in `read_chains`; what is refused is not kept.

    Notes
    -----
    Convention: a copy belongs to the file's place, size and time of change, to what is read of it
    and to the version of the program; as soon as one differs the file is read again. A copy is
    written whole or not at all, bears its checksum in its name, and is ignored and replaced where
    it is damaged. Where the folder cannot be written, nothing is kept and nothing is said.
    """
    path = Path(path)
    if folder is None:
        return read_chains(path, layout=layout, counted=counted, headings=headings)
    state = file_state(path)
    settings = {"layout": layout, "counted": counted, "headings": dict(headings), "reader": _READER}
    key = task_key("chains", path.resolve(), settings)
    kept = _kept(folder, key) if state else None
    if kept is not None:
        return kept
    found = read_chains(path, layout=layout, counted=counted, headings=headings)
    # A file that changed while it was read would be kept under the wrong state.
    if state is not None and file_state(path) == state:
        with suppress(OSError):
            _keep(folder, key, found)
            _make_room(folder, max_bytes)
    return found


def _kept(folder: Path, key: str) -> ReadChains | None:
    """Return a copy; None where there is none or it is damaged, which deletes it."""
    for file in folder.glob(f"{key}.*.parquet"):
        with suppress(OSError):
            data = file.read_bytes()
            found = _unpacked(data) if _name(key, data) == file.name else None
            if found is not None:
                os.utime(file)
                return found
            file.unlink()
    return None


def _name(key: str, data: bytes) -> str:
    return f"{key}.{zlib.crc32(data):08x}.parquet"


def _unpacked(data: bytes) -> ReadChains | None:
    """Return what a copy holds; None where it is no copy of this version."""
    try:
        table = pl.read_parquet(io.BytesIO(data))
        told = json.loads(pl.read_parquet_metadata(io.BytesIO(data))[_META])
        faults = pl.DataFrame(told["faults"], schema=dict(FAULT_COLUMNS), orient="row")
        found = ReadChains(table, faults, told["n_rows"], told["headings"], told["is_whole"])
    except (pl.exceptions.PolarsError, KeyError, TypeError, ValueError):
        return None
    return found if dict(table.schema) == dict(CHAIN_COLUMNS) else None


def _keep(folder: Path, key: str, chains: ReadChains) -> None:
    told = {
        "faults": chains.faults.rows(),
        "n_rows": chains.n_rows,
        "headings": dict(chains.headings),
        "is_whole": chains.is_whole,
    }
    packed = io.BytesIO()
    chains.table.write_parquet(
        packed,
        compression="lz4",
        statistics=False,
        # Groups are unpacked side by side.
        row_group_size=25_000,
        metadata={_META: json.dumps(told)},
    )
    data = packed.getvalue()
    folder.mkdir(parents=True, exist_ok=True)
    part = tempfile.NamedTemporaryFile(dir=folder, prefix=".part-", delete=False)  # noqa: SIM115
    written = Path(part.name)
    try:
        with part:
            part.write(data)
        written.replace(folder / _name(key, data))
    finally:
        written.unlink(missing_ok=True)


def _make_room(folder: Path, max_bytes: int) -> None:
    """Delete what was used longest ago until the cache is small enough."""
    used = []
    for file in folder.glob("*.parquet"):
        with suppress(OSError):
            state = file.stat()
            used.append((state.st_mtime_ns, state.st_size, file))
    total = sum(size for _, size, _ in used)
    for _, size, file in sorted(used):
        if total <= max_bytes:
            return
        file.unlink(missing_ok=True)
        total -= size
