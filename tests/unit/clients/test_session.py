"""Sessions, as the database keeps them."""

import pytest

from clients.models import Session
from tests.cast import refuses


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("session_number_once", {"number": 3}),
        ("session_code_once", {"code": "cleo-pavel-1-1"}),
        ("session_number_positive", {"number": 0}),
    ],
)
def test_the_database_refuses_a_session(linden, episode, constraint, fields):
    given = {"clinic": linden, "episode": episode, "code": "new", "number": 4} | fields

    refuses(constraint, Session.objects.create, **given)


def test_the_pair_is_read_in_one_go(episode, django_assert_num_queries):
    with django_assert_num_queries(1):
        pairs = {(one.episode.client.name, one.episode.therapist.name) for one in Session.objects.with_pair()}

    assert pairs == {("Cleo", "Pavel Novák")}
