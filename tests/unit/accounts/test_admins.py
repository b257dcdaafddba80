"""A clinic is run by several people, each with a name, and never by nobody."""

import pytest
from django.urls import reverse
from django.utils import timezone

from alliance_match.accounts.models import Membership, Role, User
from tests.cast import make_member


@pytest.fixture
def ilse(linden):
    """A second admin, who has logged in."""
    ilse = make_member(linden, "Ilse", Role.ADMIN)
    User.objects.filter(pk=ilse.pk).update(last_login=timezone.now())
    return ilse


def end(client, user):
    held = Membership.objects.get(user=user, role=Role.ADMIN)
    return client.post(reverse("admin_end", args=[held.pk]), follow=True)


def runs(user):
    return Membership.objects.filter(user=user, role=Role.ADMIN).exists()


def test_an_admin_invites_another_by_name(as_admin, linden, mailoutbox):
    as_admin.post(reverse("admins"), {"name": "Edda", "email": "Edda@elm.example"})
    assert runs(User.objects.get(email="edda@elm.example", name="Edda"))
    assert mailoutbox[0].to == ["edda@elm.example"]
    assert "Edda" in as_admin.get(reverse("admins")).text


def test_a_client_here_is_not_made_an_admin(as_admin, cleo):
    answer = as_admin.post(reverse("admins"), {"name": "Cleo", "email": cleo.user.email})
    assert answer.status_code == 422
    assert not runs(cleo.user)


def test_an_admin_is_relieved_at_once(as_admin, client, asha, ilse):
    client.force_login(ilse)
    assert client.get(reverse("roster")).status_code == 200
    User.objects.filter(pk=asha.pk).update(last_login=timezone.now())
    end(as_admin, ilse)
    assert client.get(reverse("roster")).status_code == 404


def test_nobody_leaves_a_clinic_to_nobody(as_admin, asha, linden):
    make_member(linden, "Edda", Role.ADMIN)  # invited, and never here
    assert "Somebody must be left" in end(as_admin, asha).text
    assert runs(asha)


def test_an_admin_of_another_clinic_is_not_here(as_admin, bruno):
    assert end(as_admin, bruno).status_code == 404
    assert runs(bruno)


def test_an_invitation_is_sent_again(as_admin, mailoutbox):
    form = {"name": "Edda", "email": "edda@elm.example"}
    as_admin.post(reverse("admins"), form)
    assert "Send the link again" in as_admin.get(reverse("admins")).text
    as_admin.post(reverse("admins"), form)
    assert [mail.to for mail in mailoutbox] == [["edda@elm.example"]] * 2
    assert User.objects.filter(email="edda@elm.example").count() == 1
