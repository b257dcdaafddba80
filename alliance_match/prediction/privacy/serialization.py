"""Publications as JSON, like fitted states."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from alliance_match.prediction.data.errors import EstimationError
from alliance_match.prediction.inference.serialization import (
    array_from_json,
    array_to_json,
    from_dict,
    to_dict,
)
from alliance_match.prediction.privacy.publication import Publication
from alliance_match.prediction.privacy.rating_versions import RatingVersions


def publication_to_dict(publication: Publication) -> dict[str, Any]:
    """Everything a publication consists of, ready for json.dumps.

    Parameters
    ----------
    publication : Publication

    Returns
    -------
    dict
        JSON values only. It holds each rater's weighted feature sums: personal data.
    """
    return {
        "fitted": to_dict(publication.fitted),
        "ratings": array_to_json(publication.ratings.rows),
        "renewed": array_to_json(publication.renewed.rows),
    }


def publication_from_dict(d: Mapping[str, Any]) -> Publication:
    """The inverse of `publication_to_dict`.

    Parameters
    ----------
    d : mapping
        What `publication_to_dict` gave, after a round trip through JSON or not.

    Returns
    -------
    Publication

    Raises
    ------
    EstimationError
        On parts that are damaged.
    """
    try:
        fitted = from_dict(d["fitted"])
        ratings, renewed = (_versions(array_from_json(d[name])) for name in ("ratings", "renewed"))
    except EstimationError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise EstimationError(f"publication: damaged ({error!r})") from error
    return Publication(fitted, ratings, renewed)


def _versions(rows: np.ndarray) -> RatingVersions:
    client_ids, therapist_ids, versions = rows.reshape(-1, 3).T
    return RatingVersions(client_ids, therapist_ids, versions)
