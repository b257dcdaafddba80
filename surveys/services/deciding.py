"""What a client does about a bond: words kept or sent, and one more session."""

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from clients.models import Episode, Purpose, Session
from surveys.models import Note, Recheck


@transaction.atomic
def words_keep(*, episode: Episode, text: str) -> Note:
    """Keep words for the client alone, in place of those kept before."""
    _lock(episode)
    kept, _ = Note.objects.update_or_create(
        episode=episode, sent_at=None, defaults={"text": text, "written_at": Now()}
    )
    return kept


@transaction.atomic
def words_send(*, episode: Episode, text: str) -> Note | None:
    """Send words to the therapist; the same sent twice is sent once.

    None, and the words are kept, where the care has ended, nobody is there to read them or the client does
    not agree to sharing.
    """
    _lock(episode)
    if not can_send(episode):
        words_keep(episode=episode, text=text)
        return None
    last = Note.objects.filter(episode=episode).sent().first()
    Note.objects.filter(episode=episode).kept().delete()
    if last is not None and last.text == text:
        return last
    return Note.objects.create(episode=episode, text=text, sent_at=Now())


def can_send(episode: Episode) -> bool:
    """Whether words reach the therapist: care goes on, they can log in, and the client agrees to sharing."""
    going_on = Episode.objects.open().filter(pk=episode.pk, therapist__user__isnull=False)
    return going_on.exists() and episode.client.agrees_to(Purpose.SHARE)


def words_delete(*, note: Note) -> None:
    """Throw words away; of those sent, the therapist can read nothing any more."""
    Note.objects.filter(pk=note.pk).delete()


@transaction.atomic
def recheck_want(*, episode: Episode) -> bool:
    """Ask again after the next session; returns whether care goes on, else there is nothing to ask."""
    _lock(episode)
    if not Episode.objects.open().filter(pk=episode.pk).exists():
        return False
    held = Session.objects.filter(episode=episode).aggregate(last=Max("number"))["last"] or 0
    Recheck.objects.get_or_create(episode=episode, done_at=None, defaults={"after": held})
    return True


def recheck_cancel(*, episode: Episode) -> None:
    """Ask no more than usual."""
    Recheck.objects.filter(episode=episode, done_at__isnull=True).delete()


def recheck_done(*, session: Session) -> None:
    """A check-in about this session came: where one was wanted after an earlier one, this is it."""
    wanted = Recheck.objects.filter(episode=session.episode_id, done_at__isnull=True)
    wanted.filter(after__lt=session.number).update(done_at=Now(), number=session.number)


def _lock(episode: Episode) -> None:
    """Two tabs of the same client write one after the other."""
    Episode.objects.select_for_update(no_key=True).get(pk=episode.pk)
