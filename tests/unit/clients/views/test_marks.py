"""Whom a client keeps in mind or puts aside."""

import pytest

from clients.models import Mark


@pytest.mark.parametrize(
    ("back", "there"),
    [
        ("/browse/?fee=90", "/browse/?fee=90"),
        ("https://elsewhere.example/", "/suggestions/"),
        ("//elsewhere.example/", "/suggestions/"),
        ("", "/suggestions/"),
    ],
)
def test_a_mark_leads_back_but_never_elsewhere(as_client, mara, back, there):
    answer = as_client.post(f"/therapists/{mara.pk}/mark/", {"kind": "favourite", "back": back})
    assert answer.url == there


def test_a_mark_that_nobody_knows_is_refused(as_client, mara):
    assert as_client.post(f"/therapists/{mara.pk}/mark/", {"kind": "best"}).status_code == 400
    assert not Mark.objects.exists()
