"""Which of the files that a workspace lists is the one at hand."""

from collections.abc import Callable, Sequence
from urllib.parse import unquote

from macroimmune.closest import did_you_mean
from macroimmune.cytometry.manual.gating_document import GatingDocument, WorkspaceSample
from macroimmune.errors import InputError

__all__ = ["matching_sample"]


def matching_sample(
    document: GatingDocument, file: str, stated_file: str, n_events: int
) -> tuple[WorkspaceSample, tuple[str, ...]]:
    """Return the entry of a workspace that belongs to a file, and what is odd about the match.

    Parameters
    ----------
    document : GatingDocument
        A workspace.
    file : str
        Name of the FCS file.
    stated_file : str
        Its $FIL, empty where it has none.
    n_events : int
        That it holds.

    Returns
    -------
    sample : WorkspaceSample
    remarks : tuple of str
        Empty where name and number of events agree.

    Raises
    ------
    InputError
        If none fits, or several do.

    Notes
    -----
    Convention: by the name in the workspace, then by the address at which the workspace knew the
    file, then by $FIL, then by the number of events; several that fit are told apart by their
    number of events.
    """
    rules: tuple[tuple[str, Callable[[WorkspaceSample], bool]], ...] = (
        ("", lambda one: one.name == file),
        ("by the address in the workspace", lambda one: unquote(one.address) == file),
        ("by $FIL", lambda one: bool(one.file) and one.file in {file, stated_file}),
        ("by the number of events alone, please check", lambda one: one.n_events == n_events),
    )
    for how, fits in rules:
        found = [one for one in document.samples if fits(one)]
        if len(found) > 1:
            found = [one for one in found if one.n_events == n_events] or found
        if len(found) > 1:
            msg = (
                f"{document.file}: {len(found)} entries fit {file} ({_names(found)}); "
                "expected one; take the others out of the workspace or rename them there"
            )
            raise InputError(msg)
        if found:
            return found[0], _remarks(found[0], how, file, n_events, document.file)
    msg = (
        f"{document.file}: no entry fits {file} by name, $FIL or its {n_events} events. "
        f"{did_you_mean(file, [one.name for one in document.samples])}"
    )
    raise InputError(msg)


def _names(samples: Sequence[WorkspaceSample]) -> str:
    return ", ".join(sorted(f"{one.name} [{one.id}]" for one in samples)[:5])


def _remarks(
    sample: WorkspaceSample, how: str, file: str, n_events: int, workspace: str
) -> tuple[str, ...]:
    remarks = []
    if how:
        remarks.append(f"{workspace} knows {file} as {sample.name}; matched {how}")
    if sample.n_events not in {-1, n_events}:
        remarks.append(
            f"{workspace} was drawn on {sample.n_events} events of {sample.name}, {file} has "
            f"{n_events}; the gates were applied all the same"
        )
    return tuple(remarks)
