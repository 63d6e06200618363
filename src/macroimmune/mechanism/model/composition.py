"""The whole model as one Antimony text and as SBML: processes, then parameters."""

from functools import cache
from importlib.resources import files

from macroimmune.errors import MacroimmuneError
from macroimmune.mechanism.model.parameters import parameters

__all__ = ["model_sbml", "model_text"]

NAME = "immune_macroenvironment"


@cache
def model_text() -> str:
    """Return the model in Antimony: functions, then one model with its processes and constants."""
    texts = {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in (files("macroimmune.mechanism.model") / "processes").iterdir()
        if entry.name.endswith(".ant")
    }
    functions, *processes = (texts[name] for name in sorted(texts))
    values = "\n".join(f"{p.name} = {p.value!r}" for p in parameters().values())
    return f"{functions}\nmodel {NAME}\n" + "\n".join(processes) + f"\n{values}\nend\n"


@cache
def model_sbml() -> str:
    """Return the model as SBML Level 3.

    Raises
    ------
    MacroimmuneError
        If the text of the processes cannot be read; says what Antimony found.
    """
    # Slow to import, and needed by those who simulate alone.
    import antimony

    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(model_text()) < 0:
        msg = f"the processes of the model cannot be read: {antimony.getLastError()}"
        raise MacroimmuneError(msg)
    return str(antimony.getSBMLString(NAME))
