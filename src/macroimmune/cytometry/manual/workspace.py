"""Gates of FlowJo workspaces and GatingML applied to one FCS file."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from macroimmune.cytometry.manual.flowkit_gates import (
    AppliedGate,
    apply_gatingml,
    apply_workspace,
)
from macroimmune.cytometry.manual.gating_document import GatingDocument, read_gating_document
from macroimmune.cytometry.manual.manual_gates import GatePath, ManualGate, ManualGates
from macroimmune.cytometry.manual.matching_sample import matching_sample
from macroimmune.cytometry.manual.population_names import population_id
from macroimmune.cytometry.manual.workspace_cut import cut_workspace
from macroimmune.errors import FormatError
from macroimmune.formats import FcsHead, read_fcs_head

__all__ = ["gate_with_workspace"]

# A gate costs about what a polygon of that many corners does: compensation and scales.
_VERTICES_OF_A_GATE = 200
_MOST_WORK = 10**12
# A gate holds one byte per event.
_MOST_BYTES = 2 * 10**9
_FLOWJO_EXPORT = (
    "; FlowJo's own export of GatingML names no compensation and no populations: give the workspace"
)


def gate_with_workspace(
    workspace: Path,
    fcs: Path,
    *,
    names: Mapping[str, str] = MappingProxyType({}),
) -> ManualGates:
    """Return what the gates that people drew say of a file.

    Parameters
    ----------
    workspace : Path
        FlowJo 10 workspace (.wsp) or GatingML 2.0.
    fcs : Path
        The file, which the workspace may know under another name.
    names : mapping of str to str
        The laboratory's own names for populations, see `read_population_names`.

    Returns
    -------
    gates : ManualGates

    Raises
    ------
    InputError
        If FlowKit is not installed, or no or several entries of the workspace fit the file.
    FormatError
        If a file cannot be read as what it claims to be, or there is more to compute than a person
        draws: events times corners above 10^12, or events times gates above 2 x 10^9.

    Notes
    -----
    Convention: FlowKit applies the gates with the compensation and scales that the workspace or the
    GatingML states, which need not be those of automatic gating; GatingML is applied to whatever
    file is given. Counts may differ from FlowJo's by the few cells on the edge of a gate; larger
    differences stand in the status. Checked against: FlowKit, on the public workspace of FlowSOM.
    """
    document = read_gating_document(workspace)
    head = read_fcs_head(fcs)
    if document.kind == "workspace":
        return _by_workspace(document, fcs, head, names)
    return _by_gatingml(document, fcs, head, names)


def _by_workspace(
    document: GatingDocument, fcs: Path, head: FcsHead, names: Mapping[str, str]
) -> ManualGates:
    stated = head.keywords.get("$FIL", "").strip()
    sample, remarks = matching_sample(document, fcs.name, stated, head.n_events)
    cut = cut_workspace(document, sample, head.names)
    _refuse_excess(document, head.n_events, cut.n_vertices, cut.n_gates)
    applied, warned = apply_workspace(cut.data, sample.name, fcs, document.file)
    same = sample.n_events in {-1, head.n_events}
    stored = cut.n_stored if same else {}
    return _gates(document, fcs, head, applied, names, (*remarks, *warned), stored, cut.left_out)


def _by_gatingml(
    document: GatingDocument, fcs: Path, head: FcsHead, names: Mapping[str, str]
) -> ManualGates:
    _refuse_excess(document, head.n_events, document.n_vertices, document.n_gates)
    if document.n_gates and not document.names_compensation:
        msg = (
            f"{document.file}: no gate names its compensation, which GatingML 2.0 requires"
            f"{_FLOWJO_EXPORT}"
        )
        raise FormatError(msg)
    applied, warned = apply_gatingml(document.data, fcs, document.file)
    return _gates(document, fcs, head, applied, names, warned, {}, {})


def _refuse_excess(document: GatingDocument, n_events: int, vertices: int, gates: int) -> None:
    """Refuse work that would not end within minutes.

    Raises
    ------
    FormatError
        If there is more of it.
    """
    if n_events * (vertices + _VERTICES_OF_A_GATE * gates) > _MOST_WORK:
        msg = (
            f"{document.file}: {gates} gates with {vertices} corners for {n_events} events; "
            "expected at most 10^12 events times corners; draw simpler gates"
        )
        raise FormatError(msg)
    if n_events * gates > _MOST_BYTES:
        msg = (
            f"{document.file}: {gates} gates for {n_events} events would hold more than 2 GB; "
            "expected fewer; leave out gates that nobody reads"
        )
        raise FormatError(msg)


def _gates(
    document: GatingDocument,
    fcs: Path,
    head: FcsHead,
    applied: Iterable[AppliedGate],
    names: Mapping[str, str],
    remarks: tuple[str, ...],
    stored: Mapping[GatePath, int],
    left_out: Mapping[GatePath, str],
) -> ManualGates:
    """Name the gates and put those first that could be applied.

    Raises
    ------
    FormatError
        If FlowKit saw another number of events than the file has.
    """
    applied = tuple(applied)
    if any(one.members.size != head.n_events for one in applied):
        msg = (
            f"{fcs.name}: FlowKit reads {applied[0].members.size} events, expected {head.n_events}"
        )
        raise FormatError(msg)
    often = Counter(path[-1] for path in (*(one.path for one in applied), *left_out))
    gates = [
        _gate(one.path, one.shape, int(one.members.sum()), stored.get(one.path, -1), names, often)
        for one in applied
    ]
    gates += [
        _gate(path, "", -1, stored.get(path, -1), names, often, status)
        for path, status in left_out.items()
    ]
    return ManualGates(
        file=fcs.name,
        source=document.file,
        n_events=head.n_events,
        gates=tuple(gates),
        members=MappingProxyType({one.path: one.members for one in applied}),
        remarks=remarks,
    )


def _gate(
    path: GatePath,
    shape: str,
    n_cells: int,
    n_stored: int,
    names: Mapping[str, str],
    often: Mapping[str, int],
    status: str = "",
) -> ManualGate:
    joined = "/".join(path)
    known = population_id(path[-1], names, path=joined)
    own = path[-1] if often[path[-1]] == 1 else joined
    return ManualGate(
        path=path,
        population=known or own,
        is_known=known is not None,
        shape=shape,
        n_cells=n_cells,
        n_stored=n_stored,
        status=status or _difference(n_cells, n_stored),
    )


def _difference(n_cells: int, n_stored: int) -> str:
    """Return a sentence where FlowJo counted another number than edges explain.

    The 2 % and 10 cells are assumed: the public workspace of FlowSOM differs by 0.4 % at most.
    """
    if n_stored < 0 or abs(n_cells - n_stored) <= max(10, 0.02 * n_stored):
        return ""
    return f"FlowJo counted {n_stored} cells when the workspace was saved, here {n_cells}"
