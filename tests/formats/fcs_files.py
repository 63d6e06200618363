"""FCS files put together by hand, byte by byte, as other programs might write them."""


def fcs(
    body: bytes,
    *,
    version="FCS3.0",
    kind="F",
    order="1,2,3,4",
    bits=(32, 32),
    ranges=(1024, 1024),
    total=None,
    delimiter="/",
    in_header=True,
    in_text=True,
    end_shift=0,
    extra=None,
    text_tail="",
) -> bytes:
    """Return a file whose TEXT stands at byte 58 and whose events follow it at byte 4096."""
    begin, end = 4096, 4096 + len(body) - 1 + end_shift
    pairs = {"$BYTEORD": order, "$DATATYPE": kind, "$MODE": "L", "$PAR": str(len(bits))}
    if total is not None:
        pairs["$TOT"] = str(total)
    if in_text:
        pairs |= {"$BEGINDATA": str(begin), "$ENDDATA": str(end)}
    for number, (width, top) in enumerate(zip(bits, ranges, strict=True), start=1):
        pairs |= {f"$P{number}B": str(width), f"$P{number}R": str(top), f"$P{number}E": "0,0"}
        pairs |= {f"$P{number}N": f"D{number}"}
    pairs |= extra or {}
    flat = [part for pair in pairs.items() for part in pair]
    text = (delimiter + delimiter.join(flat) + delimiter + text_tail).encode()
    assert len(text) < 4000
    data = (begin, end) if in_header else (0, 0)
    places = b"".join(b"%8d" % place for place in (58, 58 + len(text) - 1, *data, 0, 0))
    header = version.encode() + b"    " + places
    return (header + text).ljust(begin) + body
