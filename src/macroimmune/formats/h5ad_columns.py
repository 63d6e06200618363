"""The columns of cells and of genes in an AnnData file."""

from typing import Any

import numpy as np
import polars as pl

from macroimmune.errors import FormatError, InputError
from macroimmune.formats.h5ad_nodes import array_of, node_of, text_attribute, texts_of

__all__ = ["check_columns", "column_order", "read_column", "read_frame", "write_frame"]

_NULLABLE = ("nullable-integer", "nullable-boolean")


def read_frame(group: Any, place: str) -> tuple[tuple[str, ...], pl.DataFrame, tuple[str, ...]]:
    """Return the names, the columns in their order, and which columns were not read.

    Raises
    ------
    FormatError
        If the names are no texts, or a column has another length than they.
    """
    if text_attribute(group, "encoding-type") != "dataframe":
        msg = f"{place}: no data frame of anndata 0.8 or later; save the file again with anndata"
        raise FormatError(msg)
    index = text_attribute(group, "_index") or "_index"
    names = tuple(texts_of(node_of(group, index, place), f"{place}, {index}"))
    columns, skipped = [], []
    for name in column_order(group, index):
        column = read_column(node_of(group, name, place), name, f"{place}, {name}")
        if column is None:
            skipped.append(name)
        elif len(column) != len(names):
            msg = f"{place}, {name}: {len(column)} values; expected {len(names)}, one per name"
            raise FormatError(msg)
        else:
            columns.append(column)
    return names, pl.DataFrame(columns), tuple(skipped)


def column_order(group: Any, index: str) -> list[str]:
    """Return the columns in the order that was stated, those not stated after them."""
    stated = [
        name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
        for name in np.atleast_1d(group.attrs.get("column-order", ()))
    ]
    present = [name for name in group if name != index]
    return [
        *dict.fromkeys(name for name in stated if name in present),
        *(name for name in present if name not in stated),
    ]


def read_column(node: Any, name: str, place: str) -> pl.Series | None:
    """Return a column, or None where its kind is not read.

    Raises
    ------
    FormatError
        If its parts do not fit together.
    """
    kind = text_attribute(node, "encoding-type")
    if kind == "categorical":
        return _categorical(node, name, place)
    if kind in _NULLABLE:
        values = array_of(node_of(node, "values", place), place)
        mask = array_of(node_of(node, "mask", place), place).astype(bool)
        if values.shape != mask.shape or values.ndim != 1:
            msg = f"{place}: {values.shape} values, {mask.shape} marks; expected one mark per value"
            raise FormatError(msg)
        return pl.Series(name, values).set(pl.Series(mask), None)
    if kind == "string-array":
        return pl.Series(name, texts_of(node, place), dtype=pl.String)
    if kind == "array" and hasattr(node, "shape"):
        numbers = array_of(node, place)
        return pl.Series(name, numbers) if numbers.ndim == 1 else None
    return None


def _categorical(node: Any, name: str, place: str) -> pl.Series:
    """Return a categorical column; code -1 is missing.

    Raises
    ------
    FormatError
        If a code has no category, or a category stands twice.
    """
    codes = array_of(node_of(node, "codes", place), place)
    stored = node_of(node, "categories", place)
    is_text = text_attribute(stored, "encoding-type") == "string-array"
    categories = texts_of(stored, place) if is_text else np.ravel(array_of(stored, place)).tolist()
    count = len(categories)
    fits = codes.ndim == 1 and codes.dtype.kind in "iu" and len(set(categories)) == count
    if not fits or (len(codes) and (codes.min() < -1 or codes.max() >= count)):
        msg = (
            f"{place}: codes of {codes.dtype} for {count} categories; expected codes from -1 to "
            "the last category, each category once; save the file again"
        )
        raise FormatError(msg)
    places = pl.Series(codes.astype(np.int64)).replace(-1, None)
    kind = pl.Enum(categories) if is_text else None
    return pl.Series(name, categories, dtype=kind).gather(places).alias(name)


def check_columns(frame: pl.DataFrame, what: str) -> None:
    """Refuse columns that are not written, before anything is.

    Raises
    ------
    InputError
        If a column has such a type, or a name that a file cannot hold.
    """
    for name, kind in frame.schema.items():
        if name in {"", ".", "_index"} or "/" in name:
            msg = f"{what}: column {name!r}; expected a name without '/' that is not _index"
            raise InputError(msg)
        is_text = kind == pl.String or isinstance(kind, pl.Enum | pl.Categorical)
        if not (is_text or kind.is_float() or kind.is_integer() or kind == pl.Boolean):
            msg = f"{what}: column {name} is {kind}; expected numbers, truth values or text; cast"
            raise InputError(msg)


def write_frame(group: Any, names: tuple[str, ...], frame: pl.DataFrame, text: Any) -> None:
    """Write names and checked columns into an empty group; `text` is the HDF5 type of text."""
    group.attrs.update({
        "encoding-type": "dataframe",
        "encoding-version": "0.2.0",
        "_index": "_index",
    })
    group.attrs.create("column-order", frame.columns, dtype=text, shape=(frame.width,))
    _write_texts(group, "_index", list(names), text)
    for column in frame:
        _write_column(group, column, text)


def _write_texts(group: Any, name: str, texts: list[str], text: Any) -> None:
    node = group.create_dataset(name, data=np.array(texts, dtype=object), dtype=text)
    node.attrs.update({"encoding-type": "string-array", "encoding-version": "0.2.0"})


def _write_column(group: Any, column: pl.Series, text: Any) -> None:
    kind = column.dtype
    has_null = column.null_count() > 0
    if isinstance(kind, pl.Enum | pl.Categorical) or (kind == pl.String and has_null):
        _write_categorical(group, column, text)
    elif kind == pl.String:
        _write_texts(group, column.name, column.to_list(), text)
    elif kind.is_float() or not has_null:
        # A missing float is NaN.
        node = group.create_dataset(column.name, data=column.to_numpy())
        node.attrs.update({"encoding-type": "array", "encoding-version": "0.2.0"})
    else:
        _write_nullable(group, column)


def _write_nullable(group: Any, column: pl.Series) -> None:
    is_truth = column.dtype == pl.Boolean
    node = group.create_group(column.name)
    word = "boolean" if is_truth else "integer"
    node.attrs.update({"encoding-type": f"nullable-{word}", "encoding-version": "0.1.0"})
    filled = column.fill_null(value=False) if is_truth else column.fill_null(0)
    for part, values in (("values", filled), ("mask", column.is_null())):
        made = node.create_dataset(part, data=values.to_numpy())
        made.attrs.update({"encoding-type": "array", "encoding-version": "0.2.0"})


def _write_categorical(group: Any, column: pl.Series, text: Any) -> None:
    """Write the categories of an Enum in their order, those of other columns sorted."""
    words = column.cast(pl.String)
    categories = (
        column.dtype.categories.to_list()
        if isinstance(column.dtype, pl.Enum)
        else words.drop_nulls().unique().sort().to_list()
    )
    place = {word: code for code, word in enumerate(categories)}
    codes = np.array([place.get(word, -1) for word in words.to_list()], dtype=np.int32)
    node = group.create_group(column.name)
    node.attrs.update({
        "encoding-type": "categorical",
        "encoding-version": "0.2.0",
        "ordered": False,
    })
    _write_texts(node, "categories", categories, text)
    made = node.create_dataset("codes", data=codes)
    made.attrs.update({"encoding-type": "array", "encoding-version": "0.2.0"})
