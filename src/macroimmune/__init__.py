"""macroimmune: the immune macroenvironment of cancer patients, from their blood.

The verbs load on first use, so that importing the package costs nothing. None of them may bear the
name of a package inside, which would take its place once it is imported.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from macroimmune.workflow import (
        associate,
        check,
        compute_features,
        gate,
        measure_repertoires,
        measure_responses,
        meta_analysis,
        open_study,
        run,
        study_from_frames,
        write_report,
    )

__all__ = [
    "associate",
    "check",
    "compute_features",
    "gate",
    "measure_repertoires",
    "measure_responses",
    "meta_analysis",
    "open_study",
    "run",
    "study_from_frames",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module("macroimmune.workflow"), name)
