"""Files of gates from elsewhere, looked through before anything interprets them."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal
from xml.parsers import expat

from macroimmune.errors import FormatError

__all__ = ["GatingDocument", "WorkspaceSample", "read_gating_document"]

MAX_BYTES = 200_000_000
MAX_DEPTH = 128
MAX_ELEMENTS = 5_000_000
MAX_VERTICES = 10_000
_EXPECTED = "expected a FlowJo 10 workspace (.wsp) or GatingML 2.0"
_CLOSING = b"</Sample>"
_GATES = frozenset({
    "BooleanGate", "EllipsoidGate", "PolygonGate", "QuadrantGate", "RectangleGate",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class WorkspaceSample:
    """What a workspace says of one of its files.

    Parameters
    ----------
    id : str
        Its number in the workspace.
    name : str
        As people see it there.
    file : str
        $FIL as the workspace copied it.
    address : str
        Last part of where the file lay.
    n_events : int
        -1 where it is not said.
    begin, end : int
        Bytes of the document that are its element; end 0: not known.
    """

    id: str
    name: str
    file: str
    address: str
    n_events: int
    begin: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class GatingDocument:
    """A file of gates that may be interpreted.

    Parameters
    ----------
    file : str
    kind : {"workspace", "gatingml"}
    data : bytes
        What was looked through; whoever interprets the gates reads this and not the file again.
    samples : tuple of WorkspaceSample
        Of a workspace.
    n_gates, n_vertices : int
        In the whole file.
    names_compensation : bool
        Whether any dimension says how it is compensated, as GatingML requires.
    """

    file: str
    kind: Literal["workspace", "gatingml"]
    data: bytes
    samples: tuple[WorkspaceSample, ...]
    n_gates: int
    n_vertices: int
    names_compensation: bool


def read_gating_document(path: Path) -> GatingDocument:
    """Return a file of gates after it was looked through.

    Parameters
    ----------
    path : Path

    Returns
    -------
    document : GatingDocument

    Raises
    ------
    FormatError
        If it cannot be read, is larger than 200 MB, no XML, declares a document type or entities,
        is nested more than 128 deep, has more than five million elements or a gate of more than
        10,000 vertices, or is neither a workspace nor GatingML.

    Notes
    -----
    Convention: a document type is refused whatever it says, because neither FlowJo nor the GatingML
    standard needs one, and entities within it can expand without end or name files of this machine.
    """
    try:
        found = path.stat()
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror}); correct the path"
        raise FormatError(msg) from error
    return _looked_through(path, found.st_mtime_ns, found.st_size)


# All files of a study are often in one workspace: it is looked through once.
@lru_cache(maxsize=2)
def _looked_through(path: Path, _modified: int, _size: int) -> GatingDocument:
    data = _bytes(path)
    parser = expat.ParserCreate()
    seen = _Seen(path.name, data, parser)
    parser.StartDoctypeDeclHandler = seen.refuse_document_type
    parser.StartElementHandler = seen.begin
    parser.EndElementHandler = seen.end
    try:
        parser.Parse(data, True)  # noqa: FBT003
    except expat.ExpatError as error:
        what = expat.errors.messages.get(error.code, str(error.code))
        msg = f"{path.name}, line {error.lineno}: no XML ({what}); {_EXPECTED}"
        raise FormatError(msg) from error
    return GatingDocument(
        file=path.name,
        kind=seen.kind(),
        data=data,
        samples=tuple(seen.samples),
        n_gates=seen.n_gates,
        n_vertices=seen.n_vertices,
        names_compensation=seen.names_compensation,
    )


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror}); correct the path"
        raise FormatError(msg) from error
    if len(data) > MAX_BYTES:
        msg = f"{path.name}: more than 200 MB; {_EXPECTED}; save fewer files in one workspace"
        raise FormatError(msg)
    return data


class _Seen:
    """What has passed by so far."""

    def __init__(self, file: str, data: bytes, parser: expat.XMLParserType) -> None:
        self.file = file
        self.root: tuple[str, dict[str, str]] = ("", {})
        self.samples: list[WorkspaceSample] = []
        self._data = data
        self._parser = parser
        self._begin = 0
        self.n_gates = 0
        self.n_vertices = 0
        self.names_compensation = False
        self._sample: dict[str, str] | None = None
        self._depth = 0
        self._elements = 0
        self._vertices_before = 0

    def refuse_document_type(self, *_: object) -> None:
        """Refuse, before anything in it is declared.

        Raises
        ------
        FormatError
            Always.
        """
        line = self._parser.CurrentLineNumber
        msg = (
            f"{self.file}, line {line}: declares a document type or entities, which gates "
            f"never need; {_EXPECTED} without them; save it anew from the program it came from"
        )
        raise FormatError(msg)

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        name = tag.rpartition(":")[2]
        if self._depth == 1:
            self.root = (name, attributes)
        if name == "vertex":
            self.n_vertices += 1
        elif name in _GATES:
            self.n_gates += 1
            self._vertices_before = self.n_vertices
        elif name == "dimension" and not self.names_compensation:
            self.names_compensation = any("compensation-ref" in one for one in attributes)
        in_gate = self.n_vertices - self._vertices_before
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS or in_gate > MAX_VERTICES:
            self._refuse_excess(in_gate)
        if self._sample is not None or name == "Sample":
            self._note(name, attributes)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if tag == "Sample" and self._sample is not None:
            self.samples.append(_sample(self._sample, self._begin, self._end()))
            self._sample = None

    def _end(self) -> int:
        """Return the byte behind the closing tag, 0 where characters are no single bytes."""
        at = self._parser.CurrentByteIndex
        return at + len(_CLOSING) if self._data.startswith(_CLOSING, at) else 0

    def _refuse_excess(self, in_gate: int) -> None:
        """Refuse what no person draws.

        Raises
        ------
        FormatError
            Always.
        """
        what = next(
            f"{most} {word}"
            for word, found, most in (
                ("nested", self._depth, MAX_DEPTH),
                ("elements", self._elements, MAX_ELEMENTS),
                ("vertices in one gate", in_gate, MAX_VERTICES),
            )
            if found > most
        )
        line = self._parser.CurrentLineNumber
        msg = f"{self.file}, line {line}: more than {what}; {_EXPECTED}"
        raise FormatError(msg)

    def _note(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Sample":
            self._sample = {}
            self._begin = self._parser.CurrentByteIndex
        if self._sample is None:
            return
        if name == "DataSet":
            self._sample["uri"] = attributes.get("uri", "")
        elif name == "Keyword" and attributes.get("name") in {"$FIL", "$TOT"}:
            self._sample[attributes["name"]] = attributes.get("value", "")
        elif name == "SampleNode":
            for key in ("name", "count", "sampleID"):
                self._sample[key] = attributes.get(key, "")

    def kind(self) -> Literal["workspace", "gatingml"]:
        """Return what the file is.

        Raises
        ------
        FormatError
            If it is neither.
        """
        name, attributes = self.root
        if name == "Workspace" and "flowJoVersion" in attributes:
            return "workspace"
        if name == "Gating-ML":
            return "gatingml"
        msg = f"{self.file}: XML whose outermost element is {name[:40]!r}; {_EXPECTED}"
        raise FormatError(msg)


def _sample(found: dict[str, str], begin: int, end: int) -> WorkspaceSample:
    address = found.get("uri", "").replace("\\", "/").rstrip("/").rpartition("/")[2]
    numbers = (found.get("count", ""), found.get("$TOT", "").strip())
    return WorkspaceSample(
        id=found.get("sampleID", ""),
        name=found.get("name", ""),
        file=found.get("$FIL", "").strip(),
        address=address,
        n_events=next((int(text) for text in numbers if text.isdecimal()), -1),
        begin=begin,
        end=end,
    )
