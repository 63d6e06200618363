"""The parts of an HDF5 file, taken one by one and only from the file itself."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from macroimmune.errors import FormatError

__all__ = [
    "MAX_ARRAY_BYTES",
    "array_of",
    "group_of",
    "inner_array",
    "node_of",
    "text_attribute",
    "texts_of",
]

MAX_ARRAY_BYTES = 8_000_000_000


def text_attribute(node: Any, name: str) -> str:
    """Return an attribute as text, empty where it is absent or no text."""
    value = node.attrs.get(name, "")
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else ""


def node_of(parent: Any, name: str, place: str) -> Any:
    """Return the part `name` of a group.

    Raises
    ------
    FormatError
        If there is none, or it is a link to another file or place.
    """
    link = parent.get(name, getlink=True) if hasattr(parent, "keys") else None
    if type(link).__name__ != "HardLink":
        found = "no part" if link is None else f"a {type(link).__name__} in the place of"
        msg = f"{place}: {found} {name!r}; expected it inside the file; save the file again"
        raise FormatError(msg)
    return parent[name]


def group_of(parent: Any, name: str, place: str) -> Any:
    """Return the group `name` of a group.

    Raises
    ------
    FormatError
        If there is none, or it is an array.
    """
    node = node_of(parent, name, place)
    if not hasattr(node, "keys"):
        msg = f"{place}: {name!r} is an array; expected a group; save it with anndata 0.8 or later"
        raise FormatError(msg)
    return node


def inner_array(node: Any, place: str) -> Any:
    """Return a dataset that lies in this file, of any size: it is read in parts.

    Raises
    ------
    FormatError
        If it is no dataset, or lies elsewhere.
    """
    if not hasattr(node, "shape") or node.shape is None:
        msg = f"{place}: a group or an empty node; expected an array; save the file again"
        raise FormatError(msg)
    if node.external or node.is_virtual:
        msg = f"{place}: an array whose values stand in another file; expected them inside"
        raise FormatError(msg)
    return node


def _checked(node: Any, place: str) -> Any:
    """Return a dataset that lies in this file and is not too large.

    Raises
    ------
    FormatError
        If it is no dataset, lies elsewhere, or unpacks to more than 8 GB.
    """
    inner_array(node, place)
    if node.size * node.dtype.itemsize > MAX_ARRAY_BYTES:
        msg = f"{place}: an array of shape {node.shape}; expected at most 8 GB; select cells first"
        raise FormatError(msg)
    return node


def array_of(node: Any, place: str) -> NDArray[Any]:
    """Return an array of numbers or truth values.

    Raises
    ------
    FormatError
        If it is none, lies outside the file or is too large.
    """
    dataset = _checked(node, place)
    # HDF5 keeps truth values as an enumeration, which h5py gives as bool.
    if dataset.dtype.kind not in "fiub":
        msg = f"{place}: an array of {dataset.dtype}; expected numbers; save the file again"
        raise FormatError(msg)
    return np.asarray(dataset[...])


def texts_of(node: Any, place: str) -> list[str]:
    """Return a list of texts.

    Raises
    ------
    FormatError
        If it is none, lies outside the file or is too large.
    """
    dataset = _checked(node, place)
    if dataset.dtype.kind not in "OS" or dataset.ndim != 1:
        msg = f"{place}: {dataset.dtype} of shape {dataset.shape}; expected a list of texts"
        raise FormatError(msg)
    # Refuses what is no text: references and arrays in cells.
    return [str(text) for text in dataset.asstr()[...]]
