"""What four Python readers see in the files: events, names, sums, and FlowKit's compensation."""

import csv
import sys
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import fcsparser
import FlowCal
import flowio
import flowkit
import numpy as np


def with_flowio(path: Path) -> tuple[list[str], np.ndarray]:
    with path.open("rb") as stream:
        data = flowio.FlowData(stream)
    return list(data.pnn_labels), data.as_array(preprocess=False)


def with_flowkit(path: Path) -> tuple[list[str], np.ndarray]:
    sample = flowkit.Sample(str(path))
    return list(sample.pnn_labels), sample.get_events(source="raw")


def with_fcsparser(path: Path) -> tuple[list[str], np.ndarray]:
    _, frame = fcsparser.parse(str(path), channel_naming="$PnN")
    return list(frame.columns), frame.to_numpy()


def with_flowcal(path: Path) -> tuple[list[str], np.ndarray]:
    data = FlowCal.io.FCSData(str(path))
    return list(data.channels), np.asarray(data)


READERS = {
    "flowio": with_flowio,
    "FlowKit": with_flowkit,
    "fcsparser": with_fcsparser,
    "FlowCal": with_flowcal,
}


def rows_of(path: Path) -> Iterator[tuple[object, ...]]:
    for reader, read in READERS.items():
        names, events = read(path)
        for name, column in zip(names, events.T, strict=True):
            total = float(np.asarray(column, dtype=float).sum())
            yield path.stem, reader, len(events), name, "sum", repr(total)
    sample = flowkit.Sample(str(path))
    if "spillover" in sample.metadata:
        sample.apply_compensation(sample.metadata["spillover"])
        compensated = sample.get_events(source="comp")
        for name, column in zip(sample.pnn_labels, compensated.T, strict=True):
            median = repr(float(np.median(column)))
            yield path.stem, "FlowKit", len(compensated), name, "compensated median", median


def main() -> None:
    *paths, rows, versions = map(Path, sys.argv[1:])
    with rows.open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["file", "reader", "events", "channel", "what", "value"])
        for path in paths:
            writer.writerows(rows_of(path))
    found = [f"{reader} {version(reader.lower())}\n" for reader in READERS]
    versions.write_text("".join(found))


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    main()
