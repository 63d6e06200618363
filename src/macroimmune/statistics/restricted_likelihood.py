"""The restricted likelihood of repeated samples, its slopes and its curvature.

The samples of a participant share random effects: y = X beta + Z b + e, so that their covariance is
V = v0 I + v1 Z E1 Z' + ..., linear in the variances v. Participants are independent, hence V falls
into a block for each. Blocks are padded to the size of the largest with rows of zeros whose
variance stays v0; those rows add the logarithm of v0 to the determinant and nothing else, and it is
taken off again. All sums then are products of stacks of small matrices.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "RepeatedBlocks",
    "RestrictedLikelihood",
    "repeated_blocks",
    "restricted_deviance",
    "restricted_likelihood",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RepeatedBlocks:
    """Samples by participant, padded with zeros.

    Parameters
    ----------
    x : float array, shape (participants, largest, columns)
    y : float array, shape (participants, largest)
    parts : float array, shape (variances, participants, largest, largest)
        What each variance multiplies, that of the residuals first: ones on the diagonal, ending
        where the samples of a participant end.
    sizes : int array, shape (participants,)
        Samples of each.
    """

    x: Floats
    y: Floats
    parts: Floats
    sizes: NDArray[np.intp]

    @property
    def n(self) -> int:
        """Number of samples."""
        return int(self.sizes.sum())

    def of_parts(self, chosen: list[int]) -> "RepeatedBlocks":
        """Return the blocks with the variance of the residuals and some of the others only."""
        rows = [0, *(part + 1 for part in chosen)]
        return RepeatedBlocks(self.x, self.y, self.parts[rows], self.sizes)


@dataclass(frozen=True, slots=True, eq=False)
class RestrictedLikelihood:
    """The restricted likelihood at one value of the variances.

    Parameters
    ----------
    deviance : float
        Minus twice the logarithm of the restricted likelihood.
    gradient : float array, shape (variances,)
        Of the deviance.
    hessian : float array, shape (variances, variances)
    coefficients : float array, shape (columns,)
    covariance : float array, shape (columns, columns)
        Of the coefficients, the variances taken as known.
    covariance_slopes : float array, shape (variances, columns, columns)
        Its derivatives by each variance.
    """

    deviance: float
    gradient: Floats
    hessian: Floats
    coefficients: Floats
    covariance: Floats
    covariance_slopes: Floats


def repeated_blocks(
    x: Floats, y: Floats, random: Floats, codes: NDArray[np.intp]
) -> RepeatedBlocks:
    """Return the samples by participant.

    Parameters
    ----------
    x : float array, shape (samples, columns)
    y : float array, shape (samples,)
    random : float array, shape (samples, effects)
        Columns whose coefficients differ between participants.
    codes : int array, shape (samples,)
        Participant of each sample, from 0.

    Returns
    -------
    blocks : RepeatedBlocks
        With a variance of residuals, one for each random effect, then one for each covariance of
        two effects.
    """
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes)
    place = np.arange(codes.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    rows = (codes[order], place)
    shape = (sizes.size, int(sizes.max()))
    by_x, by_y = np.zeros((*shape, x.shape[1])), np.zeros(shape)
    by_z = np.zeros((*shape, random.shape[1]))
    by_x[rows], by_y[rows], by_z[rows] = x[order], y[order], random[order]
    effects = range(random.shape[1])
    real = np.arange(shape[1]) < sizes[:, None]
    parts = [np.where(real[..., None], np.eye(shape[1]), 0.0)]
    parts += [_outer(by_z[..., k], by_z[..., k]) for k in effects]
    parts += [
        _outer(by_z[..., k], by_z[..., m]) + _outer(by_z[..., m], by_z[..., k])
        for k in effects
        for m in effects
        if m < k
    ]
    return RepeatedBlocks(by_x, by_y, np.stack(parts), sizes)


def _outer(a: Floats, b: Floats) -> Floats:
    return np.asarray(a[..., :, None] * b[..., None, :], dtype=float)


@dataclass(frozen=True, slots=True, eq=False)
class _Weighed:
    """What deviance, gradient and curvature share at one value of the variances."""

    inverse: Floats
    vx: Floats
    weighted: Floats
    moved: Floats
    products: Floats
    first: Floats
    covariance: Floats
    coefficients: Floats
    deviance: float

    @property
    def gradient(self) -> Floats:
        """Of the deviance: tr(P D) - y'P D P y, with P = V^-1 - V^-1 X C X' V^-1."""
        gradient = np.trace(self.products, axis1=2, axis2=3).sum(axis=1)
        gradient = gradient - np.einsum("ij,kji->k", self.covariance, self.first)
        return np.asarray(gradient - np.einsum("gnj,kgnj->k", self.weighted, self.moved))


def restricted_deviance(blocks: RepeatedBlocks, variances: Floats) -> tuple[float, Floats] | None:
    """Return the deviance and its gradient, None where the covariance is not positive definite.

    See `restricted_likelihood`, which also has the curvature.
    """
    at = _weighed(blocks, variances)
    return None if at is None else (at.deviance, at.gradient)


def restricted_likelihood(blocks: RepeatedBlocks, variances: Floats) -> RestrictedLikelihood | None:
    """Return the restricted likelihood at `variances`: of the residuals, then of each part.

    Returns
    -------
    likelihood : RestrictedLikelihood or None
        None where the covariance is not positive definite.

    Notes
    -----
    Convention: observed, not expected, second derivatives, as R lmerTest takes them. Checked
    against: differences of the deviance.
    """
    at = _weighed(blocks, variances)
    if at is None:
        return None
    slopes = at.covariance @ at.first @ at.covariance
    return RestrictedLikelihood(
        at.deviance,
        at.gradient,
        _hessian(at, blocks.parts),
        at.coefficients,
        at.covariance,
        slopes,
    )


def _weighed(blocks: RepeatedBlocks, variances: Floats) -> _Weighed | None:
    """Return everything weighted by the inverse covariance, None where there is no inverse."""
    groups, largest, columns = blocks.x.shape
    v = np.tensordot(variances, blocks.parts, axes=1)
    rows = np.arange(largest)
    v[:, rows, rows] += np.where(rows < blocks.sizes[:, None], 0.0, variances[0])
    try:
        root = np.linalg.cholesky(v)
    except np.linalg.LinAlgError:
        return None
    inverse = np.asarray(np.linalg.inv(v), dtype=float)
    vx, vy = inverse @ blocks.x, inverse @ blocks.y[..., None]
    information = np.einsum("gni,gnj->ij", blocks.x, vx)
    covariance = np.linalg.inv(information)
    coefficients = covariance @ np.einsum("gni,gnj->i", blocks.x, vy)
    # The residuals weighted by the inverse covariance: P y of the textbooks.
    weighted = vy - (vx @ coefficients)[..., None]
    deviance = 2.0 * float(np.log(np.diagonal(root, axis1=1, axis2=2)).sum())
    deviance -= (groups * largest - blocks.n) * float(np.log(variances[0]))
    deviance += float(np.linalg.slogdet(information)[1])
    deviance += float((blocks.y * weighted[..., 0]).sum())
    deviance += (blocks.n - columns) * float(np.log(2.0 * np.pi))
    return _Weighed(
        inverse=inverse,
        vx=vx,
        weighted=weighted,
        moved=blocks.parts @ weighted,
        products=inverse @ blocks.parts,
        first=np.einsum("gni,kgnj->kij", vx, blocks.parts @ vx),
        covariance=covariance,
        coefficients=coefficients,
        deviance=deviance,
    )


def _hessian(at: _Weighed, parts: Floats) -> Floats:
    """Return the curvature of the deviance: 2 y'P D P D P y - tr(P D P D); P is never formed."""
    size = len(parts)
    inner = at.covariance @ at.first
    through_x = np.einsum("gni,kgnj->ki", at.vx, at.moved)
    hessian = np.empty((size, size))
    for k in range(size):
        for m in range(k + 1):
            crossed = np.einsum("gni,gnj->ij", parts[k] @ at.vx, at.products[m] @ at.vx)
            trace = np.einsum("gij,gji->", at.products[k], at.products[m])
            trace = trace - 2.0 * np.sum(at.covariance * crossed.T) + np.sum(inner[k] * inner[m].T)
            bent = np.einsum("gnj,gnj->", at.moved[k], at.inverse @ at.moved[m])
            bent = bent - through_x[k] @ at.covariance @ through_x[m]
            hessian[k, m] = hessian[m, k] = 2.0 * bent - trace
    return hessian
