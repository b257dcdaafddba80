"""What others may see of the ratings: renewed once a day at most, and by no rating alone."""

import logging
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import NamedTuple

import numpy as np
from django.db import transaction
from django.utils import timezone

from alliance_match import prediction
from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from alliance_match.matching import dataset
from alliance_match.matching.models import (
    ModelSnapshot,
    PublishedState,
    RescoreLock,
    TrainingChange,
    TrainingRow,
)
from alliance_match.matching.services.attempts import clinic_lock
from alliance_match.matching.services.estimators import MOST, estimator_newest
from alliance_match.matching.services.pending_lists import lists_of_everybody_add
from alliance_match.prediction import (
    ConditionedAlliance,
    EstimationError,
    FittedAlliance,
    Publication,
    RatingVersions,
    conditioned,
    downdate,
    publication_from_dict,
    publication_to_dict,
    unpublished,
)

log = logging.getLogger(__name__)
# Publications are made at night; this is short of a day, so that none is missed for a night that began early.
DAILY = timedelta(hours=20)
# Nothing published holds a withdrawn rating for more than thirty days; some nights may be missed.
WITHDRAWN_KEPT = timedelta(days=20)


class PublishedEstimator(NamedTuple):
    """A published state as it is scored with: its number, the estimator, and the training rows in it."""

    number: int
    fitted: FittedAlliance
    row_ids: frozenset[int]
    rated_by_therapist: Mapping[int, int]


# By what it holds too: after a crash PostgreSQL gives the key of a row that was never committed once more.
_kept: OrderedDict[tuple[int, int | None], PublishedEstimator] = OrderedDict()


def publication_make(clinic: Clinic, newest: FittedAlliance, previous: PublishedState | None) -> Publication:
    """The blurred state of what may be published now; the rating's version is its training row."""
    rows = TrainingRow.objects.in_clinic(clinic).order_by("pk")
    ids = np.array(rows.values_list("client_id", "therapist_id", "pk"), dtype=np.int64).reshape(-1, 3)
    versions = RatingVersions(*ids.T)
    before = _previous_publication(previous)
    waiting = unpublished(versions, before)
    if waiting.any():
        held = list(rows.filter(pk__in=ids[waiting, 2].tolist()))
        newest = downdate(newest, dataset.training_table(newest.features, newest.instruments, held))
    secret = bytes(RescoreLock.objects.get(clinic=clinic).blur_secret)
    renew = previous is not None and holds_withdrawn_too_long(previous)
    return prediction.publish(newest, before, versions.kept(~waiting), secret, renew=renew)


def _previous_publication(previous: PublishedState | None) -> Publication | None:
    """None too where it is damaged: everything is then drawn as if for the first time."""
    try:
        return _read(previous) if previous else None
    except EstimationError:
        log.error("a published state is damaged")
        return None


def _read(published: PublishedState) -> Publication:
    if not published.is_as_written():
        raise EstimationError("published state: not as it was written")
    return publication_from_dict(published.state)


def publish_if_due(*, clinic: Clinic, by: Actor) -> bool:
    """Publish where that is due, and there is a state; whether it was."""
    if ModelSnapshot.objects.in_clinic(clinic).exists() and publication_is_due(clinic):
        publish(clinic=clinic, by=by)
        return True
    return False


@transaction.atomic
def publish(*, clinic: Clinic, by: Actor) -> PublishedState:
    """Publish now, and have every list scored anew. Raises as `estimator_newest`."""
    clinic_lock(clinic)
    newest = estimator_newest(clinic)
    snapshot = ModelSnapshot.objects.in_clinic(clinic).without_state().newest()
    assert snapshot is not None
    before = PublishedState.objects.in_clinic(clinic).newest()
    made = publication_make(clinic, newest, before)
    since = (before and before.withdrawn_since) or timezone.now()
    therapist_ids, counts = np.unique(made.ratings.therapist_ids, return_counts=True)
    published = PublishedState(
        clinic=clinic,
        number=before.number + 1 if before else 1,
        state=publication_to_dict(made),
        row_ids=made.ratings.versions.tolist(),
        last_change=TrainingChange.objects.in_clinic(clinic).last_number(),
        uses=snapshot.uses,
        verdict=snapshot.verdict,
        rated=len(made.ratings),
        rated_by_therapist=dict(zip(therapist_ids.tolist(), counts.tolist(), strict=True)),
        withdrawn_since=since if made.holds_withdrawn else None,
    )
    published.digest = published.content_digest()
    published.save()
    PublishedState.objects.in_clinic(clinic).exclude(pk=published.pk).delete()
    lists_of_everybody_add(clinic, news=True)
    event_record(by=by, verb="publish", of=published, clinic_id=clinic.pk)
    return published


def published_row_ids(clinic: Clinic) -> list[int]:
    """The training rows in what is published."""
    rows = PublishedState.objects.in_clinic(clinic).order_by("-number").values_list("row_ids", flat=True)
    return list(rows.first() or [])


def publication_is_due(clinic: Clinic) -> bool:
    """Whether nothing is published of what is in force, or it is of yesterday and raters changed since."""
    published = PublishedState.objects.in_clinic(clinic).without_state().newest()
    if published is None or is_outdated(clinic, published) or holds_withdrawn_too_long(published):
        return True
    changes = TrainingChange.objects.in_clinic(clinic).filter(pk__gt=published.last_change)
    return published.created_at < timezone.now() - DAILY and changes.exists()


def holds_withdrawn_too_long(published: PublishedState) -> bool:
    """Whether its global coefficients must be renewed for ratings that were withdrawn, erased or changed."""
    since = published.withdrawn_since
    return since is not None and since <= timezone.now() - WITHDRAWN_KEPT


def is_outdated(clinic: Clinic, published: PublishedState) -> bool:
    """Whether what is published knows other features or instruments than the snapshot in force: it must be
    replaced at once."""
    snapshot = ModelSnapshot.objects.in_clinic(clinic).without_state().newest()
    return snapshot is not None and snapshot.uses != published.uses


def publication_in_force(clinic: Clinic, by: Actor) -> PublishedEstimator:
    """What is published; it is made now where there is none, or none of today's features."""
    published = PublishedState.objects.in_clinic(clinic).without_state().newest()
    if published is None or is_outdated(clinic, published):
        published = publish(clinic=clinic, by=by)
    try:
        return _loaded(published)
    except EstimationError:
        return _loaded(publish(clinic=clinic, by=by))


def _loaded(published: PublishedState) -> PublishedEstimator:
    key = (published.pk, published.digest)
    if key not in _kept:
        _kept[key] = _decoded(published)
        if len(_kept) > MOST:
            _kept.popitem(last=False)
    return _kept[key]


def _decoded(published: PublishedState) -> PublishedEstimator:
    rated = {int(key): count for key, count in published.rated_by_therapist.items()}
    fitted = _read(published).fitted
    return PublishedEstimator(published.number, fitted, frozenset(published.row_ids), rated)


def publication_stored(clinic: Clinic) -> PublishedEstimator | None:
    """What is published as it is stored, whatever this process has kept; None where there is nothing.

    Raises EstimationError where it is damaged.
    """
    published = PublishedState.objects.in_clinic(clinic).newest()
    return None if published is None or is_outdated(clinic, published) else _decoded(published)


def with_own_ratings(
    clinic: Clinic, publication: PublishedEstimator, client_ids: Iterable[int]
) -> dict[int, ConditionedAlliance]:
    """For those of these clients whose own ratings are not as published: what is published, with theirs."""
    own: dict[int, tuple[list[TrainingChange], list[TrainingRow]]] = defaultdict(lambda: ([], []))
    removed = TrainingChange.objects.in_clinic(clinic).filter(client_id__in=client_ids, removed=True)
    for change in removed:
        if change.row_id in publication.row_ids:
            own[change.client_id][0].append(change)
    for row in TrainingRow.objects.filter(client__in=client_ids):
        if row.pk not in publication.row_ids:
            own[row.client_id][1].append(row)
    found = {client_id: _with_rows(publication.fitted, *rows) for client_id, rows in own.items()}
    return {client_id: fitted for client_id, fitted in found.items() if fitted is not None}


def _with_rows(
    fitted: FittedAlliance, gone: list[TrainingChange], new: list[TrainingRow]
) -> ConditionedAlliance | None:
    """Rows that cannot be taken out stay until the next publication: a fit since has given them another
    weight, or blur has left almost nothing of them."""
    added, removed = (
        dataset.training_table(fitted.features, fitted.instruments, rows) for rows in (new, gone)
    )
    try:
        return conditioned(fitted, added, removed)
    except EstimationError:
        return conditioned(fitted, added) if new else None
