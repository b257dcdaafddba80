"""ratings.csv becomes ratings; what clients said or took back in the app is never overruled."""

import pytest
from django.utils import timezone

from surveys.models import AllianceRating, Response


def test_stores_scores(stored, load):
    assert not load(ratings="session,total,bond,task,goal\ns1,72.5,80,,0\ns2,,50,,\n").faults
    assert list(AllianceRating.objects.order_by("pk").values_list("total", "bond", "task", "goal")) == [
        (72.5, 80, None, 0),
        (None, 50, None, None),
    ]


def test_takes_the_newest_version_of_the_default_instrument(stored, load, instrument):
    load(ratings="session,total\ns1,50\n")
    assert AllianceRating.objects.get().instrument == instrument
    assert load(ratings="session,instrument,version,total\ns1,alliance-check,1,50\n").changes == 0


def test_changes_only_what_is_different(stored, load):
    load(ratings="session,total,bond\ns1,50,50\ns2,60,60\n")
    assert (
        str(load(ratings="session,total\ns1,50\ns2,61\n").tallies["ratings.csv"])
        == "0 new, 1 changed, 1 the same"
    )
    assert list(AllianceRating.objects.order_by("pk").values_list("total", "bond")) == [(50, 50), (61, 60)]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (["s9,,,50,"], "ratings.csv:2:session: there is no session with this code"),
        (["s1,,,100.5,"], "ratings.csv:2:total: “100.5” is not from 0 to 100"),
        (["s1,,,-1,"], "ratings.csv:2:total: “-1” is not from 0 to 100"),
        (["s1,,,nan,"], "ratings.csv:2:total: this is not a number"),
        (["s1,,,1e309,"], "ratings.csv:2:total: “1e309” is not from 0 to 100"),
        (['s1,,,"72,5",'], "ratings.csv:2:total: “72,5” has a decimal comma; write a point"),
        (["s1,,,,"], "ratings.csv:2:total: a rating needs a total"),
        (["s1,wai,,50,"], "ratings.csv:2:instrument: there is no such instrument at this clinic"),
        (["s1,,9,50,"], "ratings.csv:2:version: there is no such version of the instrument at this clinic"),
        (
            ["s1,,,50,", "s1,alliance-check,1,50,"],
            "ratings.csv:3:session: a rating of this session by this instrument is on line 2 already",
        ),
        (["s1,,,50,soon"], "ratings.csv:2:withdrawn_at: this is not a moment written as"),
    ],
)
def test_refuses_a_row(stored, faults, rows, fault):
    found = faults(ratings="session,instrument,version,total,withdrawn_at\n" + "\n".join(rows))
    assert [line[: len(fault)] for line in found] == [fault]


def test_withdraws_and_never_takes_that_back(stored, load):
    load(ratings="session,total\ns1,50\n")
    load(ratings="session,total,withdrawn_at\ns1,50,2026-01-01T00:00:00Z\n")
    report = load(ratings="session,total,withdrawn_at\ns1,50,\n")
    assert AllianceRating.objects.get().withdrawn_at is not None
    assert report.warnings == ["ratings.csv:2:withdrawn_at: this rating was withdrawn before and stays so"]
    assert report.changes == 0


def test_never_changes_what_a_client_answered_in_the_app(third_session, instrument, load):
    response = Response.objects.create(
        clinic=third_session.clinic, session=third_session, instrument=instrument
    )
    AllianceRating.objects.create(
        clinic=third_session.clinic, session=third_session, instrument=instrument, response=response, total=60
    )
    code = third_session.code
    assert load(ratings=f"session,total\n{code},60\n").changes == 0
    assert [str(one) for one in load(ratings=f"session,total\n{code},61\n").faults.kept()] == [
        "ratings.csv:2:total: the client answered in the app; that answer stays"
    ]
    now = timezone.now().isoformat()
    assert load(ratings=f"session,total,withdrawn_at\n{code},60,{now}\n").changes == 1
