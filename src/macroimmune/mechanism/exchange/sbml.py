"""A run of the model as SBML Level 3: inputs as values, whatever is done as events."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from macroimmune.errors import MacroimmuneError
from macroimmune.mechanism.exchange.planned_run import PlannedRun
from macroimmune.mechanism.model import Action, model_text, parameters

__all__ = ["DAY", "DAY_ZERO", "run_antimony", "run_sbml"]

DAY, DAY_ZERO = "day", "day_zero"


def run_sbml(planned: PlannedRun) -> str:
    """Return a run as SBML Level 3.

    Parameters
    ----------
    planned : PlannedRun
        Its names are those of the model (`Engine.run` refuses others).

    Raises
    ------
    MacroimmuneError
        If the text cannot be read; says what Antimony found.

    Notes
    -----
    Convention: tools start at time 0, so time is the day plus `day_zero`; `day` is computed from
    it. What is done on one day is one event; a value that a later action changes is not constant.
    """
    text, error = _as_sbml(run_antimony(planned))
    if error:
        msg = f"{planned.name}: the run cannot be written as SBML: {error}"
        raise MacroimmuneError(msg)
    return text


@lru_cache(maxsize=2)
def _as_sbml(text: str) -> tuple[str, str]:
    """Return Antimony as SBML, and what is wrong with it."""
    # Slow to import, and needed by those who simulate alone.
    import antimony

    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(text) < 0:
        return "", " ".join(str(antimony.getLastError()).split())
    return str(antimony.getSBMLString(antimony.getMainModuleName())), ""


def run_antimony(planned: PlannedRun) -> str:
    """Return the model in Antimony with the values and events of a run."""
    told = [
        *(f"{name} = {float(value)!r}" for name, value in planned.values.items()),
        *(_noted(p.name, f"{p.meaning} ({p.unit})") for p in parameters().values()),
        f"{DAY_ZERO} = {planned.day_zero!r}",
        f"{DAY} := time - {DAY_ZERO}",
        _noted(DAY_ZERO, "time of day 0, in days after the start of this run"),
        _noted(DAY, "day of treatment or of read-out"),
        *_events(planned),
        _noted("model", _notes(planned)),
    ]
    return model_text().removesuffix("end\n") + "\n".join(told) + "\nend\n"


def _events(planned: PlannedRun) -> Iterable[str]:
    last = planned.days[-1]
    by_day: dict[float, list[Action]] = {}
    for action in sorted(planned.actions, key=lambda one: one.day):
        if action.day <= last:
            by_day.setdefault(float(action.day), []).append(action)
    for day, actions in by_day.items():
        name = "day_" + f"{day!r}".removesuffix(".0").translate({45: "m", 46: "_", 43: "p"})
        done = ", ".join(f"{name} = {formula}" for name, formula in _formulas(actions).items())
        # Not true before the start, so that what is done at the start is done too.
        yield f"{name}: at (time >= {day + planned.day_zero!r}), t0=false: {done}"


def _formulas(actions: Sequence[Action]) -> Mapping[str, str]:
    """Return by quantity what it becomes: actions of one day, the later upon the earlier."""
    formulas: dict[str, str] = {}
    for action in actions:
        before = formulas.get(action.quantity, action.quantity)
        amount = f"({float(action.amount)!r})"
        formulas[action.quantity] = {
            "add": f"({before} + {amount})",
            "set": amount,
            "multiply": f"{before}*{amount}",
        }[action.operation]
    return formulas


def _notes(planned: PlannedRun) -> str:
    return (
        f"{planned.name}. {planned.meaning} Time is in days and starts at 0; day 0 of the run is "
        f"time {planned.day_zero:g}. Cells are 10^9 cells of an adult human; cytokines are "
        "relative to healthy = 1."
    )


def _noted(name: str, text: str) -> str:
    """Return the notes of an element, without the quotes that end them."""
    return f"{name} notes ```{' '.join(text.replace('`', ' ').split())}```"
