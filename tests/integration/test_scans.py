"""No hot path reads a table from end to end: plans at a hundred thousand episodes, most of them long over."""

import json

import pytest
from django.db import connection
from django.db.models.functions import Now

from alliance_match.accounts.models import Membership
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import PendingRescore
from alliance_match.safety.models import RiskAlert, RiskNotice
from clients.models import Episode, Introduction, Session
from surveys.models import AllianceRating, Invitation, Response
from surveys.selectors import with_check_in
from surveys.services import invitation_get_or_create
from tests import cast

pytestmark = pytest.mark.django_db
MANY = 100_000
# Small next to the others, and read whole where that is cheaper.
SMALL = {
    "accounts_membership",
    "accounts_user",
    "accounts_clinic",
    "therapists_therapist",
    "surveys_instrument",
    "surveys_crisiscare",
}


OTHERS = "10000000 + n"  # keys of copies
LONG_OVER = "'2020-01-01T00:00:00Z'"


def multiply(row, **columns):
    """Copies of a row, a hundred thousand: `columns` are expressions of `n`, the number of the copy."""
    table = row._meta.db_table
    kept = {field.column: f"old.{field.column}" for field in row._meta.concrete_fields}
    copies = kept | {"id": OTHERS} | columns
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(copies)}) SELECT {', '.join(copies.values())} "
            f"FROM {table} old, generate_series(1, %s) n WHERE old.id = %s",
            [MANY, row.pk],
        )


@pytest.fixture
def crowded(linden, asha, mara, pavel, cleo, episode, third_session):
    """Linden with a hundred thousand episodes of others that have ended, with all that belongs to them."""
    response = cast.make_check_in(episode.sessions.get(number=1))
    alert = cast.make_risk_alert(cast.make_client(linden, "Other"))
    invitation = invitation_get_or_create(session=episode.sessions.get(number=1), by=SystemActor.WORKER)
    asked = cast.make_introduction(cleo, mara)
    notice = RiskNotice.objects.create(alert=alert, to=asha, due_at=Now())
    PendingRescore.objects.all().delete()
    pending = PendingRescore.objects.create(clinic_id=linden.pk + 1000, client_id=1)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger, no foreign key
        multiply(cleo, user_id="NULL", code="'c' || n")
        multiply(cleo.consents.first(), client_id=OTHERS)
        multiply_care(episode, third_session, invitation, response)
        multiply_requests(asked)
        multiply_alerts(alert, notice, str(asha.pk))
        multiply(pending)
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("ANALYZE")
    return linden


def multiply_care(episode, session, invitation, response):
    """Others' care of one session, which they were asked about and rated."""
    day, one_of_many = "'2020-01-01'", "10000000 + mod(n, 500)"
    multiply(episode, client_id=OTHERS, started_on=day, ended_on=day, therapist_id=one_of_many)
    multiply(session, episode_id=OTHERS, held_on=day, code="'s' || n")
    sent = {"sent_at": LONG_OVER, "due_at": LONG_OVER, "reminders": "2"}
    multiply(invitation, session_id=OTHERS, key="'k' || n", **sent)
    multiply(response, session_id=OTHERS, submitted_at=LONG_OVER)
    multiply(response.alliance_rating, session_id=OTHERS, response_id=OTHERS)


def multiply_requests(asked):
    """Others' requests that came to nothing, and of which they know."""
    states = {"state": "'expired'", "notified_state": "'expired'"}
    times = dict.fromkeys(["expires_at", "changed_at"], LONG_OVER)
    multiply(asked, client_id=OTHERS, therapist_id="10000000 + mod(n, 500)", **states, **times)


def multiply_alerts(alert, notice, who):
    """Others' alerts, which somebody answered, and what was sent of them."""
    steps = ["acknowledged", "contacted", "closed"]
    times = dict.fromkeys([f"{step}_at" for step in steps], LONG_OVER)
    people = dict.fromkeys([f"{step}_by_id" for step in steps], who)
    multiply(alert, client_id=OTHERS, closing_note="'spoken to'", **times, **people)
    multiply(notice, alert_id=OTHERS, sent_at=LONG_OVER, tried_at=LONG_OVER, tries="1")


def scanned(sql, parameters):
    """The tables that the plan of a statement reads from end to end."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        (plans,) = cursor.fetchone()
    found, left = set(), [plan["Plan"] for plan in (json.loads(plans) if isinstance(plans, str) else plans)]
    while left:
        node = left.pop()
        left += node.get("Plans", [])
        if node["Node Type"] == "Seq Scan":
            found.add(node["Relation Name"])
    return found


def hot_paths(linden, asha, mara, pavel, cleo, episode, third_session):
    """What each page or sweep asks, by what it asks."""
    admin = Membership.objects.get(user=asha)
    own = Session.objects.in_clinic(linden).filter(episode__client__user=cleo.user)
    return {
        "pending re-scores of a clinic": PendingRescore.objects.in_clinic(linden),
        "late re-scores of a clinic": PendingRescore.objects.filter(clinic=linden, created_at__lt=Now()),
        "fresh pending re-scores": PendingRescore.objects.in_clinic(linden).filter(attempts=0).order_by("pk"),
        "a session for its check-in": with_check_in(own).filter(pk=third_session.pk),
        "a client's check-ins that wait": own.filter(alliance_ratings__isnull=True).order_by("-held_on")[:20],
        "a client's ratings": AllianceRating.objects.filter(session__in=own, response__isnull=False),
        "ratings of a care so far": AllianceRating.objects.filter(session__episode=episode),
        "a client's last sharing": Response.objects.filter(session__episode=episode).order_by(
            "-submitted_at"
        ),
        "open episodes of a clinic": Episode.objects.in_clinic(linden).open(),
        "open episodes of a therapist": Episode.objects.open().filter(therapist=pavel),
        "open episodes of a client": Episode.objects.open().filter(client=cleo),
        "alerts that wait, for the banner": RiskAlert.objects.readable_by(admin).unacknowledged(),
        "alerts that are not closed": RiskAlert.objects.in_clinic(linden).unclosed(),
        "alerts to notify of": RiskAlert.objects.to_notify(),
        "notices to send": RiskNotice.objects.to_send(),
        "answers shared with a therapist": Response.objects.shared_with(pavel),
        "recent sessions without invitation": Session.objects.filter(
            held_on__gte="2026-01-01", invitation=None
        ),
        "invitations that are due": Invitation.objects.due(),
        "invitations to remind of": Invitation.objects.to_remind_of(),
        "introductions that are overdue": Introduction.objects.overdue(),
        "introductions to notify of": Introduction.objects.to_notify(),
        "open introductions of a therapist": Introduction.objects.open().filter(therapist=mara),
    }


def test_no_hot_path_reads_a_large_table_from_end_to_end(
    crowded, linden, asha, mara, pavel, cleo, episode, third_session
):
    paths = hot_paths(linden, asha, mara, pavel, cleo, episode, third_session)
    found = {name: scanned(*rows.query.sql_with_params()) - SMALL for name, rows in paths.items()}
    assert {name: tables for name, tables in found.items() if tables} == {}
