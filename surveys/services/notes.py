"""What a client wants to say to their therapist: kept for themselves, or sent."""

from django.db import transaction
from django.db.models.functions import Now

from alliance_match.audit.actors import Actor
from alliance_match.audit.services import event_record
from clients.models import Episode, Purpose
from surveys.models import Note


@transaction.atomic
def note_keep(*, episode: Episode, text: str, by: Actor) -> Note:
    """Keep words for the client alone, in place of those kept before."""
    _lock(episode)
    kept, _ = Note.objects.update_or_create(
        episode=episode, sent_at=None, defaults={"text": text, "written_at": Now()}
    )
    event_record(by=by, verb="note_keep", of=kept, clinic_id=episode.clinic_id)
    return kept


@transaction.atomic
def note_send(*, episode: Episode, text: str, by: Actor) -> Note | None:
    """Send words to the therapist; the same sent twice is sent once.

    None, and the words are kept, where the care has ended, nobody is there to read them or the client does
    not agree to sharing.
    """
    _lock(episode)
    if not note_can_be_sent(episode=episode):
        note_keep(episode=episode, text=text, by=by)
        return None
    last = Note.objects.filter(episode=episode).sent().first()
    Note.objects.filter(episode=episode).kept().delete()
    if last is not None and last.text == text:
        return last
    sent = Note.objects.create(episode=episode, text=text, sent_at=Now())
    event_record(by=by, verb="note_send", of=sent, clinic_id=episode.clinic_id)
    return sent


def note_can_be_sent(*, episode: Episode) -> bool:
    """Whether words reach the therapist: care goes on, they can log in, and the client agrees to sharing."""
    going_on = Episode.objects.open().filter(pk=episode.pk, therapist__user__isnull=False)
    return going_on.exists() and episode.client.agrees_to(Purpose.SHARE)


@transaction.atomic
def note_discard(*, note: Note, by: Actor) -> None:
    """Throw words away; of those sent, the therapist can read nothing any more."""
    if Note.objects.filter(pk=note.pk).delete()[0]:
        event_record(by=by, verb="note_discard", of=note, clinic_id=note.episode.clinic_id)


def _lock(episode: Episode) -> None:
    """Two tabs of the same client write one after the other."""
    Episode.objects.select_for_update(no_key=True).get(pk=episode.pk)
