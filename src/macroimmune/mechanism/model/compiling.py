"""The model compiled to machine code by libRoadRunner, once on a machine, and kept silent."""

import os
from functools import cache
from typing import Any

from macroimmune.errors import InputError
from macroimmune.mechanism.model.composition import model_sbml, model_text
from macroimmune.mechanism.model.kept_code import code_file, keep_code, kept_code

__all__ = ["compiled_model"]


@cache
def compiled_model() -> Any:
    """Return the `RoadRunner` that every engine of this process shares.

    Raises
    ------
    InputError
        If libRoadRunner is not installed.
    """
    # SUNDIALS writes to stdout and stderr by itself; a run that fails says so in its status.
    for stream in ("ERROR", "WARNING"):
        os.environ.setdefault(f"SUNLOGGER_{stream}_FILENAME", os.devnull)
    try:
        # Slow to import, and needed by those who simulate alone.
        import roadrunner
    except ImportError as error:
        msg = (
            "the mechanistic model needs libRoadRunner, which is not installed; "
            "pip install 'macroimmune[mechanism]'"
        )
        raise InputError(msg) from error
    roadrunner.Logger.disableLogging()
    config = roadrunner.Config
    # A run takes a quarter less time than with unoptimised code; more optimisation gains no more.
    config.setValue(config.LLVM_BACKEND, config.LLJIT)
    config.setValue(config.LLJIT_OPTIMIZATION_LEVEL, config.LESS)
    path = code_file(model_text(), f"libRoadRunner {roadrunner.__version__} LLJIT less")
    code = kept_code(path)
    if code is not None:
        runner = roadrunner.RoadRunner()
        runner.loadStateS(code)
        return runner
    runner = roadrunner.RoadRunner(model_sbml())
    keep_code(path, runner.saveStateS())
    return runner
