"""What a client agrees to."""

from alliance_match.audit.actors import SystemActor
from clients.models import Consent, Purpose
from clients.services import consents_choose


def in_force(client):
    return set(Consent.objects.filter(client=client).not_withdrawn().values_list("purpose", flat=True))


def test_exactly_the_consents_chosen_are_in_force(cleo):
    consents_choose(client=cleo, purposes=[Purpose.CARE, Purpose.SHARE], by=SystemActor.COMMAND)
    assert in_force(cleo) == {"care", "share"}


def test_a_withdrawn_consent_is_kept_and_one_given_anew_is_another(cleo):
    consents_choose(client=cleo, purposes=[Purpose.CARE], by=SystemActor.COMMAND)
    consents_choose(client=cleo, purposes=[Purpose.CARE, Purpose.MATCHING], by=SystemActor.COMMAND)
    matching = Consent.objects.filter(client=cleo, purpose=Purpose.MATCHING).order_by("pk")
    assert [one.withdrawn_at is None for one in matching] == [False, True]


def test_the_same_consents_again_change_nothing(cleo):
    before = list(Consent.objects.filter(client=cleo).order_by("pk").values())
    consents_choose(client=cleo, purposes=Purpose.values, by=SystemActor.COMMAND)
    assert list(Consent.objects.filter(client=cleo).order_by("pk").values()) == before
