"""Gates of workspaces and GatingML applied by FlowKit."""

import io
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from macroimmune.cytometry.manual.manual_gates import GatePath
from macroimmune.errors import FormatError, InputError

__all__ = ["AppliedGate", "apply_gatingml", "apply_workspace"]

# Catching warnings and FlowKit's own state are of the whole process; files wait for each other.
_ONE_AT_A_TIME = threading.Lock()
# What FlowKit lets through when a file of gates is not as it expects.
_UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True, eq=False)
class AppliedGate:
    """A gate and its members.

    Parameters
    ----------
    path : tuple of str
    shape : str
    members : bool array, shape (events,)
    """

    path: GatePath
    shape: str
    members: NDArray[np.bool_]


def apply_workspace(
    document: bytes, sample: str, fcs: Path, source: str
) -> tuple[tuple[AppliedGate, ...], tuple[str, ...]]:
    """Return the gates of the only file of a workspace, and what FlowKit warned of.

    Parameters
    ----------
    document : bytes
        The workspace, looked through and cut to that file.
    sample : str
        Its name in the workspace.
    fcs : Path
    source : str
        The workspace, for messages.

    Returns
    -------
    gates : tuple of AppliedGate
        Parents first.
    warned : tuple of str

    Raises
    ------
    InputError
        If FlowKit is not installed.
    FormatError
        If FlowKit cannot read the gates or the FCS file.
    """
    with _flowkit(source) as (flowkit, warned):
        strategies = flowkit.parse_wsp(io.BytesIO(document))["samples"]
        gates = _applied(flowkit, strategies[sample]["gating_strategy"], fcs, sample)
    return gates, tuple(warned)


def apply_gatingml(
    document: bytes, fcs: Path, source: str
) -> tuple[tuple[AppliedGate, ...], tuple[str, ...]]:
    """Return the gates of GatingML applied to a file, and what FlowKit warned of.

    Parameters
    ----------
    document : bytes
        GatingML 2.0, looked through.
    fcs : Path
    source : str
        The file of the gates, for messages.

    Returns
    -------
    gates : tuple of AppliedGate
        Parents first.
    warned : tuple of str

    Raises
    ------
    InputError
        If FlowKit is not installed.
    FormatError
        If FlowKit cannot read the gates or the FCS file.
    """
    with _flowkit(source) as (flowkit, warned):
        strategy = flowkit.parse_gating_xml(io.BytesIO(document))
        gates = _applied(flowkit, strategy, fcs, fcs.name)
    return gates, tuple(warned)


@contextmanager
def _flowkit(source: str) -> Iterator[tuple[ModuleType, list[str]]]:
    """Give FlowKit and the list that its warnings go to; its errors become ours.

    Raises
    ------
    FormatError
        If it stumbles over the file of the gates.
    """
    warned: list[str] = []
    with _ONE_AT_A_TIME, warnings.catch_warnings(record=True) as caught:
        # Imports of its own dependencies warn too, which says nothing of the files.
        warnings.simplefilter("ignore")
        flowkit = _imported()
        unreadable = (*_UNREADABLE, flowkit.exceptions.FlowKitException)
        warnings.simplefilter("always")
        try:
            yield flowkit, warned
        except FormatError:
            raise
        except unreadable as error:
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            msg = (
                f"{source}: FlowKit cannot apply its gates ({reason}); expected a workspace that "
                "FlowJo 10 saved or GatingML 2.0; save it anew"
            )
            raise FormatError(msg) from error
        warned += dict.fromkeys(f"FlowKit: {one.message}" for one in caught)


def _imported() -> ModuleType:
    """Import FlowKit, which takes seconds and is an optional dependency.

    Raises
    ------
    InputError
        If it is not installed.
    """
    try:
        import flowkit
    except ImportError as error:
        msg = (
            f"gates from elsewhere need FlowKit, which does not import here ({error}); "
            "run: pip install 'macroimmune[flowjo]'"
        )
        raise InputError(msg) from error
    return flowkit  # type: ignore[no-any-return]


def _applied(
    flowkit: ModuleType,
    strategy: Any,
    fcs: Path,
    name: str,
) -> tuple[AppliedGate, ...]:
    """Apply a gating strategy of FlowKit to a file."""
    sample = _sample(flowkit, fcs, name)
    results = strategy.gate_sample(sample)
    rows: Sequence[Mapping[str, Any]] = results.report.to_dict("records")
    gates = []
    for row in rows:
        above = tuple(row["gate_path"])
        members = results.get_gate_membership(row["gate_name"], above)
        quadrants = (row["quadrant_parent"],) if isinstance(row["quadrant_parent"], str) else ()
        path = (*above[1:], *quadrants, row["gate_name"])
        gates.append(AppliedGate(path, row["gate_type"], np.asarray(members, dtype=np.bool_)))
    return tuple(gates)


def _sample(flowkit: ModuleType, fcs: Path, name: str) -> Any:
    """Return the FCS file as FlowKit reads it.

    Raises
    ------
    FormatError
        If it does not.
    """
    reading = flowkit.exceptions.FCSParsingError.__mro__[1]
    try:
        return flowkit.Sample(fcs, sample_id=name, use_flowjo_labels=True, subsample=1)
    except (reading, OSError, *_UNREADABLE):
        # Files whose header and text disagree on where the events stand.
        pass
    try:
        return flowkit.Sample(
            fcs,
            sample_id=name,
            use_flowjo_labels=True,
            subsample=1,
            ignore_offset_error=True,
            ignore_offset_discrepancy=True,
        )
    except (reading, OSError, *_UNREADABLE) as error:
        msg = f"{fcs.name}: FlowKit cannot read it ({error}); expected FCS 2.0 to 3.1"
        raise FormatError(msg) from error
