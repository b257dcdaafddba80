"""Every way in says who acts: pages their user; links, tablets, visitors, commands and the worker too."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from alliance_match.accounts.models import User
from alliance_match.audit.actors import SystemActor
from alliance_match.audit.models import AuditEvent
from alliance_match.matching.tasks import refit
from alliance_match.safety.tasks import risk_alerts_sweep
from clients.models import Introduction
from clients.tasks import introductions_sweep
from surveys.links import kiosk_token, link_token
from surveys.services import invitation_get_or_create
from tests import cast

ALL_EIGHT = dict.fromkeys(cast.ITEMS, "8") | {"comment_reader": "nobody"}
LINDEN = {"name": "Linden", "language": "de", "time_zone": "Europe/Vienna", "crisis_line": "112"}


@pytest.fixture
def recorded(db):
    """A function that gives the events since it was asked last: verb, table, who acted, clinic."""
    seen = {one.pk for one in AuditEvent.objects.all()}

    def recorded():
        new = AuditEvent.objects.exclude(pk__in=seen).order_by("pk")
        told = [(one.verb, one.object_type, one.actor or one.system_actor, one.clinic) for one in new]
        seen.update(one.pk for one in new)
        return told

    recorded()
    return recorded


@pytest.mark.usefixtures("mara", "pavel_reads")
def test_a_clients_pages_act_as_the_client(as_client, cleo, linden, jonas, third_session, recorded):
    recorded()
    as_client.post(reverse("language_choose"), {"language": "de"})
    as_client.post(reverse("mark", args=[jonas.pk]), {"kind": "favourite"})
    as_client.post(reverse("consents"), {"care": "on"})
    as_client.post(reverse("check_in", args=[third_session.pk]), ALL_EIGHT | {"bond": "yes"})

    assert recorded() == [
        ("language_set", "accounts.user", cleo.user, None),
        ("mark_set", "clients.mark", cleo.user, linden),
        ("consents_choose", "clients.client", cleo.user, linden),
        ("check_in_submit", "surveys.response", cleo.user, linden),
    ]


def test_a_therapists_pages_act_as_the_therapist(as_therapist, mara, linden, cleo, recorded):
    asked = cast.make_introduction(cleo, mara)
    recorded()
    as_therapist.post(reverse("room"), {"accepting": "1"})
    as_therapist.post(reverse("request_seen", args=[asked.pk]))

    assert recorded() == [
        ("accepting_set", "therapists.therapist", mara.user, linden),
        ("introduction_seen", "clients.introduction", mara.user, linden),
    ]


def test_an_admins_pages_act_as_the_admin(as_admin, asha, linden, wim, recorded):
    recorded()
    as_admin.post(reverse("clinic_settings"), LINDEN)
    as_admin.post(reverse("client_invite", args=[wim.pk]), {"email": "wim@home.example"})

    assert recorded() == [
        ("clinic_update", "accounts.clinic", asha, linden),
        ("member_add", "accounts.membership", asha, linden),
        ("person_invite", "clients.client", asha, linden),
    ]


@pytest.mark.parametrize(
    ("path", "token", "who"),
    [("link", link_token, SystemActor.LINK), ("kiosk_check_in", kiosk_token, SystemActor.KIOSK)],
)
def test_whoever_holds_a_link_or_a_tablet_has_proved_no_more(
    path, token, who, third_session, linden, recorded
):
    invitation = invitation_get_or_create(session=third_session, by=SystemActor.WORKER)
    recorded()
    Browser().post(reverse(path, args=[token(invitation)]), ALL_EIGHT | {"bond": "yes"})

    assert recorded() == [("check_in_submit", "surveys.response", who, linden)]


def test_a_client_who_is_logged_in_acts_by_a_link_too(as_client, cleo, third_session, recorded):
    invitation = invitation_get_or_create(session=third_session, by=SystemActor.WORKER)
    recorded()
    as_client.post(reverse("link", args=[link_token(invitation)]), ALL_EIGHT | {"bond": "yes"})

    assert [who for _, _, who, _ in recorded()] == [cleo.user]


def test_a_visitor_who_signs_up_has_no_account_yet(client, linden, mailoutbox, recorded):
    linden.open_to_all = True
    linden.save()
    client.post(reverse("join", args=["linden"]), {"name": "Nele", "email": "nele@home.example"})
    address = re.search(rf"{site.SITE_URL}(\S+)", mailoutbox[-1].body)[1]
    client.post(address, {"password": "a quiet room of paper"})

    assert recorded() == [
        ("sign_up_begin", "clients.signup", "sign_up", linden),
        ("account_open", "accounts.user", "sign_up", None),
        ("sign_up_finish", "clients.client", "sign_up", linden),
    ]
    assert User.objects.filter(email="nele@home.example").exists()


def test_a_command_acts_as_a_command(recorded):
    call_command("create_clinic", "elm", name="Elm", admin="edda@elm.example")

    assert [(verb, who, clinic.slug) for verb, _, who, clinic in recorded()] == [
        ("clinic_create", "command", "elm"),
        ("member_add", "command", "elm"),
    ]


@pytest.mark.usefixtures("third_session")
def test_the_worker_acts_as_the_worker(cleo, jonas, asha, linden, birch, bea, britta, recorded):
    for pair in ((cleo, jonas), (bea, britta)):
        cast.make_introduction(*pair)
    Introduction.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    cast.make_risk_alert(cleo)
    recorded()
    introductions_sweep()
    assert [one for one in recorded() if one[0] == "introductions_expire"] == [
        ("introductions_expire", "clients.introduction", "worker", linden),
        ("introductions_expire", "clients.introduction", "worker", birch),
    ]
    risk_alerts_sweep()
    assert recorded() == [
        ("notices_create", "safety.riskalert", "worker", linden),
        ("notices_send", "safety.risknotice", "worker", linden),
    ]
    refit(linden.pk)
    assert recorded() == [
        ("publish", "matching.publishedstate", "worker", linden),
        ("clinic_fit", "matching.modelsnapshot", "worker", linden),
        ("pending_rescores_process", "matching.rescorerun", "worker", linden),
    ]


def test_a_sweep_that_finds_nothing_records_nothing(linden, recorded):
    introductions_sweep()
    risk_alerts_sweep()

    assert recorded() == []
