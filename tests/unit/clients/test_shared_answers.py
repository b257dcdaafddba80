"""What was answer once goes with the next request, part by part and only where that is chosen."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from clients.models import Introduction
from clients.shared_answers import shareable_answers, shared_answers
from tests.cast import make_introduction


def test_only_answers_there_are_can_be_shared(cleo, wim):
    assert list(shareable_answers(cleo)) == ["shows_concerns", "shows_style"]
    assert shareable_answers(wim) == {}

    cleo.intake.helped_before, cleo.intake.about = "Long walks", "Since spring"

    parts = ["shows_concerns", "shows_about", "shows_style", "shows_before"]
    assert list(shareable_answers(cleo)) == parts


def test_a_request_shows_what_was_chosen_and_nothing_else(cleo, mara, jonas, pavel):
    cleo.intake.helped_before, cleo.intake.about = "Long walks", "Since spring"
    cleo.intake.save()

    assert shared_answers(make_introduction(cleo, mara)) == []
    (answer,) = shared_answers(make_introduction(cleo, jonas, shows_concerns=False, shows_before=True))
    assert answer[1] == "Long walks"
    labels = [str(label) for label, _ in shared_answers(make_introduction(cleo, pavel, shows_style=True))]
    assert len(labels) == 4
    assert "follow a clear plan" in labels[0]


def test_own_words_go_along_only_where_that_is_chosen(cleo, mara, jonas):
    cleo.intake.about = "Since spring"
    cleo.intake.save()

    assert shared_answers(make_introduction(cleo, mara)) == []
    (own_words,) = shared_answers(make_introduction(cleo, jonas, shows_about=True))
    assert own_words[1] == "Since spring"


def test_the_form_begins_with_the_note_written_before(as_client, cleo, mara, jonas):
    make_introduction(cleo, jonas, note="I cannot sleep")

    form = as_client.get(reverse("ask", args=[mara.pk])).context["form"]

    assert form["note"].value() == "I cannot sleep"


def test_an_emptied_note_stays_empty(as_client, cleo, mara, jonas):
    make_introduction(cleo, jonas, note="I cannot sleep")
    day = timezone.localdate() + timedelta(days=10)
    own = {"day_1": f"{day}", "from_1": "10:00", "until_1": "12:00"}

    as_client.post(reverse("ask", args=[mara.pk]), {"note": "", "shows_style": "on"} | own)

    asked = Introduction.objects.get(therapist=mara)
    assert (asked.note, asked.shows_style, asked.shows_concerns) == ("", True, False)


def test_the_therapist_reads_it_on_the_request(as_therapist, cleo, mara):
    asked = make_introduction(cleo, mara, shows_style=True)

    page = as_therapist.get(reverse("request", args=[asked.pk])).content.decode()

    assert "follow a clear plan" in page
    assert "low mood" not in page
