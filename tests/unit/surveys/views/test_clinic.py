"""What reaches the clinic: comments addressed to it, and how many answers look unread."""

import pytest

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import SystemActor
from surveys.models import Response
from surveys.services import rating_withdraw
from tests.cast import make_check_in, make_client, make_episode, refuses


def test_an_admin_reads_what_was_addressed_to_the_clinic(as_admin, episode):
    for number, reader in ((1, "clinic"), (2, "therapist"), (3, "nobody")):
        session = episode.sessions.get(number=number)
        make_check_in(session, 3, comment=f"words for the {reader}", comment_reader=reader)

    content = as_admin.get("/comments/").content.decode()

    assert "words for the clinic" in content
    assert "Cleo" in content
    assert "words for the therapist" not in content
    assert "words for the nobody" not in content


def test_another_clinic_reads_nothing_of_it(as_other_admin, third_session):
    make_check_in(third_session, comment="ours", comment_reader="clinic")

    assert not as_other_admin.get("/comments/").context["page_obj"].object_list


def test_what_was_taken_back_is_gone(as_admin, third_session):
    response = make_check_in(third_session, comment="ours", comment_reader="clinic")
    rating_withdraw(rating=response.alliance_rating, by=SystemActor.COMMAND)

    assert not as_admin.get("/comments/").context["page_obj"].object_list


def test_an_admin_sets_how_clients_are_asked(as_admin, linden, birch):
    answer = as_admin.post(
        "/asking/", {"quiet_from": "21:00", "quiet_until": "07:30", "question_budget": "30"}
    )

    linden.refresh_from_db()
    assert answer.status_code == 302
    assert (f"{linden.quiet_from:%H:%M}", f"{linden.quiet_until:%H:%M}") == ("21:00", "07:30")
    assert linden.question_budget == 30
    assert Clinic.objects.get(pk=birch.pk).question_budget == 60


@pytest.mark.parametrize("budget", ["-1", "1001", "many", "", "9" * 40])
def test_a_budget_that_cannot_be_is_refused(as_admin, linden, budget):
    data = {"quiet_from": "21:00", "quiet_until": "07:30", "question_budget": budget}

    assert as_admin.post("/asking/", data).status_code == 422
    assert Clinic.objects.get(pk=linden.pk).question_budget == 60


def test_the_database_holds_the_budget_too(linden):
    refuses("clinic_question_budget_sane", Clinic.objects.update, question_budget=1001)


def answered_by(linden, pavel, clients, marked):
    for k in range(clients):
        session = make_episode(make_client(linden, f"C{k}"), pavel, sessions=1).sessions.get()
        make_check_in(session, 10)
    some = Response.objects.order_by("pk").values("pk")[:marked]
    Response.objects.filter(pk__in=list(some.values_list("pk", flat=True))).update(hasty=True)


@pytest.mark.parametrize(("clients", "marked", "told"), [(9, 9, None), (10, 0, 0), (10, 3, 3), (12, 12, 10)])
def test_a_share_is_told_from_ten_clients_on(as_admin, linden, pavel, clients, marked, told):
    answered_by(linden, pavel, clients, marked)

    assert as_admin.get("/asking/").context["careless"] == told


def test_ten_answers_of_one_client_are_not_ten_clients(as_admin, cleo, pavel):
    for session in make_episode(cleo, pavel, sessions=12).sessions.all():
        make_check_in(session)

    assert as_admin.get("/asking/").context["careless"] is None
