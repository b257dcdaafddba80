from datetime import time, timedelta
from decimal import Decimal

from django.utils import timezone

from alliance_match.audit.actors import SystemActor
from alliance_match.matching.eligibility import eligible_pairs, known_to
from alliance_match.matching.presentation.browse import therapists_with_capacity
from clients.models import Intake, TimeWindow, Wait, Wish
from clients.services import introduction_decline, mark_set
from tests import cast
from therapists.models import Slot


def may(client, therapist):
    return bool(eligible_pairs([client], [therapist])[0, 0])


def needs(client, **answers):
    Intake.objects.update_or_create(client=client, defaults=answers)
    client.refresh_from_db()


def test_a_client_without_intake_may_see_everybody(wim, mara, jonas):
    assert eligible_pairs([wim], [mara, jonas]).all()


def test_formats_must_overlap(cleo, mara):
    mara.formats = ["in_person"]
    needs(cleo, formats=["telehealth"])
    assert not may(cleo, mara)
    needs(cleo, formats=["telehealth", "in_person"])
    assert may(cleo, mara)


def test_what_a_therapist_did_not_say_excludes_nobody(cleo, mara):
    mara.languages = []
    needs(cleo, languages=["de"])
    assert may(cleo, mara)


def test_the_lowest_fee_decides_and_an_insurer_pays_any(cleo, mara):
    mara.fee, mara.lowest_fee = Decimal(90), Decimal(60)
    needs(cleo, highest_fee=Decimal(60))
    assert may(cleo, mara)
    mara.lowest_fee = None
    assert not may(cleo, mara)
    mara.insurers = ["AOK"]
    needs(cleo, insurer="AOK")
    assert may(cleo, mara)


def test_a_wish_is_a_filter(cleo, mara, jonas):
    Wish.objects.create(client=cleo, attribute="gender", accepted=["woman"])
    assert eligible_pairs([cleo], [mara, jonas]).tolist() == [[True, False]]


def test_a_pair_in_care_is_not_suggested_again(cleo, episode, pavel, mara):
    assert eligible_pairs([cleo], [pavel, mara]).tolist() == [[False, True]]


def test_whom_a_client_put_aside_is_not_suggested_and_a_favourite_is(cleo, mara, jonas):
    mark_set(client=cleo, therapist=mara, kind="not_for_me", by=SystemActor.COMMAND)
    mark_set(client=cleo, therapist=jonas, kind="favourite", by=SystemActor.COMMAND)
    assert eligible_pairs([cleo], [mara, jonas]).tolist() == [[False, True]]


def test_whoever_said_no_is_not_suggested_and_whoever_is_asked_still_is(cleo, mara, jonas):
    introduction_decline(
        introduction=cast.make_introduction(cleo, mara), reason="elsewhere", by=SystemActor.COMMAND
    )
    cast.make_introduction(cleo, jonas)
    assert eligible_pairs([cleo], [mara, jonas]).tolist() == [[False, True]]
    assert therapists_with_capacity(clinic=cleo.clinic_id, known=list(known_to(cleo))) == [jonas]


def test_a_therapist_whose_caseload_is_full_is_not_suggested(wim, cleo, episode, pavel):
    pavel.caseload_cap = 1
    assert not may(wim, pavel)
    pavel.caseload_cap = 2
    assert may(wim, pavel)


def test_a_held_place_is_shown_to_its_holder_alone(wim, cleo, mara, jonas):
    mara.caseload_cap = 1
    now = timezone.now()
    wait = Wait.objects.create(
        client=wim, therapist=mara, notified_at=now, reserved_until=now + timedelta(days=1)
    )
    assert eligible_pairs([cleo, wim], [jonas, mara]).tolist() == [[True, False], [True, True]]
    cast.make_episode(cast.make_client(wim.clinic, "Vera"), mara, sessions=0)
    assert eligible_pairs([cleo, wim], [jonas, mara]).tolist() == [[True, False], [True, False]]
    mara.caseload_cap = 3
    assert eligible_pairs([cleo, wim], [jonas, mara]).all()
    mara.caseload_cap = 2
    Wait.objects.filter(pk=wait.pk).update(reserved_until=now)
    assert eligible_pairs([cleo, wim], [jonas, mara]).all()


def test_one_who_takes_nobody_is_not_suggested_even_to_who_holds_a_place(wim, mara):
    mara.caseload_cap, mara.accepting = 1, False
    now = timezone.now()
    Wait.objects.create(client=wim, therapist=mara, notified_at=now, reserved_until=now + timedelta(days=1))
    assert not may(wim, mara)


def test_nobody_at_all_is_no_error(cleo):
    assert eligible_pairs([cleo], []).shape == (1, 0)
    assert eligible_pairs([], []).shape == (0, 0)


def test_a_place_counts_where_the_two_would_have_to_meet_in_it(cleo, mara):
    mara.places, mara.formats = ["North"], ["in_person"]
    needs(cleo, place="South")
    assert not may(cleo, mara)
    mara.places = ["North", "South"]
    assert may(cleo, mara)
    mara.places, mara.formats = ["North"], ["in_person", "telehealth"]
    assert may(cleo, mara)
    needs(cleo, place="South", formats=["in_person"])
    assert not may(cleo, mara)


def test_hours_that_suit_both_are_needed(cleo, mara):
    TimeWindow.objects.create(client=cleo, weekday=0, starts=time(8), ends=time(12))
    slot = Slot.objects.create(therapist=mara, weekday=1, starts=time(9), ends=time(10), format="in_person")
    assert not may(cleo, mara)
    Slot.objects.filter(pk=slot.pk).update(weekday=0)
    mara.refresh_from_db()
    assert may(cleo, mara)


def test_hours_are_those_of_the_clients_own_clocks(cleo, mara):
    Slot.objects.create(therapist=mara, weekday=2, starts=time(14), ends=time(14, 50), format="in_person")
    TimeWindow.objects.create(client=cleo, weekday=2, starts=time(7), ends=time(12))
    assert not may(cleo, mara)
    cleo.user.time_zone = "America/New_York"
    cleo.user.save()
    assert may(cleo, mara)
