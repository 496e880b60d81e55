"""Logistic regression by Newton's method (iteratively reweighted least squares), with an L2 prior.

The features are few and the samples some thousands, so this needs no library beside numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_ITERATIONS: Final = 50
_CONVERGED: Final = 1e-8
_LEAST_CURVATURE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Logistic:
    """``constant`` and ``weights``, ``float64[k]``, in log-odds."""

    constant: float
    weights: Floats

    def probability(self, features: Floats) -> Floats:
        """``float64[n, k]`` to the probabilities ``float64[n]``."""
        return _sigmoid(features @ self.weights + self.constant)


def fit(features: Floats, over: Floats, counts: Floats, penalty: float) -> Logistic:
    """The model of ``over``, 0 or 1, ``float64[n]``, by ``features``, ``float64[n, k]``.

    ``counts`` is how much each sample counts. ``penalty`` is the strength of the prior on the
    weights of features with unit variance; the constant has none.
    """
    mean = np.average(features, axis=0, weights=counts)
    scale = np.sqrt(np.average((features - mean) ** 2, axis=0, weights=counts))
    scale = np.where(scale > _LEAST_CURVATURE, scale, 1.0)
    design = np.column_stack([np.ones(len(features)), (features - mean) / scale])
    prior = np.full(design.shape[1], penalty)
    prior[0] = 0.0
    weights = np.zeros(design.shape[1])
    for _ in range(_ITERATIONS):
        found = _sigmoid(design @ weights)
        curvature = counts * np.maximum(found * (1 - found), _LEAST_CURVATURE)
        hessian = design.T @ (design * curvature[:, None]) + np.diag(prior)
        step = np.linalg.solve(hessian, design.T @ (counts * (over - found)) - prior * weights)
        weights += step
        if np.max(np.abs(step)) < _CONVERGED:
            break
    raw = weights[1:] / scale
    return Logistic(float(weights[0] - raw @ mean), raw)


def area_under_curve(probabilities: Floats, over: Floats) -> float:
    """How likely a sample that is over has a higher probability than one that is not, 0..1."""
    ends, pauses = probabilities[over > 0], probabilities[over == 0]
    higher = np.mean(ends[:, None] > pauses[None, :])
    equal = np.mean(ends[:, None] == pauses[None, :])
    return float(higher + equal / 2)


def log_loss(probabilities: Floats, over: Floats, counts: Floats) -> float:
    """The mean of minus the logarithm of the probability of what was the case, in nats."""
    right = np.where(over > 0, probabilities, 1 - probabilities)
    return float(np.average(-np.log(np.maximum(right, 1e-9)), weights=counts))


def _sigmoid(values: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-np.clip(values, -40, 40)))
    return found
