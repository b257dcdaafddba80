"""What is published of how much each part counts, and when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import ModelSnapshot
from alliance_match.matching.presentation.explanation import explanation
from alliance_match.matching.services import clinic_fit, pending_rescores_process, snapshots, trait_allow
from alliance_match.matching.services.part_importance import rounded_importance
from alliance_match.prediction import PartImportance
from clients.models import Client
from surveys.models import AllianceRating
from surveys.services import rating_withdraw
from tests import cast


@pytest.fixture
def five(linden, raters):
    """Linden with five listed therapists, three of whom were rated."""
    for name in ("Ana Sousa", "Tom Vale"):
        cast.make_therapist(linden, name, style=(1, 0, -1, 0), concerns=["grief"])
    return linden


def rate(clinic, therapist, count, start):
    """So many more raters."""
    for k in range(start, start + count):
        client = cast.make_client(clinic, f"More{k}", style=[(1, 2)], status="ended")
        cast.make_rating(cast.make_episode(client, therapist).sessions.get(number=3), 60 + k % 30)


def released(clinic):
    """The weights of a fit made now."""
    return clinic_fit(clinic=clinic, by=SystemActor.WORKER).part_importance


def test_the_importance_of_every_part_is_in_half_points(five):
    weights = released(five)
    assert weights["clients"] == 45
    singles = {"agreement_structure", "agreement_feelings", "agreement_time", "agreement_warmth"}
    assert set(weights["parts"]) == {"agreement", "therapist", "responses"} | singles
    for part in weights["parts"].values():
        assert all(2 * part[name] == int(2 * part[name]) >= 0 for name in ("points", "low", "high"))


def test_only_what_was_made_to_differ_is_distinguished_from_nothing(five):
    parts = released(five)["parts"]
    assert [name for name, part in parts.items() if part["tells"]] == ["agreement"]


def test_a_trait_of_clients_has_an_importance_by_its_name(five, asha, raters):
    for k, client in enumerate(raters):
        Client.objects.filter(pk=client.pk).update(traits={"openness": k % 7})
    trait_allow(clinic=five, side="client", name="openness", by=asha)
    assert "trait_openness" in released(five)["parts"]


def test_too_few_therapists_are_not_compared_in_public(fitted_clinic):
    assert ModelSnapshot.objects.in_clinic(fitted_clinic).get().part_importance == {}


def test_fewer_than_ten_raters_have_no_importance_of_parts(linden, five):
    cut = Client.objects.in_clinic(linden).filter(code__startswith="rater").order_by("pk")
    for client in cut[9:]:
        client.consents.filter(purpose="matching").delete()
    assert released(linden) == {}


def test_a_release_stays_until_five_more_clients_have_rated(five, mara):
    first = clinic_fit(clinic=five, by=SystemActor.WORKER)
    rate(five, mara, 4, 0)
    assert released(five) == {}
    assert ModelSnapshot.objects.in_clinic(five).with_part_importance() == first
    rate(five, mara, 1, 4)
    assert released(five)["clients"] == 50


@pytest.fixture
def withdrawn(five, raters):
    """A release, and one of its ratings withdrawn since."""
    first = released(five)
    rating_withdraw(rating=AllianceRating.objects.get(training_row__client=raters[0]), by=SystemActor.COMMAND)
    assert released(five) == {}
    return first


def test_no_release_holds_a_withdrawn_rating_for_thirty_days(five, withdrawn, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=25))
    assert released(five)["clients"] == withdrawn["clients"] - 1
    assert released(five) == {}


def test_what_holds_a_withdrawn_rating_is_taken_back_where_too_few_have_rated(
    five, withdrawn, raters, time_machine
):
    for client in raters[9:]:
        client.consents.filter(purpose="matching").delete()
    time_machine.move_to(timezone.now() + timedelta(days=25))
    assert released(five)["parts"] == {}
    assert explanation(five).part_importance is None


def test_a_release_of_long_ago_stays_where_nothing_was_withdrawn(five, mara, time_machine):
    first = released(five)
    rate(five, mara, 4, 0)
    time_machine.move_to(timezone.now() + timedelta(days=25))
    assert first
    assert released(five) == {}


def test_learning_a_single_rating_releases_nothing(five, mara, monkeypatch):
    monkeypatch.setattr(snapshots, "CHANGES_KEPT", 1)
    first = clinic_fit(clinic=five, by=SystemActor.WORKER)
    rate(five, mara, 6, 0)
    pending_rescores_process(clinic=five, by=SystemActor.WORKER)
    snapshots.checkpoint_if_due(five)
    newest = ModelSnapshot.objects.in_clinic(five).newest()
    assert (newest.kind, newest.part_importance) == ("update", {})
    assert ModelSnapshot.objects.in_clinic(five).with_part_importance() == first


def test_nothing_below_nought_and_no_claim_that_rounding_does_not_bear():
    weight = PartImportance(points=1.3, low=0.2, high=2.4, evidence=9.0)
    assert weight.detected
    assert rounded_importance(weight) == {"points": 1.5, "low": 0.0, "high": 2.5, "tells": False}
    assert rounded_importance(PartImportance(0.1, -1.0, 1.2, -0.3))["low"] == 0.0
