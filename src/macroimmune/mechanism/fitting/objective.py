"""The objective of a fit: targets and the claims of the sections that are fitted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from macroimmune.mechanism.fitting.claim_terms import (
    claim_terms,
    costly_claims,
    fitted_claims,
    measured_claims,
)
from macroimmune.mechanism.fitting.experiments import measured_targets, unmeasurable
from macroimmune.mechanism.fitting.fitted_parameters import ParameterSpace, parameter_space
from macroimmune.mechanism.fitting.loss import Terms, joined_terms, prior_losses, term_losses
from macroimmune.mechanism.fitting.targets import target_terms, targets
from macroimmune.mechanism.model import Engine

__all__ = ["Objective", "costly_objective", "target_objective", "whole_objective"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Objective:
    """What a fit makes small.

    Parameters
    ----------
    space : ParameterSpace
    terms : Terms
    measure : callable
        From parameters by name to the (n,) array of measured numbers on the log scale.
    """

    space: ParameterSpace
    terms: Terms
    measure: Callable[[Mapping[str, float]], Floats]

    def measured(self, logs: Floats) -> Floats:
        """Return the measured numbers at the logarithms of the parameters."""
        return self.measure(self.space.values(logs))

    def loss(self, logs: Floats, measured: Floats) -> float:
        """Return the whole loss: of the terms and of the distance from the prior."""
        prior = prior_losses(logs, self.space.centre, self.space.sd)
        return float(term_losses(measured, self.terms).sum() + prior.sum())

    def by_section(self, logs: Floats, measured: Floats) -> dict[str, float]:
        """Return the loss by experiment and section, and of the prior."""
        parts: dict[str, float] = {}
        losses = term_losses(measured, self.terms)
        for section, loss in zip(self.terms.sections, losses.tolist(), strict=True):
            parts[section] = parts.get(section, 0.0) + loss
        prior = prior_losses(logs, self.space.centre, self.space.sd)
        return parts | {"prior": float(prior.sum())}


def target_objective() -> Objective:
    """Return the objective of the targets alone, those that the model can be asked for."""
    without = unmeasurable(targets())
    chosen = tuple(one for one in targets() if one.id not in without)
    engine = Engine()
    return Objective(
        parameter_space(),
        target_terms(chosen),
        lambda values: measured_targets(engine, values, chosen),
    )


def whole_objective() -> Objective:
    """Return the objective of the targets and of the claims of the fitted sections."""
    of_targets, chosen = target_objective(), fitted_claims()
    return Objective(
        of_targets.space,
        joined_terms(of_targets.terms, claim_terms(chosen)),
        lambda values: np.concatenate([
            of_targets.measure(values),
            measured_claims(values, chosen),
        ]),
    )


def costly_objective() -> Objective:
    """Return the objective of the claims that take too long for each step of a fit."""
    chosen = costly_claims()
    return Objective(
        parameter_space(), claim_terms(chosen), lambda values: measured_claims(values, chosen)
    )
