"""Those who act on alerts see them on every page, and take one step after the other."""

import pytest
from django.urls import reverse

from alliance_match.accounts.models import Role
from alliance_match.safety.models import RiskAlert
from alliance_match.safety.services import risk_alert_acknowledge
from tests.cast import make_crisis_care, make_episode, make_member, make_risk_alert, make_therapist

ALERTS = reverse("care_alerts")
BANNER = "Somebody needs you now"


@pytest.fixture
def owner(linden):
    """A therapist of Linden who owns alerts and treats nobody."""
    user = make_member(linden, "Olga", Role.THERAPIST)
    make_therapist(linden, "Olga Ruiz", user=user)
    return user


@pytest.fixture
def care(linden, owner, asha):
    return make_crisis_care(linden, owner, asha)


@pytest.fixture
def alert(cleo, care):
    return make_risk_alert(cleo, 2)


@pytest.fixture
def as_owner(owner, log_in):
    return log_in(owner)


def one(alert):
    return reverse("care_alert", args=[alert.pk])


def state(alert):
    return RiskAlert.objects.get(pk=alert.pk).state


def main(browser, path=ALERTS):
    """The page without what stands around it."""
    return browser.get(path).text.split("<main")[1].split("</main>")[0]


def step(browser, alert, name, **fields):
    asked = RiskAlert.objects.get(pk=alert.pk).asked_at.isoformat()
    return browser.post(one(alert), {"step": name, "asked": asked} | fields, follow=True)


def test_the_owner_the_back_up_and_the_admins_see_it_on_every_page(alert, as_owner, as_admin):
    for browser, page in ((as_owner, "requests"), (as_admin, "roster"), (as_admin, "clinic_settings")):
        assert BANNER in browser.get(reverse(page)).text


def test_nobody_else_does(alert, as_therapist, as_client, as_other_admin):
    for browser, page in ((as_therapist, "requests"), (as_client, "check_ins"), (as_other_admin, "roster")):
        assert BANNER not in browser.get(reverse(page)).text


def test_it_is_gone_once_somebody_took_note(alert, as_owner, as_admin, owner):
    risk_alert_acknowledge(alert=alert, by=owner)

    assert BANNER not in as_owner.get(reverse("requests")).text
    assert BANNER not in as_admin.get(reverse("roster")).text


def test_the_owner_takes_note_is_in_touch_and_closes(alert, as_owner, owner):
    step(as_owner, alert, "acknowledged")
    step(as_owner, alert, "contacted")
    answer = step(as_owner, alert, "closed", note="We spoke.")

    assert "We spoke." in answer.text
    done = RiskAlert.objects.get()
    assert (done.state, done.closed_by) == ("closed", owner)


def test_nobody_takes_note_of_a_higher_answer_that_their_page_did_not_show(alert, cleo, as_owner):
    shown = alert.asked_at.isoformat()
    make_risk_alert(cleo, 3)

    assert "moved on" in step(as_owner, alert, "acknowledged", asked=shown).text
    assert f'value="{shown}"' not in as_owner.get(one(alert)).text
    assert state(alert) == "open"


@pytest.mark.parametrize("name", ["contacted", "closed", "open", "", "nonsense"])
def test_a_step_that_is_not_the_next_changes_nothing(alert, as_owner, name):
    assert "moved on" in step(as_owner, alert, name, note="We spoke.").text
    assert state(alert) == "open"


def test_a_step_back_changes_nothing(alert, as_owner):
    step(as_owner, alert, "acknowledged")
    step(as_owner, alert, "contacted")

    assert "moved on" in step(as_owner, alert, "acknowledged").text
    assert state(alert) == "contacted"


@pytest.mark.parametrize("note", ["", "   ", "👍", "x" * 2001])
def test_closing_needs_words_of_bearable_length(alert, as_owner, note):
    step(as_owner, alert, "acknowledged")
    step(as_owner, alert, "contacted")

    assert step(as_owner, alert, "closed", note=note).status_code == 422
    assert state(alert) == "contacted"


def test_closing_without_a_word_asks_for_a_few(alert, as_owner):
    step(as_owner, alert, "acknowledged")
    step(as_owner, alert, "contacted")

    assert "Write in a few words what was done." in step(as_owner, alert, "closed", note="").text


def test_who_acts_reads_how_to_reach_the_client(alert, cleo, as_owner):
    page = main(as_owner, one(alert))

    assert f'href="mailto:{cleo.user.email}"' in page
    assert "Telephone numbers are not kept here" in page


def test_a_client_without_a_log_in_is_reached_by_the_clinics_own_files(wim, care, as_owner):
    page = main(as_owner, one(make_risk_alert(wim, 2)))

    assert "mailto:" not in page
    assert "Telephone numbers are not kept here" in page


def test_nobody_reads_an_address_in_the_lists(alert, cleo, mara, as_owner, as_therapist):
    make_episode(cleo, mara)

    assert cleo.user.email not in as_owner.get(ALERTS).text
    assert cleo.user.email not in as_therapist.get(ALERTS).text


def test_looking_changes_nothing(alert, as_owner):
    as_owner.get(one(alert))
    as_owner.get(ALERTS)

    assert state(alert) == "open"


def test_another_clinics_alert_is_not_there(alert, as_other_admin, as_therapist, as_client):
    for browser in (as_other_admin, as_therapist, as_client):
        assert browser.get(one(alert)).status_code == 404
        assert browser.post(one(alert), {"step": "acknowledged"}).status_code == 404
    assert state(alert) == "open"


def test_a_former_owner_reads_it_no_more(alert, care, as_owner, mara):
    care.owner = mara.user
    care.save()

    assert as_owner.get(one(alert)).status_code == 404
    assert "Cleo" not in main(as_owner)


def test_the_overdue_stand_on_top_with_how_long(alert, wim, as_admin):
    RiskAlert.objects.update(asked_at="2026-01-01T00:00Z", due_at="2026-01-01T00:30Z")
    make_risk_alert(wim, 1)

    page = main(as_admin)

    assert "overdue for" in page
    assert page.index("Overdue") < page.index("Cleo") < page.index("To take note of") < page.index("Wim")


def test_it_says_that_no_risk_is_computed(alert, as_admin):
    assert "no risk is computed" in as_admin.get(ALERTS).text


def test_the_treating_therapist_sees_that_there_is_one_and_who_owns_it(alert, cleo, mara, as_therapist):
    assert "Cleo" not in main(as_therapist)
    make_episode(cleo, mara)

    page = main(as_therapist)

    assert "Cleo" in page
    assert "Olga answers for it" in page
    assert "More than half the days" not in page
    assert as_therapist.get(one(alert)).status_code == 404
