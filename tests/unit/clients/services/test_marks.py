"""What a client makes of a therapist."""

from alliance_match.audit.actors import SystemActor
from clients.models import Mark
from clients.services import mark_set


def test_a_later_mark_takes_the_place_of_an_earlier_one(cleo, mara):
    for kind in ("favourite", "not_for_me"):
        mark_set(client=cleo, therapist=mara, kind=kind, by=SystemActor.COMMAND)
    assert [one.kind for one in Mark.objects.all()] == ["not_for_me"]
    mark_set(client=cleo, therapist=mara, kind="", by=SystemActor.COMMAND)
    assert not Mark.objects.exists()
