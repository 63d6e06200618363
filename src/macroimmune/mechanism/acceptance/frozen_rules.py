"""The rules by which a claim holds: one file, fixed before the model and held by its hash."""

import tomllib
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from macroimmune.errors import MacroimmuneError

__all__ = ["RULES_SHA256", "Rules", "rules"]

# Of `data/rules.toml`, as it stood before the model was written.
RULES_SHA256 = "539e8cf7f5557678281b4942027a48a27e9c267ad40394a77ba0982947c81fdf"


@dataclass(frozen=True, slots=True)
class Rules:
    """When a claim holds; `data/rules.toml` says each in words.

    Parameters
    ----------
    up, down : float
        Limits of a ratio.
    unchanged : (float, float)
        Range of a ratio.
    not_up, not_down : float
        One-sided limits of a ratio.
    point : (float, float)
        Multiples of a stated number within which it is met.
    smallest_association : float
        Of Spearman's rho, without sign.
    patients, patients_in_draws, cohort_seed : int
        Of the virtual cohort behind associations; fewer in each draw of the parameters.
    floors : dict of str to float
        By `number`, `efficacy` and `distance`: what a smaller value counts as.
    places : tuple of str
        That periphery stands for.
    lethal_burden : float, 10^9 cells
    response_fall : float
        Share of the burden that a response takes away.
    permutations, guessing_seed : int
    draws, draws_seed : int
    held_out : tuple of str
        Sections that no fit may see.
    """

    up: float
    down: float
    unchanged: tuple[float, float]
    not_up: float
    not_down: float
    point: tuple[float, float]
    smallest_association: float
    patients: int
    patients_in_draws: int
    cohort_seed: int
    floors: dict[str, float]
    places: tuple[str, ...]
    lethal_burden: float
    response_fall: float
    permutations: int
    guessing_seed: int
    draws: int
    draws_seed: int
    held_out: tuple[str, ...]


@cache
def rules() -> Rules:
    """Return the rules.

    Raises
    ------
    MacroimmuneError
        If the file is not the one that was frozen.
    """
    content = (files("macroimmune.mechanism.acceptance") / "data" / "rules.toml").read_bytes()
    found = sha256(content).hexdigest()
    if found != RULES_SHA256:
        msg = (
            f"rules.toml has sha256 {found}, frozen was {RULES_SHA256}: the rules were fixed "
            "before the model; restore the file"
        )
        raise MacroimmuneError(msg)
    said = tomllib.loads(content.decode("utf-8"))
    contrast, association = said["contrast"], said["association"]
    return Rules(
        up=contrast["up"],
        down=contrast["down"],
        unchanged=(contrast["unchanged"][0], contrast["unchanged"][1]),
        not_up=contrast["not_up"],
        not_down=contrast["not_down"],
        point=(said["value"]["point"][0], said["value"]["point"][1]),
        smallest_association=association["smallest"],
        patients=association["patients"],
        patients_in_draws=association["patients_in_draws"],
        cohort_seed=association["seed"],
        floors=said["floors"],
        places=tuple(said["periphery"]["places"]),
        lethal_burden=said["tumour"]["lethal_burden"],
        response_fall=said["tumour"]["response_fall"],
        permutations=said["guessing"]["permutations"],
        guessing_seed=said["guessing"]["seed"],
        draws=said["draws"]["count"],
        draws_seed=said["draws"]["seed"],
        held_out=tuple(said["held_out"]["sections"]),
    )
