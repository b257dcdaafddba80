"""An admin says who answers alerts about danger, and when the clinic works."""

import pytest
from django.urls import reverse
from django.utils import timezone

from alliance_match.accounts.models import Membership, User
from alliance_match.safety.models import CrisisCare
from tests.cast import make_crisis_care

PAGE = reverse("crisis_care")


@pytest.fixture(autouse=True)
def mara_was_here(mara):
    """Mara has logged in before."""
    User.objects.filter(pk=mara.user_id).update(last_login=timezone.now())


@pytest.fixture
def care(linden, mara, asha):
    return make_crisis_care(linden, mara.user, asha)


def test_an_admin_says_who_answers(linden, asha, mara, as_admin):
    sent = {"owner": mara.user.pk, "backup": asha.pk, "days": ["0", "6"], "opens": "08:30", "closes": "18:00"}

    assert as_admin.post(PAGE, sent).status_code == 302
    care = CrisisCare.objects.get()
    assert (care.clinic, care.owner, care.backup, care.days) == (linden, mara.user, asha, [0, 6])
    assert "The PHQ-9 is asked." in as_admin.get(PAGE).text


def test_whoever_was_never_here_answers_for_nobody(mara, asha, as_admin):
    User.objects.filter(pk=mara.user_id).update(last_login=None)
    sent = {"owner": mara.user.pk, "backup": asha.pk, "days": ["0"], "opens": "08:30", "closes": "18:00"}

    assert as_admin.post(PAGE, sent).status_code == 422
    assert f'value="{mara.user.pk}"' not in as_admin.get(PAGE).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"backup": ""},
        {"owner": ""},
        {"backup": "same"},
        {"owner": "other clinic"},
        {"owner": "client"},
        {"closes": "08:00"},
        {"days": []},
        {"days": ["7"]},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(wrong, asha, mara, bruno, cleo, as_admin):
    people = {"same": mara.user.pk, "other clinic": bruno.pk, "client": cleo.user.pk}
    sent = {"owner": mara.user.pk, "backup": asha.pk, "days": ["0"], "opens": "08:30", "closes": "18:00"}
    sent |= {
        name: people.get(value, value) if isinstance(value, str) else value for name, value in wrong.items()
    }

    assert as_admin.post(PAGE, sent).status_code == 422
    assert not CrisisCare.objects.exists()


def test_it_says_where_the_owner_is_gone(care, mara, as_admin):
    Membership.objects.filter(user=mara.user).delete()

    assert "The owner named here can no longer log in" in as_admin.get(PAGE).text


def test_nobody_may_be_named_again(care, as_admin):
    sent = {"owner": "", "backup": "", "days": ["0"], "opens": "09:00", "closes": "17:00"}

    assert as_admin.post(PAGE, sent).status_code == 302
    assert "Nobody is named" in as_admin.get(PAGE).text
