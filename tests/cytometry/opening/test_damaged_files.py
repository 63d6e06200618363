"""Damaged and contradictory files are read by stated rules or refused, whatever their bytes."""

import resource
import sys
import time
import tracemalloc
from collections import Counter
from io import BytesIO

import numpy as np
import pytest

from macroimmune.cytometry.opening import open_events
from macroimmune.errors import FormatError, InputError
from macroimmune.formats import FcsHeading, Spillover, write_fcs
from macroimmune.formats.fcs_reading import read_fcs_stream

SEED = 71
SECONDS_PER_CASE, MOST_BYTES = 1.0, 30_000_000
NUMBERS = (
    b"0", b"-1", b"1", b"2", b"3", b"7", b"57", b"58", b"255", b"256", b"1024", b"4096",
    b"99999999", b"999999999999", b"1" * 19, b"1e9", b"nan", b"-inf", b"1e400", b"", b" ", b"x",
    b"0,0", b"4,0", b"400,1", b"-1,-1", b"F", b"D", b"I", b"L", b"8", b"16", b"24", b"32", b"64",
    b"10", b"1,2,3,4", b"4,3,2,1", b"3,4,1,2", b"1,2", b"2,1", b"Time", b"FSC-A", b"\xff\xfe",
    b"2,D1,D2,1,1,1,1", b"2,D1,D2,1,.1,.2,1", b"2,a,b,1,0,0,1", b"9", b"//", b"/",
)  # fmt: skip


def packed(kind, n_events=4, n_channels=3):
    rng = np.random.default_rng(1)
    return rng.integers(0, 200, (n_events, n_channels)).astype(kind).tobytes()


def written(folder):
    """Return small files of every kind that is read."""
    rng = np.random.default_rng(2)
    events = rng.normal(100, 300, (6, 4)).astype(np.float32)
    names = ("FSC-A", "D1", "D2", "Time")
    spillover = Spillover(("D1", "D2"), np.array([[1, 0.1], [0.2, 1]]))
    files = []
    for number, heading in enumerate((
        FcsHeading(names, spillover=spillover, keywords={"$P2G": "2", "$COM": "a/b"}),
        FcsHeading(("Nd142Di", "Nd143Di", "Nd144Di", "Time"), ("CD3", "CD4", "", "")),
    )):
        path = folder / f"seed{number}.fcs"
        write_fcs(path, events, heading)
        files.append(path.read_bytes())
    return files


def built(fcs):
    """Return small files as other programs write them."""
    three = {"bits": (32, 32, 32), "ranges": (1024, 1024, 1024), "total": 4}
    wide = {"bits": (8, 16, 24), "ranges": (256, 1000, 2**24), "total": 2}
    more = fcs(packed("<f4"), **three, extra={"$BEGINSTEXT": "4144", "$ENDSTEXT": "4160"})
    two = fcs(packed("<f4"), **three, extra={"$NEXTDATA": "4144", "SPILL": "2,D1,D2,1,.1,0,1"})
    return [
        fcs(packed(">f4"), **three, order="4,3,2,1", extra={"$P1S": "", "$P2E": "4,1"}),
        fcs(packed("<f4"), **three, version="FCS2.0", in_text=False, end_shift=1),
        fcs(packed("<f8"), **(three | {"bits": (64, 64, 64)}), kind="D", in_header=False),
        fcs(packed("<u2"), **(three | {"bits": (16, 16, 16)}), kind="I"),
        fcs(packed(">u4"), **three, kind="I", order="4,3,2,1"),
        fcs(packed("<f4"), **three, order="3,4,1,2", delimiter="|"),
        fcs(bytes(range(12)), **wide, kind="I"),
        more + b"/NOTE/two/$P1S/X/",
        two + fcs(packed("<f4"), **three),
    ]


def mutated(raw, other, rng):
    """Return a file with one to four faults."""
    out = bytearray(raw)
    for _ in range(int(rng.integers(1, 5))):
        one_of(FAULTS, rng)(out, other, rng)
        if not out:
            out = bytearray(b"F")
    return bytes(out)


def one_of(items, rng):
    return items[int(rng.integers(0, len(items)))]


def at_random(out, rng):
    """Return a place: mostly in header and text."""
    return int(rng.integers(0, min(len(out), 900) if rng.random() < 0.8 else len(out)))


def flip(out, _other, rng):
    out[at_random(out, rng)] = int(rng.integers(0, 256))


def digit(out, _other, rng):
    out[at_random(out, rng)] = one_of(b"0123456789,/$|- ", rng)


def cut(out, _other, rng):
    at = at_random(out, rng)
    del out[at : at + int(rng.integers(1, 40))]


def double(out, _other, rng):
    at = at_random(out, rng)
    out[at:at] = out[at : at + int(rng.integers(1, 40))]


def splice(out, other, rng):
    at = at_random(out, rng)
    out[at : at + 40] = other[at : at + 40]


def truncate(out, _other, rng):
    if rng.random() < 0.2:
        del out[int(rng.integers(1, len(out) + 1)) :]


def place(out, _other, rng):
    """Write another number into one of the six fields of the header."""
    field = 10 + 8 * int(rng.integers(0, 6))
    if len(out) >= 58:
        out[field : field + 8] = one_of(NUMBERS, rng)[:8].rjust(8)


def value(out, _other, rng):
    """Give a keyword that the layout is read from another value."""
    mark = bytes(out[58:59]) if bytes(out[58:59]) in {b"/", b"|"} else bytes(out[256:257])
    if not mark:
        return
    parts = bytes(out[:4096]).split(mark)
    keys = [k for k, part in enumerate(parts[:-2]) if part.startswith((b"$", b"SPILL"))]
    if keys:
        chosen = one_of(keys, rng)
        old, new = parts[chosen + 1], one_of(NUMBERS, rng)
        begin = sum(len(part) + 1 for part in parts[: chosen + 1])
        # In half of the files the places after it stay where the header says.
        new = new.ljust(len(old)) if rng.random() < 0.5 else new
        out[begin : begin + len(old)] = new


FAULTS = (flip, digit, cut, double, splice, truncate, place, value, value, value)


def body_only(raw, begin, end, rng):
    """Return a file whose events alone were changed."""
    out = bytearray(raw)
    for _ in range(5):
        out[int(rng.integers(begin, end))] = int(rng.integers(0, 256))
    return bytes(out)


def check_read(data, n_bytes):
    """Say whether what was read agrees with what the file says of itself."""
    n_events, n_channels = data.events.shape
    assert n_channels == int(data.keywords["$PAR"])
    assert len(data.names) == len(data.antigens) == len(data.ranges) == n_channels
    assert data.events.nbytes <= 8 * n_bytes
    told = any("$TOT" in remark for remark in data.remarks)
    assert told or int(data.keywords["$TOT"]) == n_events


def check_opened(events, data):
    """Say whether opened events have the shape of the events that were read."""
    assert events.values.shape == data.events.shape
    assert events.values.dtype == np.float32
    assert events.values.flags.f_contiguous
    assert not np.isinf(events.values).any()
    assert len(events.transforms) == len(events.panel.channels) == len(events.ranges)
    n_missing = int(np.isnan(events.values).sum())
    assert (n_missing > 0) == any("not finite" in remark for remark in events.remarks)


def tried(raw, path, transform="auto"):
    """Return what becomes of a file when it is read and when it is opened."""
    # A new file: some file systems wait for the disk where one is emptied and written again.
    path.unlink(missing_ok=True)
    path.write_bytes(raw)
    try:
        data = read_fcs_stream(BytesIO(raw), path.name)
    except FormatError as error:
        with pytest.raises(FormatError, match=path.name):
            open_events(path)
        return "refused" if path.name in str(error) else "refused without its name", None
    check_read(data, len(raw))
    try:
        check_opened(open_events(path, transform=transform, n_threads=1), data)
    except InputError as error:
        named = "read, not opened" if path.name in str(error) else "refused without its name"
        return named, data.events.shape
    return "opened", data.events.shape


def fuzz(seeds, n_cases, path):
    """Return how many files were opened, read and refused, and the longest time."""
    rng = np.random.default_rng(SEED)
    for raw in seeds:
        assert tried(raw, path)[0] == "opened"
    outcomes, longest = Counter(), 0.0
    for number in range(n_cases):
        raw = seeds[number % len(seeds)]
        start = time.thread_time()
        if number % 10 == 9:
            whole = read_fcs_stream(BytesIO(raw), path.name)
            begin = int(whole.keywords.get("$BEGINDATA", 4096))
            end = int(whole.keywords.get("$ENDDATA", len(raw) - 1))
            outcome, shape = tried(body_only(raw, begin, min(end + 1, len(raw)), rng), path)
            assert shape == whole.events.shape
        else:
            other = seeds[int(rng.integers(0, len(seeds)))]
            transform = "logicle" if number % 3 == 0 else "auto"
            outcome, _ = tried(mutated(raw, other, rng), path, transform)
        outcomes[outcome] += 1
        longest = max(longest, time.thread_time() - start)
    return outcomes, longest


def check_outcomes(outcomes, longest, n_cases):
    sys.stdout.write(f"{n_cases} damaged files: {dict(outcomes)}, longest {longest:.3f} s\n")
    assert sum(outcomes.values()) == n_cases
    assert min(outcomes["opened"], outcomes["refused"]) > n_cases / 10
    assert outcomes["read, not opened"] > 0
    assert outcomes["refused without its name"] == 0
    assert longest < SECONDS_PER_CASE


def test_two_thousand_damaged_files_are_opened_or_refused(fcs, tmp_path):
    outcomes, longest = fuzz(written(tmp_path) + built(fcs), 2000, tmp_path / "a.fcs")
    check_outcomes(outcomes, longest, 2000)


@pytest.mark.slow
@pytest.mark.data
def test_twenty_thousand_damaged_files_take_bounded_time_and_memory(fcs, tmp_path, public_data):
    real = [
        public_data / "bodenmiller_bcrxl_fcs" / "Staurosporine_cd14+hladrhigh_H08.fcs",
        public_data / "bodenmiller_bcrxl_fcs" / "Staurosporine_cd14-hladr-_H05.fcs",
        public_data / "bcrxl_paired" / "PBMC_patient2_Ref.fcs",
    ]
    seeds = written(tmp_path) + built(fcs) + [path.read_bytes() for path in real]
    fuzz(seeds, 50, tmp_path / "a.fcs")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcomes, longest = fuzz(seeds, 20_000, tmp_path / "a.fcs")
    grown = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    tracemalloc.start()
    try:
        fuzz(seeds, 1_000, tmp_path / "a.fcs")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    sys.stdout.write(f"largest memory {peak / 1e6:.1f} MB, process + {grown / 1e6:.1f} MB\n")
    check_outcomes(outcomes, longest, 20_000)
    assert peak < MOST_BYTES
    assert grown < MOST_BYTES
