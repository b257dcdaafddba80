"""What an admin may let the estimator see."""

import pytest
from django.urls import reverse

from alliance_match.matching.models import AllowedTrait
from clients.models import Client


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
