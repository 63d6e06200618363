"""The heads of AnnData files, read in a process with a time limit.

The HDF5 library can hang or stop the whole program on damaged bytes. So one process reads the
files in turn and says a line of JSON for each; where it falls silent, that file is given up and a
new process goes on with those after it.
"""

import json
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from macroimmune.errors import FormatError, MacroimmuneError
from macroimmune.formats.h5ad import load_h5py, matrix_shape
from macroimmune.formats.h5ad_columns import column_order, read_column
from macroimmune.formats.h5ad_nodes import group_of, node_of, text_attribute
from macroimmune.work import guarded_lines

__all__ = ["H5adHead", "main", "read_h5ad_heads"]

_START = "from macroimmune.formats.h5ad_heads import main; main()"
_MOST_SAMPLES = 100_000


@dataclass(frozen=True, slots=True)
class H5adHead:
    """What an AnnData file holds.

    Parameters
    ----------
    n_obs, n_vars : int
        Cells (or samples) and genes.
    columns : tuple of str
        Of obs, in their order.
    samples : tuple of str
        The values of the column that was asked for, each once; empty where the file has none.
    """

    n_obs: int
    n_vars: int
    columns: tuple[str, ...]
    samples: tuple[str, ...]


def read_h5ad_heads(
    files: Sequence[tuple[Path, str]], *, seconds: float = 60.0
) -> list[H5adHead | FormatError]:
    """Return the head of each file, or why it has none.

    Parameters
    ----------
    files : sequence of (Path, str)
        A file, and the column of obs whose values are wanted; empty: none.
    seconds : float
        For each file; one that needs longer is given up.

    Returns
    -------
    heads : list of H5adHead or FormatError
        In the order of `files`. No matrix is unpacked.
    """
    found: list[H5adHead | FormatError] = []
    while len(found) < len(files):
        found.extend(_some_heads(files[len(found) :], seconds))
    return found


def _some_heads(files: Sequence[tuple[Path, str]], seconds: float) -> list[H5adHead | FormatError]:
    """Return the heads of the first files, up to the end or to one that gave none."""
    asked = json.dumps([[str(path.absolute()), column] for path, column in files])
    found: list[H5adHead | FormatError] = []
    # A process that falls silent is a process that stops: the file at which it did is given up.
    with closing(guarded_lines(_START, asked, seconds=seconds)) as lines, suppress(TimeoutError):
        found.extend(_head_of(line) for line in lines)
    if len(found) < len(files):
        msg = (
            f"{files[len(found)][0]}: not read within {seconds:g} s, or the HDF5 library gave up; "
            "expected an h5ad file; save it again"
        )
        found.append(FormatError(msg))
    return found


def _head_of(line: str) -> H5adHead | FormatError:
    said = json.loads(line)
    if "error" in said:
        return FormatError(said["error"])
    return H5adHead(said["n_obs"], said["n_vars"], tuple(said["columns"]), tuple(said["samples"]))


def main() -> None:
    """Read the files that are named on stdin, and say each head as a line of JSON on stdout."""
    for path, column in json.load(sys.stdin):
        try:
            said = _head(Path(path), column)
        except MacroimmuneError as error:
            said = {"error": str(error)}
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


def _head(path: Path, column: str) -> dict[str, Any]:
    h5py = load_h5py()
    try:
        with h5py.File(path, "r") as file:
            return _described(file, column, path.name)
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        msg = f"{path}: cannot be read ({reason[:200]}); expected an h5ad file; save it again"
        raise FormatError(msg) from error


def _described(file: Any, column: str, name: str) -> dict[str, Any]:
    sizes, columns = {}, {}
    for part in ("obs", "var"):
        group = group_of(file, part, name)
        index = text_attribute(group, "_index") or "_index"
        sizes[part] = int(node_of(group, index, f"{name}, {part}").shape[0])
        columns[part] = column_order(group, index)
    expected = (sizes["obs"], sizes["var"])
    shape = matrix_shape(node_of(file, "X", name))
    if shape != expected:
        msg = f"{name}, X: shape {shape}; expected {expected}, the names of obs and var"
        raise FormatError(msg)
    samples: list[str] = []
    if column in columns["obs"]:
        values = read_column(node_of(group_of(file, "obs", name), column, name), column, name)
        if values is not None:
            samples = [str(one) for one in values.unique().drop_nulls().to_list()[:_MOST_SAMPLES]]
    return {
        "n_obs": expected[0],
        "n_vars": expected[1],
        "columns": columns["obs"],
        "samples": sorted(samples),
    }
