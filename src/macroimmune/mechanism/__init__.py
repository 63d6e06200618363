"""A mechanistic model of systemic immunity and tumour: its equations, scenarios and test."""

from macroimmune.mechanism.model import Engine, parameters

__all__ = ["Engine", "parameters"]
