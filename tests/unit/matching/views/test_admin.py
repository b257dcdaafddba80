"""What an admin may let the estimator see."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import AllowedTrait, PendingRescore, RescoreRun
from alliance_match.matching.presentation.rescoring import about_in_words
from alliance_match.matching.services import pending_rescores_process
from clients.models import Client
from tests import cast


@pytest.fixture
def traits(cleo):
    """Cleo with two numbers from an import."""
    Client.objects.filter(pk=cleo.pk).update(traits={"openness": 3, "age": 31})


def allow(browser, name, allow="1"):
    return browser.post(reverse("trait"), {"side": "client", "name": name, "allow": allow})


def test_an_admin_allows_a_trait_and_withdraws_it(traits, as_admin):
    assert allow(as_admin, "openness").url == reverse("rescoring")
    assert AllowedTrait.objects.get().name == "openness"
    allow(as_admin, "openness", "")
    assert not AllowedTrait.objects.exists()


def test_an_admin_cannot_allow_an_identity(traits, as_admin):
    assert allow(as_admin, "age").status_code == 404
    assert not AllowedTrait.objects.exists()


def test_an_identity_is_shown_as_never_used_and_without_a_button(traits, as_admin):
    text = as_admin.get(reverse("rescoring")).content.decode()
    assert "never used" in text
    assert text.count('name="allow"') == 1


def test_an_identity_allowed_long_ago_can_be_withdrawn(traits, linden, as_admin):
    AllowedTrait.objects.create(clinic=linden, side="client", name="age")
    assert "Withdraw" in as_admin.get(reverse("rescoring")).content.decode()
    assert allow(as_admin, "age", "").status_code == 302
    assert not AllowedTrait.objects.exists()


def test_the_page_says_neither_when_nor_how_many_answered(fitted_clinic, cleo, third_session, as_admin):
    def page():
        text = as_admin.get(reverse("rescoring")).content.decode()
        return text.partition("<main")[2].partition("</main")[0]

    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    before = page()
    cast.make_check_in(third_session, 1)
    assert PendingRescore.objects.exists()
    assert page() == before
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert page() == before
    assert "about 40" in before
    assert not re.search(r"\d:\d\d|\b4[56]\b", before)


def test_changes_that_wait_are_told_after_five_minutes(linden, cleo, as_admin):
    waiting = "Changes have waited"
    PendingRescore.objects.create(clinic=linden, client_id=cleo.pk)
    assert waiting not in as_admin.get(reverse("rescoring")).content.decode()
    PendingRescore.objects.update(created_at=timezone.now() - timedelta(minutes=6))
    assert waiting in as_admin.get(reverse("rescoring")).content.decode()


def test_what_is_done_today_is_shown_tomorrow(linden, as_admin):
    """So no figure moves at the moment when somebody answers."""

    def seconds():
        return re.findall(r"\d+\.37", as_admin.get(reverse("rescoring")).content.decode())

    done = RescoreRun.objects.create(clinic=linden, ratings=1, lists=1, moved=1, seconds=98.37)
    assert seconds() == []
    RescoreRun.objects.filter(pk=done.pk).update(done_at=done.done_at - timedelta(days=1))
    assert seconds() == ["98.37"]


def test_counts_are_said_in_tens_and_as_people_write_them():
    assert [about_in_words(count) for count in (0, 1, 9)] == ["fewer than ten"] * 3
    assert [about_in_words(count) for count in (14, 1036)] == ["about 10", "about 1,040"]
