import struct
import time
import tracemalloc

import numpy as np
import pytest

from macroimmune.errors import FormatError, InputError
from macroimmune.formats import linear_events, read_fcs

EVENTS = [[1.5, -2.0], [0.25, 1e6], [3.0, 4.0]]


def packed(order="<", kind="f", events=EVENTS):
    return b"".join(struct.pack(f"{order}{len(event)}{kind}", *event) for event in events)


@pytest.mark.parametrize("version", ["FCS2.0", "FCS3.0", "FCS3.1"])
@pytest.mark.parametrize(("order", "spelled"), [("<", "1,2,3,4"), (">", "4,3,2,1")])
def test_single_precision_is_read_in_both_byte_orders(fcs, read, version, order, spelled):
    data = read(fcs(packed(order), version=version, order=spelled, total=3))
    assert data.version == version
    assert data.events.dtype == np.float32
    assert data.events.tolist() == EVENTS
    assert data.remarks == ()
    assert (data.names, data.antigens) == (("D1", "D2"), ("", ""))


def test_double_precision_stays_double(fcs, read):
    events = [[0.1, 1e300], [2.0, 3.0]]
    data = read(fcs(packed("<", "d", events), kind="D", bits=(64, 64), total=2))
    assert data.events.tolist() == events


def test_integers_lose_the_bits_above_their_range(fcs, read):
    # Range 1024: ten bits. 0xFC01 = 64513; 64513 & 1023 = 1. Range 1000 needs ten bits as well.
    raw = packed(">", "H", [[0xFC01, 1023], [7, 0xFFFF]])
    data = read(fcs(raw, kind="I", order="4,3,2,1", bits=(16, 16), ranges=(1024, 1000), total=2))
    assert data.events.tolist() == [[1, 1023], [7, 1023]]
    assert data.events.dtype == np.float32


def test_channels_of_different_widths_are_read(fcs, read):
    raw = struct.pack("<BHI", 200, 513, 3_000_000_001) + struct.pack("<BHI", 3, 65535, 1)
    data = read(fcs(raw, kind="I", bits=(8, 16, 32), ranges=(256, 65536, 4294967296), total=2))
    assert data.events.tolist() == [[200, 513, 3_000_000_001], [3, 65535, 1]]
    # Single precision would round 3,000,000,001.
    assert data.events.dtype == np.float64


def test_bytes_alone_have_no_order(fcs, read):
    data = read(fcs(b"\x01\x02", kind="I", order="1", bits=(8, 8), ranges=(256, 256), total=1))
    assert data.events.tolist() == [[1, 2]]


def test_many_blocks_are_read_as_one(fcs, read):
    values = (np.arange(1_500_000) % 1000).astype(">u4")
    raw = fcs(values.tobytes(), kind="I", order="4,3,2,1", ranges=(1024, 1024), total=750_000)
    assert (read(raw).events.ravel() == values).all()


def test_a_header_of_zeros_leaves_the_place_to_the_text(fcs, read):
    assert read(fcs(packed(), in_header=False, total=3)).events.tolist() == EVENTS


def test_version_2_has_its_place_in_the_header_alone(fcs, read):
    data = read(fcs(packed(), version="FCS2.0", in_text=False))
    assert data.events.tolist() == EVENTS
    assert data.remarks == ("no $TOT: the events are counted by their bytes",)


def test_an_end_that_names_the_byte_after_is_read_with_a_remark(fcs, read):
    data = read(fcs(packed(), end_shift=1, total=3))
    assert data.events.tolist() == EVENTS
    assert data.remarks == ("the end of the events is named one byte late",)


@pytest.mark.parametrize("spelled", ["3,4,1,2", "2,1,4,3", "1,3,2,4"])
def test_a_mixed_byte_order_is_read(fcs, read, spelled):
    # The order names for each byte of the file how significant it is.
    little = np.array(EVENTS, "<f4").view(np.uint8).reshape(-1, 4)
    order = [int(byte) - 1 for byte in spelled.split(",")]
    data = read(fcs(little[:, order].tobytes(), order=spelled, total=3))
    assert data.events.tolist() == EVENTS


@pytest.mark.parametrize(("order", "end"), [("1,2,3", "little"), ("3,2,1", "big")])
def test_integers_of_24_bits_are_read(fcs, read, order, end):
    numbers = [1, 70_000, 16_777_215, 3]
    raw = b"".join(number.to_bytes(3, end) for number in numbers)
    data = read(fcs(raw, kind="I", order=order, bits=(24, 24), ranges=(2**24, 1024), total=2))
    assert data.events.tolist() == [[1, 70_000 & 1023], [16_777_215, 3]]


def test_integers_of_64_bits_are_read(fcs, read):
    raw = packed("<", "Q", [[2**40, 5]])
    data = read(fcs(raw, kind="I", bits=(64, 64), ranges=(2**41, 256), total=1))
    assert data.events.tolist() == [[2**40, 5]]


def test_two_orders_that_are_none_are_refused(fcs, read):
    with pytest.raises(FormatError, match=r"\$BYTEORD = '1,1,2,3'"):
        read(fcs(packed(), order="1,1,2,3", total=3))


@pytest.mark.parametrize(("total", "n_read"), [(2, 2), (10**12, 3)])
def test_a_total_that_disagrees_with_the_bytes_is_told(fcs, read, total, n_read):
    data = read(fcs(packed(), total=total))
    assert data.events.tolist() == EVENTS[:n_read]
    assert f"$TOT says {total} events, the bytes hold 3" in data.remarks[0]


def test_two_places_are_judged_by_the_total(fcs, read):
    wrong = {"$BEGINDATA": "58", "$ENDDATA": "600"}
    data = read(fcs(packed(), total=3, extra=wrong))
    assert data.events.tolist() == EVENTS
    assert "the header fits $TOT" in data.remarks[0]


def test_no_events_are_an_empty_array(fcs, read):
    for raw in (fcs(b"", total=0), fcs(b"", total=0, in_header=False, in_text=False)):
        assert read(raw).events.shape == (0, 2)


def test_names_antigens_scales_and_time_step_are_kept(fcs, read):
    extra = {"$P1S": "CD4 / T", "$P2E": "4,1", "$TIMESTEP": "0.01", "$P2R": "1024", "note": "x"}
    data = read(fcs(packed(), total=3, delimiter="|", extra=extra))
    assert data.antigens == ("CD4 / T", "")
    assert data.amplifications == ((0, 0), (4, 1))
    assert data.time_step_seconds == 0.01
    assert data.keywords["NOTE"] == "x"
    assert data.ranges.tolist() == [1024, 1024]


def test_a_logarithmic_channel_is_made_linear_only_when_asked(fcs, read):
    data = read(fcs(packed(events=[[5, 0], [6, 256], [7, 1024]]), total=3, extra={"$P2E": "4,0"}))
    assert data.events[:, 1].tolist() == [0, 256, 1024]
    # 10 ** (4 * 256 / 1024) = 10; a value at zero of 0 is read as 1.
    assert linear_events(data).tolist() == [[5, 1], [6, 10], [7, 10_000]]
    without = read(fcs(packed(), total=3, extra={"$P2E": "4,1", "$P2R": "none"}))
    with pytest.raises(InputError, match=r"D2: logarithmic, range nan"):
        linear_events(without)


@pytest.mark.parametrize("keyword", ["$SPILLOVER", "SPILL", "SPILLOVER"])
def test_the_spillover_matrix_is_read(fcs, read, keyword):
    spillover = read(fcs(packed(), total=3, extra={keyword: "2,D2,D1,1,.2,0.03,1"})).spillover
    assert spillover.names == ("D2", "D1")
    assert spillover.matrix.tolist() == [[1, 0.2], [0.03, 1]]
    assert spillover.keyword == keyword


def test_a_compensation_matrix_of_version_3_0_names_the_first_channels(fcs, read):
    spillover = read(fcs(packed(), total=3, extra={"$COMP": "2,1,0.5,0,1"})).spillover
    assert (spillover.names, spillover.matrix.tolist()) == (("D1", "D2"), [[1, 0.5], [0, 1]])


@pytest.mark.parametrize(
    "text", ["2,D1,D2,1,0,0", "x", "3,a,b,c,1,0,0,0,1,0,0,0,1", "2,D1,D2,1,0,nan,1", "1,D1,high"]
)
def test_a_spillover_matrix_that_cannot_be_read_is_not_passed_over(fcs, read, text):
    with pytest.raises(FormatError, match=r"a\.fcs, TEXT: SPILL = .*expected"):
        read(fcs(packed(), total=3, extra={"SPILL": text}))


def test_supplemental_text_is_read_and_the_first_text_wins(fcs, read):
    more = b"/NOTE/two/$P1S/CD4/"
    raw = fcs(packed(), total=3, extra={"$BEGINSTEXT": "4120", "$ENDSTEXT": "4138", "$P1S": "CD8"})
    data = read(raw + more)
    assert raw[4120:] == b""
    assert (data.keywords["NOTE"], data.antigens[0]) == ("two", "CD8")


def test_other_data_sets_are_counted(fcs, read):
    second = fcs(packed(events=[[9, 9]]), total=1)
    first = fcs(packed(), total=3)
    at = len(fcs(packed(), total=3, extra={"$NEXTDATA": "4120"}))
    assert at == 4120
    data = read(fcs(packed(), total=3, extra={"$NEXTDATA": "4120"}) + second)
    assert len(first) == 4120
    assert (data.n_data_sets, data.events.tolist()) == (2, EVENTS)
    assert data.remarks == ("2 data sets: the first is read",)
    lost = read(fcs(packed(), total=3, extra={"$NEXTDATA": "77777"}))
    assert (lost.n_data_sets, len(lost.remarks)) == (1, 1)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"kind": "A"}, r"\$DATATYPE = 'A'"),
        ({"order": "3,4,1,2", "bits": (64, 64), "kind": "D"}, r"\$BYTEORD = '3,4,1,2'"),
        ({"bits": (32, 16)}, r"\$P2B = '16'"),
        ({"kind": "I", "bits": (10, 10)}, r"\$P1B = '10'"),
        ({"extra": {"$MODE": "H"}}, r"\$MODE = 'H'"),
        ({"extra": {"$PAR": "0"}}, r"\$PAR = '0'"),
        ({"extra": {"$PAR": "3"}}, r"no \$P3B"),
        ({"extra": {"$PAR": "999999999"}}, r"\$PAR = '999999999'"),
        ({"version": "FCS1.0"}, "expected a header"),
        ({"in_header": False, "in_text": False, "total": 3}, "neither the header"),
        ({"in_header": False, "extra": {"$ENDDATA": "9999999", "$TOT": "5000000"}}, "incomplete"),
        ({"in_header": False, "extra": {"$BEGINDATA": "99999"}}, "from byte 99999"),
        ({"in_header": False, "extra": {"$BEGINDATA": "57"}}, "from byte 57"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_was_found(fcs, read, change, found):
    with pytest.raises(FormatError, match=rf"a\.fcs.*{found}"):
        read(fcs(packed(), **change))


def test_a_file_that_was_cut_off_is_refused(fcs, read):
    with pytest.raises(FormatError, match=r"the file ends after 4119 bytes.*incomplete"):
        read(fcs(packed(), total=3)[:-1])


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FormatError, match=r"none\.fcs: cannot be read \(No such file"):
        read_fcs(tmp_path / "none.fcs")


def test_a_total_of_a_billion_allocates_nothing(fcs, read):
    raw = fcs(packed(), total=10**12, in_header=False)
    tracemalloc.start()
    read(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


BOMBS = {
    "channels": {"$PAR": "10000"},
    "byte order": {"$BYTEORD": "," * 19_000_000},
    "amplification": {"$P1E": "1," * 9_000_000},
    "spillover": {"SPILL": "2" + "," * 19_000_000},
    "number": {"$PAR": " " * 19_000_000 + "x"},
    "empty keywords": {"X": "//" * 9_000_000},
    "every character": {"X": "//" + "".join(map(chr, range(0xE000, 0xF900))) * 800},
    "keywords": {f"K{k}": "v" for k in range(900_000)},
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_text_of_19_mb_that_was_made_to_fill_the_memory_takes_little(read, name):
    least = {"$BYTEORD": "1,2,3,4", "$DATATYPE": "F", "$PAR": "1", "$P1B": "32", "$P1R": "9"}
    text = "/" + "/".join(f"{key}/{value}" for key, value in (least | BOMBS[name]).items()) + "/"
    raw = text.encode()
    head = b"FCS3.1    " + b"".join(b"%8d" % at for at in (58, 57 + len(raw), 0, 0, 0, 0))
    seconds = time.thread_time()
    tracemalloc.start()
    try:
        with pytest.raises(FormatError):
            read(head + raw)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # The text as bytes, as letters, and what is cut from it.
    assert peak < 300_000_000
    assert time.thread_time() - seconds < 5


def test_data_sets_that_share_one_long_text_are_not_read_a_hundred_times(fcs, read):
    first = fcs(packed(), total=3, extra={"$NEXTDATA": "4120"})
    text = b"/$PAR/1/$NEXTDATA/64/X/" + b"x" * 9_000_000 + b"/"
    headers = b""
    for number in range(100):
        begin = 64 * (100 - number)
        places = b"".join(b"%8d" % at for at in (begin, begin + len(text) - 1, 0, 0, 0, 0))
        headers += (b"FCS3.0    " + places).ljust(64)
    seconds = time.thread_time()
    data = read(first + headers + text)
    assert data.events.tolist() == EVENTS
    assert data.remarks == ("4 data sets: the first is read",)
    assert time.thread_time() - seconds < 2


def test_events_beyond_the_header_s_eight_digits_are_found(tmp_path, fcs, read):
    begin = 100_000_256
    text = {"$BEGINDATA": str(begin), "$ENDDATA": str(begin + 23)}
    raw = fcs(b"", total=3, in_header=False, in_text=False, extra=text)
    path = tmp_path / "large.fcs"
    with path.open("wb") as stream:
        stream.write(raw)
        stream.seek(begin)
        stream.write(packed())
    assert read_fcs(path).events.tolist() == EVENTS
    mapped = read_fcs(path, is_memory_mapped=True).events
    assert isinstance(mapped, np.memmap)
    assert mapped.tolist() == EVENTS


@pytest.mark.data
@pytest.mark.filterwarnings("ignore:FCS file .* reported incorrect data offset:UserWarning")
def test_every_public_file_equals_flowio(public_data):
    flowio = pytest.importorskip("flowio")
    paths = sorted(public_data.rglob("*.fcs"))
    assert len(paths) >= 43
    for path in paths:
        data = read_fcs(path)
        with path.open("rb") as stream:
            peer = flowio.FlowData(stream, ignore_offset_error=True)
        events = np.reshape(peer.events, (-1, peer.channel_count)).astype(np.float32)
        np.testing.assert_array_equal(data.events, events, err_msg=path.name)
        np.testing.assert_array_equal(read_fcs(path, is_memory_mapped=True).events, events)
        assert data.names == tuple(peer.pnn_labels), path.name
        assert data.antigens == tuple(label.strip() for label in peer.pns_labels), path.name
        late = ("the end of the events is named one byte late",)
        is_late = path.parent.name == "bodenmiller_bcrxl_fcs"
        assert data.remarks == (late if is_late else ()), path.name


@pytest.mark.data
def test_phosphorylated_s6_of_igm_b_cells_rises_as_published(public_data):
    # data offsets of these files are off by one; medians of arcsinh(x / 5): 0.79 to 3.45.
    medians = []
    for well in ("H05", "H08"):
        name = f"Staurosporine_igm+_{well}.fcs"
        data = read_fcs(public_data / "bodenmiller_bcrxl_fcs" / name)
        values = data.events[:, data.antigens.index("pS6")]
        medians.append(float(np.median(np.arcsinh(values / 5))))
    assert medians == pytest.approx([0.79, 3.45], abs=0.005)
