"""One more session, and then the question again."""

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from clients.models import Episode, Session
from surveys.models import Recheck


@transaction.atomic
def recheck_request(*, episode: Episode) -> bool:
    """Ask again after the next session; returns whether care goes on, else there is nothing to ask."""
    _lock(episode)
    if not Episode.objects.open().filter(pk=episode.pk).exists():
        return False
    last = Session.objects.filter(episode=episode).aggregate(last=Max("number"))["last"] or 0
    Recheck.objects.get_or_create(episode=episode, done_at=None, defaults={"after": last})
    return True


def recheck_cancel(*, episode: Episode) -> None:
    """Ask no more than usual."""
    Recheck.objects.filter(episode=episode, done_at__isnull=True).delete()


def recheck_complete(*, session: Session) -> None:
    """A check-in about this session came: where one was wanted after an earlier one, this is it."""
    wanted = Recheck.objects.filter(episode=session.episode_id, done_at__isnull=True)
    wanted.filter(after__lt=session.number).update(done_at=Now(), number=session.number)


def _lock(episode: Episode) -> None:
    """Two tabs of the same client write one after the other."""
    Episode.objects.select_for_update(no_key=True).get(pk=episode.pk)
