"""sessions.csv becomes sessions and the episodes they belong to."""

from datetime import date

import pytest

from clients.models import Episode, Session

HEADER = "session,client,therapist,episode,number,date,started_on,ended_on,ending\n"


def test_stores_sessions_with_their_episodes(stored, load):
    load(
        sessions=HEADER
        + "a,c1,t2,2,1,2026-01-07,2026-01-01,2026-03-01,completed\n"
        + "b,c1,t2,2,2,2026-01-14,2026-01-01,2026-03-01,completed\n"
    )
    episode = Episode.objects.get(number=2)
    assert (episode.client.code, episode.therapist.code, episode.ending) == ("c1", "t2", "completed")
    assert (episode.started_on, episode.ended_on) == (date(2026, 1, 1), date(2026, 3, 1))
    assert [(one.code, one.number, one.held_on.day) for one in episode.sessions.all()] == [
        ("a", 1, 7),
        ("b", 2, 14),
    ]


def test_changes_only_what_is_different(stored, load):
    report = load(sessions="session,client,therapist,number,date\ns1,c1,t1,3,2026-01-07\ns2,c2,t1,3,\n")
    assert str(report.tallies["sessions.csv"]) == "0 new, 1 changed, 1 the same"


def test_counts_a_session_as_changed_with_its_episode(stored, load):
    ended = "session,client,therapist,number,ended_on\ns1,c1,t1,3,2026-01-07\ns2,c2,t1,3,\n"
    assert str(load(sessions=ended).tallies["sessions.csv"]) == "0 new, 1 changed, 1 the same"
    assert str(load(sessions=ended).tallies["sessions.csv"]) == "0 new, 0 changed, 2 the same"
    assert Episode.objects.exclude(ended_on=None).count() == 1


def test_moves_a_session_to_another_therapist(stored, load):
    load(sessions="session,client,therapist,number\ns1,c1,t2,3\n")
    assert Session.objects.get(code="s1").episode.therapist.code == "t2"


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (["a,c9,t1,1,1,,,,"], "sessions.csv:2:client: there is no client with this code"),
        (["a,c1,t9,1,1,,,,"], "sessions.csv:2:therapist: there is no therapist with this code"),
        (["a,c1,t1,1,0,,,,"], "sessions.csv:2:number: “0” is not a whole number from 1 to 32767"),
        (["a,c1,t1,1,1,31/02/2026,,,"], "sessions.csv:2:date: “31/02/2026” is not a day"),
        (["a,c1,t1,1,1,2026-02-31,,,"], "sessions.csv:2:date: there is no day “2026-02-31”"),
        (["a,c1,t1,1,1,,,,stopped"], "sessions.csv:2:ending: an ending needs the day in ended_on"),
        (
            ["a,c1,t1,1,1,,2026-02-01,2026-01-01,"],
            "sessions.csv:2:ended_on: the episode ends before it starts",
        ),
        (["a,c1,t1,1,1,,,,", "a,c2,t1,1,1,,,,"], "sessions.csv:3:session: this session is on line 2 already"),
        (
            ["a,c1,t1,1,1,,,,", "b,c1,t1,1,1,,,,"],
            "sessions.csv:3:number: session 1 of this episode is on line 2",
        ),
        (["a,c1,t1,1,3,,,,"], "sessions.csv:2:number: another session is stored as number 3 of this episode"),
        (
            ["a,c1,t1,1,1,,,2026-01-01,", "b,c1,t1,1,2,,,2026-01-02,"],
            "sessions.csv:3:ended_on: differs from line 2, which is of the same episode",
        ),
    ],
)
def test_refuses_a_row(stored, faults, rows, fault):
    found = faults(sessions=HEADER + "\n".join(rows))
    assert [line[: len(fault)] for line in found] == [fault]


def test_does_not_find_people_of_another_clinic(stored, faults, bea):
    bea.code = "elsewhere"
    bea.save()
    assert faults(sessions="session,client,therapist,number\na,elsewhere,t1,1\n") == [
        "sessions.csv:2:client: there is no client with this code"
    ]


def test_says_in_words_what_the_database_refuses(stored, faults):
    """Two sessions cannot swap their numbers in one step."""
    faults(sessions="session,client,therapist,number\ns0,c1,t1,1\n")
    found = faults(sessions="session,client,therapist,number\ns0,c1,t1,3\ns1,c1,t1,1\n")
    assert len(found) == 2
    assert all("another session is stored" in line for line in found)
