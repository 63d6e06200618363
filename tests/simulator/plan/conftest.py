"""Plans by chance: every setting anywhere in its range."""

import dataclasses
import types
from typing import get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from macroimmune.simulator.plan.setting import default_of, settings_of

TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)


def sections(kind):
    """Return a strategy of instances of a section; what does not fit together is left out."""
    hints, settings = get_type_hints(kind), settings_of(kind)
    fields = {name: values(hints[name], known) for name, known in settings.items()}
    needed = {
        name: fields.pop(name) for name in settings if default_of(kind, name) is dataclasses.MISSING
    }
    given = st.fixed_dictionaries(needed, optional=fields)
    return st.builds(built, st.just(kind), given).filter(bool)


def built(kind, given):
    try:
        return kind(**given)
    except ValueError:
        return None


def values(hint, known):
    """Return a strategy of values of a type within the range of a setting."""
    origin = get_origin(hint)
    if origin is tuple:
        return st.lists(values(get_args(hint)[0], known), max_size=3).map(tuple)
    if isinstance(hint, types.GenericAlias) or origin is not None:
        names = st.sampled_from(known.choices) if known.choices else TEXTS
        plain = st.floats(known.low, known.high, allow_nan=False, allow_infinity=False)
        return st.dictionaries(names, plain, max_size=3)
    if hint is str:
        return st.sampled_from(known.choices) if known.choices else TEXTS
    if hint is bool:
        return st.booleans()
    if hint is int:
        low, high = known.low, known.high
        return st.integers(None if low is None else int(low), None if high is None else int(high))
    if hint is float:
        return st.floats(known.low, known.high, allow_nan=False, allow_infinity=False)
    return sections(hint)
