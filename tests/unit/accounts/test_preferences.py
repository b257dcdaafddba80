"""Language, time zone and the clinic's settings."""

import pytest
from django.urls import reverse

from alliance_match.accounts.models import Clinic, Membership, Role
from tests.cast import make_member

pytestmark = pytest.mark.django_db
SETTINGS = {
    "name": "Linden",
    "language": "de",
    "time_zone": "Europe/Vienna",
    "crisis_line": "112",
    "crisis_text": "Day and night.",
    "open_to_all": "on",
}


class TestLanguage:
    def test_is_kept_for_pages_and_for_mail(self, as_client, cleo):
        answer = as_client.post(
            reverse("language_choose"),
            {"language": "de"},
            headers={"referer": "http://testserver/check-ins/"},
        )
        assert answer.url == "http://testserver/check-ins/"
        cleo.user.refresh_from_db()
        assert cleo.user.language == "de"
        assert '<html lang="de"' in as_client.get("/check-ins/").text

    def test_may_be_chosen_by_anybody(self, client):
        client.post(reverse("language_choose"), {"language": "de"})
        assert '<html lang="de"' in client.get("/").text

    def test_that_is_not_spoken_here_is_refused(self, client):
        assert client.post(reverse("language_choose"), {"language": "tlh"}).status_code == 400

    @pytest.mark.parametrize("away", ["https://elsewhere.example/", "//elsewhere.example", ""])
    def test_leads_back_to_pages_of_ours_only(self, client, away):
        assert (
            client.post(reverse("language_choose"), {"language": "de"}, headers={"referer": away}).url == "/"
        )

    def test_of_a_new_member_is_the_clinics(self, linden):
        linden.language = "de"
        assert make_member(linden, "Nele", Role.CLIENT).language == "de"


class TestTimeZone:
    def test_of_a_client_is_their_own(self, as_client, cleo):
        as_client.post(reverse("time_zone"), {"time_zone": "America/New_York"})
        held = Membership.objects.get(user=cleo.user)
        assert held.time_zone == "America/New_York"

    @pytest.mark.parametrize("page", ["/", "/check-ins/"])
    def test_of_a_client_is_what_a_page_compares_with_their_device(self, page, as_client):
        as_client.post(reverse("time_zone"), {"time_zone": "America/New_York"})
        assert 'data-zone="America/New_York"' in as_client.get(page).text

    def test_of_everybody_else_is_the_clinics(self, mara, as_therapist):
        mara.user.time_zone = "America/New_York"
        mara.user.save()
        assert Membership.objects.get(user=mara.user).time_zone == "Europe/Berlin"

    @pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd"])
    def test_that_does_not_exist_is_refused(self, as_client, cleo, name):
        assert as_client.post(reverse("time_zone"), {"time_zone": name}).status_code == 422
        cleo.user.refresh_from_db()
        assert cleo.user.time_zone == ""


class TestClinic:
    def test_is_changed_by_its_admin(self, as_admin, linden):
        assert as_admin.post(reverse("clinic_settings"), SETTINGS).status_code == 302
        linden.refresh_from_db()
        assert (linden.language, linden.time_zone, linden.open_to_all) == ("de", "Europe/Vienna", True)

    def test_takes_nothing_that_no_field_is_for(self, as_admin, linden, birch):
        as_admin.post(reverse("clinic_settings"), SETTINGS | {"slug": "birch", "id": birch.pk})
        assert set(Clinic.objects.values_list("slug", flat=True)) == {"linden", "birch"}
        birch.refresh_from_db()
        assert birch.name == "Birch"

    @pytest.mark.parametrize(("field", "given"), [("name", ""), ("time_zone", "Nowhere"), ("language", "xx")])
    def test_a_wrong_setting_is_said_beside_its_field(self, as_admin, field, given):
        answer = as_admin.post(reverse("clinic_settings"), SETTINGS | {field: given})
        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {field}

    def test_that_is_open_names_the_address_to_give_away(self, as_admin):
        as_admin.post(reverse("clinic_settings"), SETTINGS)
        assert "testserver/join/linden/" in as_admin.get(reverse("clinic_settings")).text


@pytest.mark.parametrize("named", ["xyz", "?x=1", "#", "é", "[", "//", "http://[", "\\\\x"])
def test_whatever_is_named_as_the_way_back_leads_nowhere_else(client, named):
    answer = client.post(reverse("language_choose"), {"language": "en", "back": named})
    assert answer.status_code == 302
    assert "://" not in answer.url


@pytest.mark.parametrize("line", ["call me maybe", "1", "☎"])
def test_a_crisis_line_is_a_number_to_call(as_admin, linden, line):
    answer = as_admin.post(reverse("clinic_settings"), SETTINGS | {"crisis_line": line})

    assert "A number to call belongs here" in answer.text
    linden.refresh_from_db()
    assert linden.crisis_line == "0800 000 000"
