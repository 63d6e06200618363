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
    # LLJIT puts its code where calls cannot reach it once a process holds many libraries: a
    # segmentation fault with all of the tests collected, and none with MCJIT.
    config.setValue(config.LLVM_BACKEND, config.MCJIT)
    is_done = True
    for step in ("GVN", "INSTRUCTION_COMBINING", "CFG_SIMPLIFICATION", "DEAD_INST_ELIMINATION"):
        config.setValue(getattr(config, f"LOADSBMLOPTIONS_OPTIMIZE_{step}"), is_done)
    path = code_file(model_text(), f"libRoadRunner {roadrunner.__version__} MCJIT optimised")
    code = kept_code(path)
    if code is not None:
        runner = roadrunner.RoadRunner()
        runner.loadStateS(code)
        return runner
    runner = roadrunner.RoadRunner(model_sbml())
    keep_code(path, runner.saveStateS())
    return runner
