"""The whole way: sessions logged, three check-ins by mail, and out by each of the three options."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import expect

from alliance_match.accounts.models import Clinic, Role
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import RescoreRun
from alliance_match.matching.services import pending_rescores_process
from clients.models import Client, Episode, Session
from surveys.models import AllianceRating, Cadence, Flag
from surveys.tasks import invitations_sweep
from tests.cast import make_check_in, make_client, make_member

pytestmark = pytest.mark.browser
MARA = "mara@demo.invalid"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LINK = re.compile(r"https?://[^/]+(/c/[^/]+/)\n")


@pytest.fixture
def lea(clinic):
    """Lea, who has agreed to everything and begins with Mara this week; nothing is logged yet."""
    user = make_member(clinic, "Lea", Role.CLIENT)
    lea = make_client(clinic, "Lea", user=user, status="in_care", style=((2, 3), (0, 1)), intake={"step": 4})
    mara = clinic.therapists.get(user__email=MARA)
    began = timezone.localdate() - timedelta(days=6)
    Episode.objects.create(clinic=clinic, client=lea, therapist=mara, started_on=began)
    Clinic.objects.filter(pk=clinic.pk).update(quiet_from="00:00", quiet_until="00:00")
    yield lea
    AllianceRating.objects.filter(session__episode__client=lea).update(withdrawn_at=timezone.now())
    pending_rescores_process(clinic=clinic, by=SystemActor.WORKER)
    Client.objects.filter(pk=lea.pk).delete()
    user.delete()
    Clinic.objects.filter(pk=clinic.pk).update(quiet_from="21:00", quiet_until="08:00")


def log(page, lea, days_ago):
    page.goto(f"/sessions/{lea.episodes.get().pk}/")
    page.locator("input[name=held_on]").fill(str(timezone.localdate() - timedelta(days=days_ago)))
    page.get_by_role("button", name="Log it").click()
    expect(page.get_by_text(re.compile("Logged: session"))).to_be_visible()


def mailed(lea):
    """The way in by the mail that comes an hour later."""
    Session.objects.filter(episode__client=lea).update(logged_at=timezone.now() - timedelta(hours=1))
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        invitations_sweep()
    [sent] = [one for one in mail.outbox if one.to == [lea.user.email]]
    return LINK.search(str(sent.body))[1]


def answer(phone, path, value):
    phone.goto(path)
    expect(phone.locator("fieldset.scale")).to_have_count(6)
    for question in phone.locator("fieldset.scale").all():
        question.get_by_role("radio", name=str(value), exact=True).tap()
    if phone.get_by_role("radio", name="not yet").count():
        phone.get_by_role("radio", name="not yet").tap()
    phone.get_by_role("button", name="Send").tap()
    expect(phone.get_by_role("heading", name="Thank you")).to_be_visible()


def to_the_options(new_page, lea, check_ins):
    """Lea's phone before the three options, after check-ins (days ago, answer) of which the last was weak."""
    office, phone = new_page(MARA), new_page(**PHONE)
    for days_ago, value in check_ins:
        log(office, lea, days_ago)
        answer(phone, mailed(lea), value)
    pending_rescores_process(clinic=lea.clinic, by=SystemActor.WORKER)
    assert Flag.objects.filter(rating__session__episode__client=lea, rating__session__number=3).exists()
    way = phone.get_by_role("link", name="Look at the three ways").get_attribute("href")

    own = new_page(lea.user.email, **PHONE)
    own.goto(way)
    expect(own.locator(".options .option")).to_have_count(3)
    return own


@pytest.fixture
def at_the_options(new_page, lea):
    """Lea's phone before the three options; of her three check-ins the first two are there already."""
    for number, days_ago, value in ((1, 6, 8), (2, 3, 6)):
        day = timezone.localdate() - timedelta(days=days_ago)
        key = {"clinic": lea.clinic, "episode": lea.episodes.get(), "number": number, "code": f"lea-{number}"}
        make_check_in(Session.objects.create(**key, held_on=day), value)
    return to_the_options(new_page, lea, ((0, 3),))


def test_the_whole_way_to_talking_about_it(new_page, lea):
    phone = to_the_options(new_page, lea, ((6, 8), (3, 6), (0, 3)))

    phone.locator(".option", has_text="Talk about it").tap()
    phone.get_by_label("Your words").fill("I would like to slow down.")
    phone.get_by_role("button", name="Send to Mara").tap()
    expect(phone.get_by_text("finds your words at the next log-in")).to_be_visible()


def test_one_more_session_is_asked_about_whatever_was_chosen(at_the_options, new_page, lea):
    at_the_options.get_by_role("button", name=re.compile("One more session")).tap()
    Cadence.objects.update_or_create(client=lea, defaults={"frequency": "never"})
    Session.objects.filter(episode__client=lea, number=3).update(held_on=timezone.localdate() - timedelta(1))
    log(new_page(MARA), lea, 0)

    phone = new_page(**PHONE)
    answer(phone, mailed(lea), 5)

    expect(phone.get_by_role("link", name="Look at the three ways")).to_be_visible()


def test_others_come_without_the_pair_and_scored_anew(at_the_options, clinic, lea):
    at_the_options.get_by_role("link", name=re.compile("See others")).tap()
    at_the_options.get_by_role("button", name="See others").tap()
    expect(at_the_options.get_by_text("looking for somebody else than Mara")).to_be_visible()
    pending_rescores_process(clinic=clinic, by=SystemActor.WORKER)

    at_the_options.goto("/suggestions/?all=1")
    expect(at_the_options.locator("article.suggestion").first).to_be_visible()
    expect(at_the_options.get_by_role("heading", name=re.compile("Mara"))).to_have_count(0)
    expect(at_the_options.get_by_text("all that you rated yourself")).to_be_visible()
    assert RescoreRun.objects.in_clinic(clinic).filter(ratings__gt=0).exists()
