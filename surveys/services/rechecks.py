"""One more session, and then the question again."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.db.models.functions import Now

from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from clients.models import Episode, Session
from clients.models.session import SessionQuerySet
from surveys.models import Recheck


@transaction.atomic
def recheck_request(*, episode: Episode, by: Actor) -> bool:
    """Ask again after the next session; returns whether care goes on, else there is nothing to ask."""
    _lock(episode)
    if not Episode.objects.open().filter(pk=episode.pk).exists():
        return False
    last = Session.objects.filter(episode=episode).aggregate(last=Max("number"))["last"] or 0
    recheck, new = Recheck.objects.get_or_create(episode=episode, done_at=None, defaults={"after": last})
    if new:
        event_record(by=by, verb="recheck_request", of=recheck, clinic_id=episode.clinic_id)
    return True


@transaction.atomic
def recheck_cancel(*, episode: Episode, by: Actor) -> None:
    """Ask no more than usual."""
    for recheck in Recheck.objects.filter(episode=episode, done_at__isnull=True):
        event_record(by=by, verb="recheck_cancel", of=recheck, clinic_id=episode.clinic_id)
        recheck.delete()


def with_recheck(sessions: SessionQuerySet) -> QuerySet[Any]:
    """Sessions with `awaits_recheck`: whether a check-in about them is the one that was wanted."""
    wanted = Recheck.objects.filter(episode=OuterRef("episode"), done_at__isnull=True)
    return sessions.annotate(awaits_recheck=Exists(wanted.filter(after__lt=OuterRef("number"))))


def recheck_complete(*, session: Session) -> None:
    """A check-in about this session came: where one was wanted after an earlier one, this is it."""
    wanted = Recheck.objects.filter(episode=session.episode_id, done_at__isnull=True)
    wanted.filter(after__lt=session.number).update(done_at=Now(), number=session.number)


def _lock(episode: Episode) -> None:
    """Two tabs of the same client write one after the other."""
    Episode.objects.select_for_update(no_key=True).get(pk=episode.pk)
