"""Where one begins, the demo's log-ins, and logging in."""

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.core.management import call_command

from alliance_match.accounts.models import Membership, Role
from alliance_match.accounts.services import member_add
from alliance_match.accounts.views import DEMO_PEOPLE
from alliance_match.audit.actors import SystemActor
from tests import cast

PASSWORD = "correct horse battery staple"
TOO_MANY = "many attempts in a short time"


@pytest.fixture
def demo_people(db):
    """The three as whom the demo logs in."""
    clinic = cast.make_clinic("Demo")
    for role, email in DEMO_PEOPLE.items():
        member_add(clinic=clinic, email=email, name=email, role=role, by=SystemActor.COMMAND)


@pytest.fixture
def cleo_with_password(cleo):
    """Cleo, who knows a password."""
    cleo.user.set_password(PASSWORD)
    cleo.user.save()
    return cleo


def log_in(client, email, password):
    return client.post("/account/login/", {"login": email, "password": password})


@pytest.mark.parametrize(
    ("who", "page"),
    [("as_client", "/begin/"), ("as_therapist", "/my-alliance/"), ("as_admin", "/roster/")],
)
def test_start_leads_to_the_first_page_of_the_role(request, who, page):
    answer = request.getfixturevalue(who).get("/start/")

    assert (answer.status_code, answer.url) == (302, page)


def test_start_tells_whoever_has_no_role(as_admin, asha):
    Membership.objects.filter(user=asha).delete()

    answer = as_admin.get("/start/")

    assert answer.status_code == 403
    assert b"no clinic has given you a role" in answer.content


@pytest.mark.parametrize("role", Role.values)
def test_the_demo_logs_in_without_a_password(client, demo_people, role):
    answer = client.post("/demo/enter/", {"role": role})

    assert (answer.status_code, answer.url) == (302, "/start/")
    membership = client.get("/").wsgi_request.membership
    assert (membership.user.email, membership.role) == (DEMO_PEOPLE[Role(role)], role)


@pytest.mark.parametrize("role", ["", "owner", "\x00", None])
def test_the_demo_logs_in_as_nobody_else(client, demo_people, role):
    assert client.post("/demo/enter/", {} if role is None else {"role": role}).status_code == 404


@pytest.mark.parametrize("role", Role.values)
def test_outside_the_demo_nobody_logs_in_that_way(client, demo_people, settings, role):
    settings.DEMO = False

    assert client.post("/demo/enter/", {"role": role}).status_code == 404
    assert client.get("/").wsgi_request.user == AnonymousUser()


def test_the_log_ins_are_a_404_where_the_demo_clinic_was_not_opened(client, db):
    assert client.post("/demo/enter/", {"role": "client"}).status_code == 404


def test_the_home_page_offers_these_log_ins_in_the_demo_only(client, db, settings):
    assert b"Look as Cleo" in client.get("/").content
    settings.DEMO = False
    assert b"Look as Cleo" not in client.get("/").content


@pytest.mark.parametrize("email", ["cleo@linden.example", "CLEO@Linden.Example"])
def test_one_logs_in_with_the_address_in_any_case(client, cleo_with_password, email):
    answer = log_in(client, email, PASSWORD)

    assert (answer.status_code, answer.url) == (302, "/start/")


def test_a_wrong_password_and_an_unknown_address_are_told_alike(client, cleo_with_password):
    wrong = log_in(client, "cleo@linden.example", "something else")
    unknown = log_in(client, "nobody@linden.example", "something else")

    said = {str(answer.context["form"].non_field_errors()) for answer in (wrong, unknown)}
    assert len(said) == 1
    assert "do not fit together" in said.pop()


def test_the_session_gets_a_new_key_at_log_in(client, cleo_with_password):
    client.get("/account/login/")
    client.cookies["sessionid"] = "planted0by0somebody0else00000000"

    log_in(client, "cleo@linden.example", PASSWORD)

    assert client.cookies["sessionid"].value != "planted0by0somebody0else00000000"


def test_after_logging_out_the_old_session_opens_nothing(as_client, client):
    key = as_client.cookies["sessionid"].value
    as_client.post("/account/logout/")

    client.cookies["sessionid"] = key

    assert client.get("/suggestions/").status_code == 302


def test_nobody_signs_up_without_an_invitation(client, db):
    form = {"email": "new@linden.example", "password1": PASSWORD, "password2": PASSWORD}

    answer = client.post("/account/signup/", form)

    assert not client.get("/").wsgi_request.user.is_authenticated
    assert answer.status_code < 500
    assert not Membership.objects.filter(user__email="new@linden.example").exists()


def test_a_clinics_first_admin_sets_a_password_by_mail(client, db, capsys):
    call_command("create_clinic", "elm", name="Elm", admin="Edda@elm.example")
    client.post("/account/password/reset/", {"email": "edda@elm.example"})
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    assert link.startswith(settings.SITE_URL)
    form = client.get(link.removeprefix(settings.SITE_URL), follow=True)

    client.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})

    assert log_in(client, "edda@elm.example", PASSWORD).url == "/start/"


class TestBehindAProxy:
    @pytest.fixture(autouse=True)
    def _proxy(self, settings):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def attempt(self, client, said, number=0):
        """Log in wrongly, each time as somebody else, for addresses of people are limited too."""
        form = {"login": f"nobody{number}@linden.example", "password": "wrong"}
        return client.post("/account/login/", form, headers={"x-forwarded-for": said}).content.decode()

    def test_an_address_is_limited_alone(self, client, db):
        attempts = [self.attempt(client, "203.0.113.7", n) for n in range(11)]

        assert TOO_MANY not in attempts[9]
        assert TOO_MANY in attempts[10]
        assert TOO_MANY not in self.attempt(client, "203.0.113.8")

    def test_what_a_browser_made_up_before_the_proxys_word_does_not_count(self, client, db):
        attempts = [self.attempt(client, f"198.51.100.{n}, 203.0.113.7", n) for n in range(11)]

        assert TOO_MANY in attempts[10]

    @pytest.mark.parametrize("said", ["unknown", "_hidden", "1.2.3", "::::", "1.2.3.4, ", "\t", "x" * 4000])
    def test_an_address_that_is_none_is_limited_but_not_shut_out(self, client, cleo_with_password, said):
        form = {"login": "cleo@linden.example", "password": PASSWORD}

        answer = client.post("/account/login/", form, headers={"x-forwarded-for": said})

        assert answer.status_code == 302
        client.logout()
        assert TOO_MANY in [self.attempt(client, said, n) for n in range(11)][10]

    def test_one_logs_in_without_any_address(self, client, cleo_with_password):
        form = {"login": "cleo@linden.example", "password": PASSWORD}

        assert client.post("/account/login/", form, REMOTE_ADDR="").status_code == 302


def test_a_link_that_confirms_an_address_bears_the_sites_own_name(as_client, mailoutbox):
    as_client.post(
        "/account/email/",
        {"email": "new@home.example", "action_add": ""},
        headers={"host": "testserver:4711"},
    )

    assert f"{settings.SITE_URL}/account/confirm-email/" in mailoutbox[0].body
    assert "4711" not in mailoutbox[0].body
