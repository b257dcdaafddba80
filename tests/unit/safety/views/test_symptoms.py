"""A client tells how they have been; danger is heard first, whatever becomes of the rest."""

from contextlib import ExitStack
from datetime import timedelta
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from alliance_match.accounts.models import Membership
from alliance_match.audit.actors import SystemActor
from alliance_match.safety.models import RiskAlert, SymptomCheck
from alliance_match.safety.services import notices_create
from clients.models import Consent
from surveys.models import Instrument
from surveys.services import instrument_switch_off
from tests.cast import make_crisis_care, make_episode, make_risk_alert

pytestmark = pytest.mark.usefixtures("pavel_reads")

MOOD, WORRY = reverse("symptom_part", args=["mood"]), reverse("symptom_part", args=["worry"])
HEAR = reverse("symptom_hear", args=["mood"])
OVERVIEW = reverse("symptoms")
PANEL = reverse("somebody_now")


@pytest.fixture
def care(linden, asha, mara):
    return make_crisis_care(linden, asha, mara.user)


@pytest.fixture
def time_machine_at():
    """A function that sets the clock of these pages; the database keeps its own."""
    with ExitStack() as stack:
        yield lambda moment: stack.enter_context(time_machine.travel(moment, tick=False))


def answers(value, **more):
    """All nine answered alike."""
    return {f"item_{k}": str(value) for k in range(1, 10)} | {"sheet": str(uuid4())} | more


def test_the_words_are_the_authors_and_so_is_the_notice(as_client, care):
    page = as_client.get(MOOD).text

    assert "Over the last 2 weeks, how often have you been bothered by any of the following problems?" in page
    assert "Thoughts that you would be better off dead or of hurting yourself in some way" in page
    assert "More than half the days" in page
    assert "No permission required to reproduce, translate, display or distribute" in page


def test_without_an_owner_the_ninth_question_is_not_there(as_client, cleo):
    page = as_client.get(MOOD).text

    assert "better off dead" not in page
    assert "PHQ-8" in page


def test_where_danger_is_heard_the_pages_say_who_is_told(as_client, care):
    for page in (OVERVIEW, MOOD):
        text = as_client.get(page).text
        assert "somebody at your clinic is told at once" in text
        assert "your therapist sees that there is an alert" in text


def test_where_danger_is_not_asked_about_nobody_is_said_to_be_told(as_client, cleo):
    for page in (OVERVIEW, MOOD, WORRY):
        assert "is told at once" not in as_client.get(page).text


def test_a_slip_can_be_owned(as_client, cleo, care):
    make_risk_alert(cleo, 2)

    assert "If it was a slip of the finger, say so" in as_client.get(PANEL).text


def test_the_pages_follow_each_other_and_end_at_the_course(as_client, care):
    assert as_client.post(MOOD, answers(0)).url == WORRY
    assert as_client.post(WORRY, answers(1)).url == OVERVIEW

    page = as_client.get(OVERVIEW).text
    assert "your answers came to 7 of 21" in page
    assert "your answers came to 0 of 27" in page


def test_the_same_page_sent_twice_is_stored_once(as_client, care):
    sent = answers(0)

    assert {as_client.post(MOOD, sent).url for _ in range(2)} == {WORRY}
    assert SymptomCheck.objects.count() == 1


def test_nothing_answered_asks_for_one_answer(as_client, care):
    answer = as_client.post(MOOD, answers("skip"))

    assert answer.status_code == 422
    assert not SymptomCheck.objects.exists()


def test_a_clinic_that_asks_nothing_says_so(as_client, linden):
    for code in ("phq-8", "phq-9", "gad-7"):
        instrument_switch_off(
            instrument=Instrument.objects.get(code=code), clinic=linden, by=SystemActor.COMMAND
        )

    assert "asks none of these questions" in as_client.get(OVERVIEW).text
    assert as_client.get(MOOD).url == OVERVIEW


def test_another_part_is_not_there(as_client, care):
    assert as_client.get("/how-you-have-been/nothing/").status_code == 404
    assert as_client.post("/how-you-have-been/nothing/hear/").status_code == 404


@pytest.mark.parametrize("path", [MOOD, HEAR])
def test_danger_is_stored_and_answered_at_once(as_client, care, cleo, path):
    answer = as_client.post(path, {"item_9": "2", "sheet": str(uuid4())}, follow=True)

    alert = RiskAlert.objects.get()
    assert (alert.client, alert.level) == (cleo, 2)
    assert 'href="tel:0800000000"' in answer.text
    assert 'href="tel:112"' in answer.text
    assert "Asha at Linden is told now" in answer.text


def test_whom_to_call_stands_alone_on_its_page_and_the_rest_comes_after_it(as_client, care):
    answer = as_client.post(MOOD, answers(2))

    assert answer.url == f"{PANEL}?{urlencode({'next': WORRY})}"
    page = as_client.get(answer.url).text
    assert "Asha at Linden is told now" in page
    assert "Stored. Thank you" not in page
    assert 'type="radio"' not in page
    assert f'href="{WORRY}"' in page
    assert "Stored. Thank you" in as_client.get(WORRY).text


def test_a_standing_alert_is_a_line_above_the_questions_and_not_the_panel(as_client, care, cleo):
    make_risk_alert(cleo, 2)

    for page in (OVERVIEW, MOOD, WORRY):
        text = as_client.get(page).text
        assert "don’t have to be alone" not in text
        assert f'<a href="{PANEL}">Who gets in touch' in text


def test_a_zero_after_a_tap_leads_to_the_panel_all_the_same(as_client, care):
    sent = answers(0)
    as_client.post(HEAR, {"item_9": "1", "sheet": sent["sheet"]})

    assert urlsplit(as_client.post(MOOD, sent).url).path == PANEL


def test_without_consent_danger_leads_to_the_panel_before_the_consents(as_client, care, cleo):
    Consent.objects.filter(client=cleo).delete()

    assert as_client.post(MOOD, answers(2)).url == f"{PANEL}?{urlencode({'next': reverse('consents')})}"
    assert RiskAlert.objects.exists()
    assert not SymptomCheck.objects.exists()


def test_danger_is_stored_though_the_rest_is_refused(as_client, care):
    answer = as_client.post(MOOD, {"item_9": "3", "item_1": "17"})

    assert answer.status_code == 422
    assert "You don’t have to be alone with it" in answer.text
    assert RiskAlert.objects.get().level == 3
    assert not SymptomCheck.objects.exists()


def test_danger_is_stored_though_storing_the_rest_fails(as_client, care, monkeypatch):
    monkeypatch.setattr("alliance_match.safety.views.symptoms.symptom_check_submit", lambda **_: 1 / 0)
    as_client.raise_request_exception = False

    assert as_client.post(MOOD, answers(1)).status_code == 500
    assert RiskAlert.objects.exists()


def test_a_tap_and_the_form_after_it_are_one_answer(as_client, care):
    sent = answers(1)
    as_client.post(HEAR, {"item_9": "1", "sheet": sent["sheet"]})
    as_client.post(MOOD, sent)

    assert RiskAlert.objects.get().steps.count() == 1
    assert SymptomCheck.objects.count() == 1


def test_a_zero_clears_nobody(as_client, care):
    sheet = str(uuid4())
    as_client.post(HEAR, {"item_9": "2", "sheet": sheet})

    assert "is told now" in as_client.post(HEAR, {"item_9": "0", "sheet": sheet}).text
    assert RiskAlert.objects.get().level == 2


@pytest.mark.parametrize("value", ["0", "skip", "4", "-1", "1e1", "", "\x00", "９" * 40])
def test_any_other_answer_raises_no_alarm(as_client, care, value):
    answer = as_client.post(HEAR, {"item_9": value, "sheet": "no sheet"})

    assert answer.status_code == 200
    assert answer.text.strip() == ""
    assert not RiskAlert.objects.exists()


def test_a_page_opened_before_the_owner_left_is_taken_seriously(as_client, care, asha, linden, mara):
    as_client.get(MOOD)
    Membership.objects.filter(user=asha).delete()

    answer = as_client.post(MOOD, answers(1), follow=True)

    assert "Those who run Linden are told now" in answer.text
    notices_create(by=SystemActor.WORKER)
    alert = RiskAlert.objects.get()
    assert [notice.to for notice in alert.notices.all()] == [mara.user]
    check = SymptomCheck.objects.get()
    assert (check.instrument.code, "item_9" in check.answers) == ("phq-8", False)


def test_the_promise_is_true_to_the_hours_of_the_clinic(as_client, care, time_machine_at):
    time_machine_at("2026-11-07T10:00:00+01:00")  # a Saturday
    make_risk_alert(care.clinic.clients.get(), 1)
    RiskAlert.objects.update(asked_at="2026-11-07T10:00:00+01:00", due_at="2026-11-09T13:00:00+01:00")

    page = as_client.get(PANEL).text

    assert "You hear by Monday 9 November, 17:00 at the latest." in page
    assert "opens on Monday 9 November, 09:00" in page


def test_a_promise_that_was_broken_is_owned_up_to(as_client, care, time_machine_at):
    make_risk_alert(care.clinic.clients.get(), 1)
    RiskAlert.objects.update(asked_at="2026-11-02T10:00:00+01:00", due_at="2026-11-02T14:00:00+01:00")
    time_machine_at("2026-11-03T10:00:00+01:00")

    assert "You should have heard by now, and that is our fault." in as_client.get(PANEL).text


def test_a_line_that_is_no_single_number_is_not_made_one(as_client, care, linden):
    linden.crisis_line = "116 123 or 0800 1"
    linden.save()

    page = as_client.post(HEAR, {"item_9": "1"}).text

    assert "116 123 or 0800 1" in page
    assert "tel:116123" not in page


@pytest.mark.usefixtures("episode")
def test_a_shared_sum_reaches_the_therapist_who_treats_and_nobody_else(as_client, care, cleo, mara, log_in):
    as_client.post(MOOD, answers(1, shared="on"))
    assert "Shared PHQ-9" not in log_in(mara.user).get(reverse("my_alliance")).text
    make_episode(cleo, mara)

    assert "Shared PHQ-9: 9, which is called “mild”." in log_in(mara.user).get(reverse("my_alliance")).text
    Consent.objects.filter(client=cleo).delete()
    assert "Shared PHQ-9" not in log_in(mara.user).get(reverse("my_alliance")).text


@pytest.mark.usefixtures("episode")
def test_what_was_shared_does_not_go_on_to_the_next_therapist(as_client, care, cleo, mara, log_in):
    as_client.post(MOOD, answers(1, shared="on"))
    make_episode(cleo, mara, sessions=0, started_on=timezone.localdate() + timedelta(days=1))

    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert "Shared PHQ-9" not in log_in(mara.user).get(reverse("my_alliance")).text


def test_what_is_not_shared_reaches_nobody(as_client, care, cleo, mara, log_in):
    make_episode(cleo, mara)
    as_client.post(MOOD, answers(1))

    assert "Shared PHQ-9" not in log_in(mara.user).get(reverse("my_alliance")).text


@pytest.mark.usefixtures("episode")
def test_the_last_choice_to_share_is_remembered_and_needs_consent(as_client, care, cleo):
    as_client.post(MOOD, answers(0, shared="on"))
    assert "checked" in as_client.get(WORRY).text

    Consent.objects.filter(client=cleo).delete()
    assert "Share the result" not in as_client.get(WORRY).text
    as_client.post(WORRY, answers(0, shared="on"))
    assert SymptomCheck.objects.filter(instrument__code="gad-7", shared_with_therapist=True).count() == 0


def test_ten_megabytes_are_refused_and_change_nothing(as_client, care):
    answer = as_client.post(MOOD, answers(0, item_1="1" * 10_000_000))

    assert answer.status_code in {400, 413}
    assert not SymptomCheck.objects.exists()


def test_without_consent_to_care_nothing_is_stored(as_client, cleo):
    Consent.objects.filter(client=cleo).delete()
    answer = as_client.post("/how-you-have-been/worry/", {"item_1": "1"})
    assert answer.url == reverse("consents")
    assert not SymptomCheck.objects.exists()


def test_where_nobody_seen_now_reads_sharing_is_not_offered(as_client, care, cleo, jonas):
    make_episode(cleo, jonas)
    assert "Share the result" not in as_client.get(WORRY).text

    as_client.post(WORRY, answers(0, shared="on"))
    assert not SymptomCheck.objects.get().shared_with_therapist
