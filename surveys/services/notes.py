"""What a client wants to say to their therapist: kept for themselves, or sent."""

from django.db import transaction
from django.db.models.functions import Now

from clients.models import Episode, Purpose
from surveys.models import Note


@transaction.atomic
def note_keep(*, episode: Episode, text: str) -> Note:
    """Keep words for the client alone, in place of those kept before."""
    _lock(episode)
    kept, _ = Note.objects.update_or_create(
        episode=episode, sent_at=None, defaults={"text": text, "written_at": Now()}
    )
    return kept


@transaction.atomic
def note_send(*, episode: Episode, text: str) -> Note | None:
    """Send words to the therapist; the same sent twice is sent once.

    None, and the words are kept, where the care has ended, nobody is there to read them or the client does
    not agree to sharing.
    """
    _lock(episode)
    if not note_can_be_sent(episode=episode):
        note_keep(episode=episode, text=text)
        return None
    last = Note.objects.filter(episode=episode).sent().first()
    Note.objects.filter(episode=episode).kept().delete()
    if last is not None and last.text == text:
        return last
    return Note.objects.create(episode=episode, text=text, sent_at=Now())


def note_can_be_sent(*, episode: Episode) -> bool:
    """Whether words reach the therapist: care goes on, they can log in, and the client agrees to sharing."""
    going_on = Episode.objects.open().filter(pk=episode.pk, therapist__user__isnull=False)
    return going_on.exists() and episode.client.agrees_to(Purpose.SHARE)


def note_discard(*, note: Note) -> None:
    """Throw words away; of those sent, the therapist can read nothing any more."""
    Note.objects.filter(pk=note.pk).delete()


def _lock(episode: Episode) -> None:
    """Two tabs of the same client write one after the other."""
    Episode.objects.select_for_update(no_key=True).get(pk=episode.pk)
