"""One setting of a plan: its default, range, unit and meaning, declared where it stands."""

import dataclasses
from collections.abc import Mapping
from typing import Any

__all__ = ["Setting", "default_of", "setting", "settings_of"]

_KEY = "setting"


@dataclasses.dataclass(frozen=True, slots=True)
class Setting:
    """What is known of a setting beside its name and type.

    Parameters
    ----------
    meaning : str
        One phrase for people; it stands as a comment in the plan that is written.
    unit : str
        Empty where it has none.
    low, high : float or None
        Permitted range, ends included; for several numbers, of each.
    choices : tuple of str
        The permitted words; empty where any text is right.
    """

    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


def setting(default: Any = dataclasses.MISSING, meaning: str = "", **known: Any) -> Any:
    """Return a dataclass field with this default, described by a `Setting`.

    Without a default the setting must be given. Mappings as defaults are copied for each plan.
    """
    metadata = {_KEY: Setting(meaning, **known)}
    if isinstance(default, Mapping):
        return dataclasses.field(default_factory=lambda: dict(default), metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def settings_of(kind: type) -> dict[str, Setting]:
    """Return the settings of a section class by name, in their order."""
    return {
        field.name: field.metadata[_KEY]
        for field in dataclasses.fields(kind)
        if _KEY in field.metadata
    }


def default_of(kind: type, name: str) -> Any:
    """Return the default of a setting, `dataclasses.MISSING` where it must be given."""
    (field,) = (field for field in dataclasses.fields(kind) if field.name == name)
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default
