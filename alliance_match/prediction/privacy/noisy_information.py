"""What is known of coefficients once what the ratings say of them was blurred.

Ratings say of k coefficients as much as their information J and their moment m = J·β + (0, J). Blurred, the
moment is m + η with η of variance N: it has the information K·J with K = J (J + N)⁻¹.
"""

from dataclasses import dataclass

import numpy as np

from alliance_match.prediction.data.arrays import Floats


@dataclass(frozen=True)
class NoisyInformation:
    """Of coefficients in groups: what of the information stays, `kept` = K (…, k, k), and with the prior the
    `precision` (…, k, k) and the `mean` (…, k)."""

    kept: Floats
    precision: Floats
    mean: Floats

    @property
    def covariance(self) -> Floats:
        """The inverse of the precision."""
        return np.asarray(np.linalg.inv(self.precision))


def noisy_information(
    precision: Floats, mean: Floats, prior: tuple[Floats, Floats], noise: Floats, draws: Floats
) -> NoisyInformation:
    """Blur what the ratings say.

    precision (…, k, k) and mean (…, k) of the posterior; precision (k,) and mean (k,) of the prior; noise
    (…, k), the variances of η, and draws (…, k), standard normal.
    """
    prior_precision, prior_mean = np.diag(prior[0]), prior[1]
    information = precision - prior_precision
    added = noise[..., None] * np.eye(noise.shape[-1])
    kept = np.broadcast_to(np.eye(noise.shape[-1]), information.shape)
    if (noise > 0).any():
        # I − N (J + N)⁻¹, for J is singular where there are few ratings.
        kept = kept - added @ np.linalg.inv(information + added)
    said = np.einsum("...ab,...b->...a", precision, mean) - prior_precision @ prior_mean
    moment = np.einsum("...ab,...b->...a", kept, said + np.sqrt(noise) * draws)
    blurred = kept @ information
    blurred = (blurred + np.swapaxes(blurred, -1, -2)) / 2.0 + prior_precision
    solved = np.linalg.solve(blurred, (moment + prior_precision @ prior_mean)[..., None])[..., 0]
    return NoisyInformation(kept, blurred, solved)
