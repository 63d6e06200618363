"""A hash of all by which claims are read: answers that were kept are of the same state or none."""

from hashlib import sha256
from importlib.resources import files

from macroimmune.mechanism.model import model_text

__all__ = ["claims_state"]


def claims_state() -> str:
    """Return a hash of the model and of all data of scenarios and claims."""
    found = sha256(model_text().encode())
    for package in ("acceptance", "scenarios"):
        data = files(f"macroimmune.mechanism.{package}") / "data"
        for path in sorted(data.iterdir(), key=lambda one: one.name):
            if path.is_file():
                found.update(path.read_bytes())
    return found.hexdigest()
