"""Files of gates from elsewhere, looked through before anything interprets them."""

from collections.abc import Callable
from dataclasses import dataclass
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
    """

    id: str
    name: str
    file: str
    address: str
    n_events: int


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
    data = _bytes(path)
    seen = _Seen(path.name)
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = seen.refuse_document_type
    parser.StartElementHandler = seen.begin
    parser.EndElementHandler = seen.end
    seen.line = lambda: parser.CurrentLineNumber
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

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: tuple[str, dict[str, str]] = ("", {})
        self.samples: list[WorkspaceSample] = []
        self.line: Callable[[], int] = lambda: 0
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
        msg = (
            f"{self.file}, line {self.line()}: declares a document type or entities, which gates "
            f"never need; {_EXPECTED} without them; save it anew from the program it came from"
        )
        raise FormatError(msg)

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        name = tag.rpartition(":")[2]
        if self._depth == 1:
            self.root = (name, attributes)
        if name in _GATES:
            self.n_gates += 1
            self._vertices_before = self.n_vertices
        elif name == "vertex":
            self.n_vertices += 1
        elif name == "dimension" and any("compensation-ref" in one for one in attributes):
            self.names_compensation = True
        self._refuse_excess()
        self._note(name, attributes)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if tag == "Sample" and self._sample is not None:
            self.samples.append(_sample(self._sample))
            self._sample = None

    def _refuse_excess(self) -> None:
        """Refuse what no person draws.

        Raises
        ------
        FormatError
            If there is too much of something.
        """
        for what, found, most in (
            ("nested", self._depth, MAX_DEPTH),
            ("elements", self._elements, MAX_ELEMENTS),
            ("vertices in one gate", self.n_vertices - self._vertices_before, MAX_VERTICES),
        ):
            if found > most:
                msg = f"{self.file}, line {self.line()}: more than {most} {what}; {_EXPECTED}"
                raise FormatError(msg)

    def _note(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Sample":
            self._sample = {}
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


def _sample(found: dict[str, str]) -> WorkspaceSample:
    address = found.get("uri", "").replace("\\", "/").rstrip("/").rpartition("/")[2]
    numbers = (found.get("count", ""), found.get("$TOT", "").strip())
    return WorkspaceSample(
        id=found.get("sampleID", ""),
        name=found.get("name", ""),
        file=found.get("$FIL", "").strip(),
        address=address,
        n_events=next((int(text) for text in numbers if text.isdecimal()), -1),
    )
