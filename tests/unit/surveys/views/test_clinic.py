"""What reaches the clinic: comments that are addressed to it."""

from surveys.services import rating_withdraw
from tests.cast import make_check_in


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
    rating_withdraw(rating=response.alliance_rating)

    assert not as_admin.get("/comments/").context["page_obj"].object_list
