"""Normal draws that follow from a secret alone, on every machine."""

import hmac

import numpy as np
import scipy

from alliance_match.prediction.data.arrays import Floats

# HMAC-SHA-256 gives four numbers of eight bytes each.
EACH = 4


def normal_draws(secret: bytes, purpose: bytes, count: int) -> Floats:
    """Independent standard normal draws, (count,): the same for the same secret and purpose, and for nobody
    to foretell who has not the secret."""
    key = hmac.digest(secret, purpose, "sha256")
    blocks = [hmac.digest(key, k.to_bytes(8, "big"), "sha256") for k in range(-(-count // EACH))]
    whole = np.frombuffer(b"".join(blocks), dtype=">u8")[:count]
    # 53 bits are exact as a float, and half a step keeps 0 and 1 out.
    return np.asarray(scipy.special.ndtri(((whole >> np.uint64(11)).astype(float) + 0.5) / 2.0**53))
