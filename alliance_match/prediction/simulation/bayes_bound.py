"""What somebody could forecast at best in a simulated clinic: the Bayes bound."""

from dataclasses import dataclass

import numpy as np
import scipy

from alliance_match.prediction.data.arrays import Floats, Ints


@dataclass(frozen=True)
class Oracle:
    """Knows every parameter that people share, and all variances; has to infer each therapist and rater.

    Of n past ratings: client and therapist (n,) by position; surprise (n,), the rating minus what the shared
    parameters say, points; response (n, q), how much the rating answers to each of the therapist's own
    coefficients per standard deviation of that; client_sd and noise_sd (n,), points. Of C new clients with T
    therapists: shared (C, T), what the shared parameters say, and new_response (C, q).
    """

    client: Ints
    therapist: Ints
    surprise: Floats
    response: Floats
    client_sd: float
    noise_sd: Floats
    shared: Floats
    new_response: Floats

    def bound(self) -> Floats:
        """Posterior mean (C, T) of the new pairs' alliance, points.

        On average no forecast from these ratings has a lower squared error, if pairs were made and ended by
        chance and no rating was cut off. Else it is what an oracle finds who does not know of that.
        """
        T, q = self.shared.shape[1], self.response.shape[1]
        n = len(self.surprise)
        row = np.arange(n)
        column = self.therapist[:, None] * q + np.arange(q)
        of_therapists = scipy.sparse.csr_array(
            (self.response.ravel(), (np.repeat(row, q), column.ravel())), shape=(n, T * q)
        )
        raters, rater = np.unique(self.client, return_inverse=True)
        of_raters = scipy.sparse.csr_array((np.full(n, self.client_sd), (row, rater)), shape=(n, len(raters)))
        design = scipy.sparse.hstack([of_raters, of_therapists], format="csr") / self.noise_sd[:, None]
        precision = scipy.sparse.eye_array(design.shape[1]) + design.T @ design
        found = scipy.sparse.linalg.splu(precision.tocsc()).solve(design.T @ (self.surprise / self.noise_sd))
        own = found[len(raters) :].reshape(T, q)
        return np.asarray(self.shared + self.new_response @ own.T)
