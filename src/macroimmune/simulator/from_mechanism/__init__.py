"""Virtual studies whose people, blood and outcomes follow from the mechanistic model."""

from macroimmune.simulator.from_mechanism.model_study import ModelStudy, draw_model_study

__all__ = ["ModelStudy", "draw_model_study"]
