"""One file of a FlowJo workspace, without the gates that cannot be applied to it."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from macroimmune.cytometry.manual.gating_document import GatingDocument, WorkspaceSample
from macroimmune.cytometry.manual.manual_gates import GatePath
from macroimmune.errors import FormatError, InputError

__all__ = ["WorkspaceCut", "cut_workspace"]

_SHAPES = frozenset({"EllipsoidGate", "PolygonGate", "RectangleGate"})
_BOOLEAN = frozenset({"AndNode", "NotNode", "OrNode"})
_SCALES = frozenset({"biex", "fasinh", "linear", "log", "logicle"})
_BIEX_LENGTH = "256"
_PLAIN = re.compile(r"[\w .\-]{0,32}")


@dataclass(frozen=True, slots=True, eq=False)
class WorkspaceCut:
    """A workspace with one file.

    Parameters
    ----------
    data : bytes
    n_stored : dict from path to int
        What FlowJo counted in each of its gates.
    left_out : dict from path to str
        Gates that cannot be applied, and why.
    n_gates, n_vertices : int
        Of the gates that remain.
    """

    data: bytes
    n_stored: dict[GatePath, int]
    left_out: dict[GatePath, str]
    n_gates: int
    n_vertices: int


def cut_workspace(
    document: GatingDocument, sample: WorkspaceSample, channels: Collection[str]
) -> WorkspaceCut:
    """Return a workspace with one of its files and the gates that can be applied to it.

    Parameters
    ----------
    document : GatingDocument
    sample : WorkspaceSample
    channels : collection of str
        $PnN of the FCS file.

    Returns
    -------
    cut : WorkspaceCut

    Raises
    ------
    FormatError
        If the parts that a workspace has are not there.

    Notes
    -----
    Convention: gates of a kind that FlowKit lacks, on a channel that the file lacks (parameters
    that FlowJo derived) or on a scale that is not documented are left out with those below them and
    those that combine them; other files of the workspace cannot disturb this one.
    """
    root = _parsed(document.file, _without_others(document, sample))
    element = _only_sample(root, document, sample)
    _refuse_patterns(element, document.file)
    pruning = _Pruning(_spellings(element, channels), _take_out_unknown_scales(element))
    node = element.find("SampleNode")
    if node is not None:
        pruning.prune(node)
    _, etree = _lxml()
    return WorkspaceCut(
        data=etree.tostring(root, encoding="utf-8"),
        n_stored=pruning.n_stored,
        left_out=pruning.left_out,
        n_gates=len(pruning.n_stored),
        n_vertices=sum(1 for one in element.iter() if _tag(one) == "vertex"),
    )


def _lxml() -> tuple[Any, Any]:
    """Return a parser that resolves, loads and fetches nothing, and lxml.

    Raises
    ------
    InputError
        If lxml, which comes with FlowKit, is not installed.
    """
    try:
        # Comes with FlowKit, which is optional.
        from lxml import etree
    except ImportError as error:
        msg = (
            f"FlowJo workspaces need FlowKit, which does not import here ({error}); "
            "run: pip install 'macroimmune[flowjo]'"
        )
        raise InputError(msg) from error
    return etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True), etree


def _without_others(document: GatingDocument, sample: WorkspaceSample) -> bytes:
    """Return the bytes of a workspace without those of its other files, where they are known."""
    kept, at = [], 0
    for one in document.samples:
        if one is not sample and one.end:
            kept.append(document.data[at : one.begin])
            at = one.end
    return b"".join([*kept, document.data[at:]])


def _parsed(file: str, data: bytes) -> Any:
    parser, etree = _lxml()
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        msg = f"{file}: {error}; expected a workspace that FlowJo 10 saved"
        raise FormatError(msg) from error


def _only_sample(root: Any, document: GatingDocument, sample: WorkspaceSample) -> Any:
    """Take the groups and all other files out of a workspace and return the element of this one.

    Raises
    ------
    FormatError
        If it is not there.
    """
    groups, listed = root.find("Groups"), root.find("SampleList")
    kept = None
    if groups is not None and listed is not None:
        for group in list(groups):
            groups.remove(group)
        for one in list(listed):
            node = one.find("SampleNode")
            is_wanted = node is not None and node.get("sampleID") == sample.id
            if is_wanted and node.get("name") == sample.name and kept is None:
                kept = one
            else:
                listed.remove(one)
    if kept is None:
        msg = f"{document.file}: lacks Groups, SampleList or {sample.name}; save it anew in FlowJo"
        raise FormatError(msg)
    return kept


def _refuse_patterns(element: Any, file: str) -> None:
    """Refuse marks of compensated channels that FlowKit would take for a pattern of its own.

    Raises
    ------
    FormatError
        If one holds other characters than names do.
    """
    for matrix in element:
        for end in ("prefix", "suffix") if _tag(matrix) == "spilloverMatrix" else ():
            mark = matrix.get(end, "")
            if not _PLAIN.fullmatch(mark):
                msg = (
                    f"{file}: {end} of compensated channels {mark[:40]!r}; expected at most "
                    "32 letters, digits, spaces, hyphens and points, such as 'Comp-'; change it in "
                    "FlowJo"
                )
                raise FormatError(msg)


def _spellings(element: Any, channels: Collection[str]) -> dict[str, str]:
    """Return the channels by what gates call them: FlowJo has no strokes and marks compensation."""
    plain = [name.replace("/", "_") for name in channels]
    names = {name: name for name in plain}
    for matrix in element:
        if _tag(matrix) == "spilloverMatrix":
            prefix, suffix = matrix.get("prefix", ""), matrix.get("suffix", "")
            names |= {f"{prefix}{name}{suffix}": name for name in plain}
    return names


def _take_out_unknown_scales(element: Any) -> dict[str, str]:
    """Take scales that are not documented out, and return their kinds by channel."""
    unknown: dict[str, str] = {}
    scales = element.find("Transformations")
    for scale in [] if scales is None else list(scales):
        kind = _tag(scale)
        length = _attribute(scale, "length")
        if kind in _SCALES and (kind != "biex" or length == _BIEX_LENGTH):
            continue
        unknown |= {_attribute(parameter, "name"): kind for parameter in scale}
        scales.remove(scale)
    return unknown


class _Pruning:
    """Walks the tree of gates and takes out what cannot be applied."""

    def __init__(self, spellings: dict[str, str], unknown_scales: dict[str, str]) -> None:
        self.n_stored: dict[GatePath, int] = {}
        self.left_out: dict[GatePath, str] = {}
        self._spellings = spellings
        self._unknown_scales = unknown_scales
        self._combined: list[tuple[GatePath, Any]] = []

    def prune(self, node: Any) -> None:
        """Take out the gates below a node of the tree, then what combined them."""
        self._walk(node, ())
        waiting = self._combined
        while waiting:
            kept = []
            for path, element in waiting:
                lost = [one for one in _dependents(element) if one not in self.n_stored]
                if path in self.n_stored and lost:
                    self._leave_out(path, element, f"it combines {'/'.join(lost[0])}, not applied")
                elif path in self.n_stored:
                    kept.append((path, element))
            if len(kept) == len(waiting):
                break
            waiting = kept

    def _walk(self, node: Any, above: GatePath) -> None:
        for element in list(_children(node)):
            path = (*above, element.get("name", ""))
            if path in self.n_stored:
                again = (*above, f"{path[-1]} (second)")
                self._leave_out(again, element, "another gate has its name and place")
                continue
            reason = self._reason(element)
            if reason:
                self._leave_out(path, element, reason)
                continue
            element.set("owningGroup", element.get("owningGroup", ""))
            stored = element.get("count", "")
            self.n_stored[path] = int(stored) if stored.isdecimal() else -1
            if _tag(element) in _BOOLEAN:
                self._combined.append((path, element))
            self._walk(element, path)

    def _leave_out(self, path: GatePath, element: Any, reason: str) -> None:
        self.left_out[path] = f"not applied: {reason}"
        self.n_stored.pop(path, None)
        for inner in _below(element, path):
            self.n_stored.pop(inner, None)
            self.left_out.setdefault(inner, f"not applied: it is within {path[-1]}, not applied")
        element.getparent().remove(element)

    def _reason(self, element: Any) -> str:
        """Return why a gate cannot be applied, or nothing."""
        if _tag(element) in _BOOLEAN:
            return ""
        gate = element.find("Gate")
        shapes = [] if gate is None else [one for one in gate if isinstance(one.tag, str)]
        if len(shapes) != 1 or _tag(shapes[0]) not in _SHAPES:
            found = ", ".join(_tag(one) for one in shapes) or "nothing drawn"
            return f"{found}, neither rectangle, polygon, ellipse nor combination"
        for name in _dimensions(shapes[0]):
            channel = self._spellings.get(name)
            if channel is None:
                return f"{name} is no channel of the file"
            kind = self._unknown_scales.get(channel) or self._unknown_scales.get(name)
            if kind:
                return f"the scale of {name} ({kind}) is not documented"
        return ""


def _children(node: Any) -> Iterator[Any]:
    for part in node.findall("Subpopulations"):
        for element in part:
            if _tag(element) == "Population" or _tag(element) in _BOOLEAN:
                yield element


def _below(element: Any, path: GatePath) -> Iterator[GatePath]:
    for child in _children(element):
        inner = (*path, child.get("name", ""))
        yield inner
        yield from _below(child, inner)


def _dependents(element: Any) -> list[GatePath]:
    return [
        tuple(one.get("name", "").split("/")) for one in element.iterfind("Dependents/Dependent")
    ]


def _dimensions(shape: Any) -> Iterator[str]:
    for element in shape.iter():
        if _tag(element) == "fcs-dimension":
            yield _attribute(element, "name")


def _tag(element: Any) -> str:
    return _local(element.tag) if isinstance(element.tag, str) else ""


def _local(name: str) -> str:
    return re.sub(r"^\{.*\}", "", name)


def _attribute(element: Any, name: str) -> str:
    return next((str(v) for k, v in element.attrib.items() if _local(k) == name), "")
