"""How somebody whom the clinic knows comes to a log-in."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as site
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from alliance_match.accounts.models import Membership, Role, User
from alliance_match.accounts.services import person_uninvite
from alliance_match.audit.actors import SystemActor
from tests.cast import make_client, make_therapist
from therapists.models import Therapist

ADDRESS = "wim@home.example"


@pytest.fixture
def office(asha, log_in):
    """Asha's browser."""
    return log_in(asha)


def invitation(client):
    return reverse("client_invite", args=[client.pk])


def link_in(mail):
    return re.search(rf"{site.SITE_URL}(\S+)", mail.body)[1]


def test_a_client_sets_a_password_by_the_link_and_is_led_to_the_consents(office, wim, mailoutbox):
    assert office.post(invitation(wim), {"email": ADDRESS}).url == reverse("clients")
    [mail] = mailoutbox
    assert mail.to == [ADDRESS]
    browser = Browser()
    page = browser.get(link_in(mail), follow=True)
    new = {"password1": "a quiet room of paper", "password2": "a quiet room of paper"}
    browser.post(page.request["PATH_INFO"], new)
    answer = browser.post(
        reverse("account_login"), {"login": ADDRESS, "password": "a quiet room of paper"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == reverse("consents")
    assert answer.status_code == 200
    wim.refresh_from_db()
    assert wim.user.email == ADDRESS


def test_a_link_works_once(office, wim, mailoutbox):
    office.post(invitation(wim), {"email": ADDRESS})
    browser = Browser()
    page = browser.get(link_in(mailoutbox[0]), follow=True)
    new = {"password1": "a quiet room of paper", "password2": "a quiet room of paper"}
    browser.post(page.request["PATH_INFO"], new)
    assert "no longer works" in Browser().get(link_in(mailoutbox[0]), follow=True).text


def test_the_mail_says_nothing_about_anybody(office, wim, mailoutbox):
    office.post(invitation(wim), {"email": ADDRESS})
    [mail] = mailoutbox
    said = f"{mail.subject} {mail.body}".lower()
    for word in ("wim", "linden", "therap", "clinic", "client", "alliance"):
        assert word not in said


@pytest.mark.parametrize(("language", "subject"), [("de", "Ihr Zugang"), ("en", "Your access")])
def test_somebody_new_is_written_to_in_the_clinics_language(
    office, linden, wim, mailoutbox, language, subject
):
    linden.language = language
    linden.save()
    office.post(invitation(wim), {"email": ADDRESS})
    [mail] = mailoutbox
    assert (mail.subject, mail.body.startswith("Guten Tag")) == (subject, language == "de")


def test_somebody_known_is_written_to_in_their_own_language(office, wim, mailoutbox):
    User.objects.create_user(ADDRESS, password="a quiet room of paper", language="de")
    office.post(invitation(wim), {"email": ADDRESS})
    assert mailoutbox[0].subject == "Ihr Zugang"


def test_a_therapist_is_invited_from_the_roster(office, linden, mailoutbox):
    ann = make_therapist(linden, "Ann")
    office.post(reverse("therapist_invite", args=[ann.pk]), {"email": "Ann@Home.example"})
    ann.refresh_from_db()
    assert ann.user.email == "ann@home.example"
    assert Membership.objects.get(user=ann.user).role == Role.THERAPIST


def test_whoever_has_an_account_elsewhere_keeps_their_password(office, wim, birch, mailoutbox):
    known = User.objects.create_user(ADDRESS, password="a quiet room of paper")
    office.post(invitation(wim), {"email": ADDRESS.upper()})
    wim.refresh_from_db()
    assert wim.user == known
    assert reverse("account_login") in mailoutbox[0].body
    known.refresh_from_db()
    assert known.check_password("a quiet room of paper")


def test_an_address_of_another_client_here_is_refused_and_nothing_changes(office, wim, cleo, mailoutbox):
    answer = office.post(invitation(wim), {"email": cleo.user.email})
    assert answer.status_code == 422
    assert "Somebody else here" in answer.text
    wim.refresh_from_db()
    assert wim.user is None
    assert not mailoutbox


@pytest.mark.parametrize(
    "address", ["", "wim", "wim@", "a@b@c.example", "wim\x00@home.example", "w" * 300 + "@x.example"]
)
def test_a_wrong_address_is_told_beside_the_field(office, wim, address, mailoutbox):
    answer = office.post(invitation(wim), {"email": address})
    assert answer.status_code == 422
    assert answer.context["form"].errors["email"]
    assert not mailoutbox
    assert not User.objects.filter(email__startswith="w").exists()


def test_whoever_can_log_in_already_is_not_invited_again(office, cleo, mailoutbox):
    before = cleo.user
    assert cleo.user.email in office.post(invitation(cleo), {"email": "other@home.example"}).text
    cleo.refresh_from_db()
    assert cleo.user == before
    assert not mailoutbox


def test_a_mail_server_that_is_away_is_told_and_the_way_out_named(office, wim, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = office.post(invitation(wim), {"email": ADDRESS}, follow=True)
    assert "could not be sent" in answer.text
    assert "Forgot your password" in answer.text
    wim.refresh_from_db()
    assert wim.user.email == ADDRESS


def test_a_client_of_another_clinic_is_not_there(office, birch):
    other = make_client(birch, "Ben")
    assert office.get(invitation(other)).status_code == 404
    assert office.post(invitation(other), {"email": ADDRESS}).status_code == 404
    other.refresh_from_db()
    assert other.user is None


def test_the_list_of_clients_says_who_can_log_in(office, wim, cleo):
    page = office.get(reverse("clients")).text
    assert cleo.user.email in page
    assert invitation(wim) in page
    assert "Wim" not in office.get(reverse("clients"), {"q": "clé"}).text
    assert "Wim" in office.get(reverse("clients"), {"q": "WÏM"}).text


def test_an_address_of_a_client_opens_no_records_of_others(office, cleo, mara, jonas):
    answer = office.post(reverse("therapist_invite", args=[jonas.pk]), {"email": cleo.user.email.upper()})

    assert "Somebody else here logs in with this address." in answer.text
    assert not cleo.user.memberships.exclude(role="client").exists()


def test_an_address_of_staff_becomes_no_clients(office, mara, wim):
    answer = office.post(reverse("client_invite", args=[wim.pk]), {"email": mara.user.email})

    assert "Somebody else here logs in with this address." in answer.text
    assert not mara.user.memberships.filter(role="client").exists()


@pytest.fixture
def invited(office, wim):
    """Wim, invited under an address that was mistyped."""
    office.post(invitation(wim), {"email": ADDRESS})
    wim.refresh_from_db()
    return wim


def test_what_is_pending_is_seen_and_what_is_in_use(office, invited, cleo):
    assert "nobody has logged in with this address yet" in office.get(invitation(invited)).text
    assert "invited" in office.get(reverse("clients")).text
    User.objects.filter(pk=invited.user_id).update(last_login=timezone.now())
    assert "They have logged in" in office.get(invitation(invited)).text


def test_the_link_is_sent_again(office, invited, mailoutbox):
    office.post(invitation(invited), {"again": "1"})
    assert [mail.to for mail in mailoutbox] == [[ADDRESS], [ADDRESS]]


def test_a_link_that_is_withdrawn_opens_nothing_and_a_right_one_is_sent(office, client, invited, mailoutbox):
    office.post(invitation(invited), {"withdraw": "1"})
    office.post(invitation(invited), {"email": "wim@right.example"})

    invited.refresh_from_db()
    assert invited.user.email == "wim@right.example"
    assert not User.objects.filter(email=ADDRESS).exists()
    assert "token_fail" in str(client.get(link_in(mailoutbox[0]), follow=True).context)


def test_whoever_logged_in_by_mistake_sees_nothing_from_the_next_page_on(office, client, invited):
    stranger = invited.user
    client.force_login(stranger)
    assert client.get(reverse("intake")).status_code == 302

    office.post(invitation(invited), {"withdraw": "1"})

    assert client.get(reverse("intake")).status_code == 404
    assert User.objects.filter(pk=stranger.pk).exists()  # what they did elsewhere is theirs
    invited.refresh_from_db()
    assert invited.user is None


def test_a_log_in_that_serves_elsewhere_stays_there(office, invited, birch):
    Membership.objects.create(user=invited.user, clinic=birch, role=Role.CLIENT)
    office.post(invitation(invited), {"withdraw": "1"})
    assert [one.clinic for one in Membership.objects.filter(user__email=ADDRESS)] == [birch]


def test_a_log_in_of_another_clinic_is_not_here(office, bea):
    before = bea.user_id
    assert office.post(invitation(bea), {"withdraw": "1"}).status_code == 404
    bea.refresh_from_db()
    assert bea.user_id == before


def test_a_second_tab_withdraws_no_newer_log_in(office, invited):
    stale = type(invited).objects.select_related("user").get(pk=invited.pk)
    office.post(invitation(invited), {"withdraw": "1"})
    office.post(invitation(invited), {"email": "wim@right.example"})

    person_uninvite(person=stale, role=Role.CLIENT, by=SystemActor.COMMAND)

    invited.refresh_from_db()
    assert invited.user.email == "wim@right.example"


def test_an_account_that_was_used_meanwhile_stays(invited):
    stale = type(invited).objects.select_related("user").get(pk=invited.pk)
    User.objects.filter(email=ADDRESS).update(last_login=timezone.now())

    person_uninvite(person=stale, role=Role.CLIENT, by=SystemActor.COMMAND)

    assert User.objects.filter(email=ADDRESS).exists()


def test_a_second_address_of_staff_is_no_clients(office, wim, mara):
    EmailAddress.objects.create(user=mara.user, email="second@x.example", verified=True, primary=False)
    assert "Somebody else here" in office.post(invitation(wim), {"email": "Second@x.example"}).text


def test_a_therapist_who_left_is_not_invited(office, jonas):
    Therapist.objects.filter(pk=jonas.pk).update(status="left", user=None)
    assert office.get(reverse("therapist_invite", args=[jonas.pk])).status_code == 404
    assert reverse("therapist_invite", args=[jonas.pk]) not in office.get(reverse("roster")).text
