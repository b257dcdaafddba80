"""What anybody may read of how matching works at a clinic."""

import re
from dataclasses import asdict

import pytest
from django.urls import reverse

from alliance_match.audit.actors import SystemActor
from alliance_match.matching.features import features_with
from alliance_match.matching.models import ModelSnapshot
from alliance_match.matching.presentation.explanation import explanation
from alliance_match.matching.services import clinic_fit
from alliance_match.vocabulary import NEVER_USED
from tests import cast

GAIN = {"ratings": 209, "match_gain": {"estimate": 0.109, "low": 0.067, "high": 0.149}}
NO_GAIN = {"ratings": 61, "match_gain": {"estimate": 0.004, "low": -0.02, "high": 0.024}}
WEIGHT = {"points": 6.5, "low": 5.0, "high": 8.0, "tells": True}


@pytest.fixture
def snapshot(linden):
    """A function that stores a snapshot of Linden as a fit would."""

    def snapshot(verdict="early", rated=150, kind="fit", features=None, **fields):
        number = ModelSnapshot.objects.in_clinic(linden).count() + 1
        uses = asdict(features or features_with()) | {"instruments": []}
        made = {"number": number, "kind": kind, "state": {}, "uses": uses, "rated": rated, "verdict": verdict}
        return ModelSnapshot.objects.create(clinic=linden, **made, **fields)

    return snapshot


@pytest.fixture
def page(client, linden):
    """A function that gives the text of Linden's page as an outsider sees it, but for the forms' tokens."""

    def page():
        text = client.get(reverse("clinic_matching", args=["linden"])).content.decode()
        return " ".join(re.sub(r'csrfmiddlewaretoken" value="\w+"', "", text).split())

    return page


@pytest.mark.parametrize(
    ("verdict", "rated", "evaluation", "words"),
    [
        ("preference fit", 40, {}, ["no prediction yet", "40 or a few more", "From 100 ratings on"]),
        ("early", 150, {}, ["Early: estimates with wide ranges", "From 300 ratings on"]),
        ("predicted", 1043, GAIN, ["has passed its test", "about 11 of every 100", "likely 7 to 15"]),
        (
            "no detectable match effect",
            305,
            NO_GAIN,
            ["No match effect", "likely 0 to 2", "60 or a few more"],
        ),
    ],
)
def test_it_says_the_verdict_and_what_it_rests_on(snapshot, page, verdict, rated, evaluation, words):
    snapshot(verdict, rated, evaluation=evaluation)
    text = page()
    assert [one for one in words if one not in text] == []
    assert "%" not in re.sub("<[^>]*>", "", text)


def test_counts_are_rounded_down_so_that_nobody_is_seen_to_have_rated(snapshot, page):
    snapshot("predicted", 1049, evaluation=GAIN)
    text = page()
    assert "1,040 or a few more" in text
    assert "1049" not in text
    assert "209" not in text


def test_fewer_than_ten_ratings_are_not_counted_at_all(snapshot, page):
    snapshot("preference fit", 7)
    assert "from fewer than ten third-session ratings" in page()


def test_a_rating_added_since_the_last_fit_changes_nothing_in_public(snapshot, page):
    snapshot("early", 150)
    before = page()
    snapshot("early", 160, kind="update")
    assert page() == before


def test_it_shows_the_weights_of_the_last_release(snapshot, page):
    snapshot(part_importance={"clients": 100, "parts": {"agreement": WEIGHT}})
    snapshot()
    text = page()
    assert "About 6.5 points, likely 5 to 8." in text
    assert "Measured on" in text


def test_a_trait_is_named_while_it_is_in_use_and_its_weight_with_it(snapshot, linden):
    weights = {"clients": 100, "parts": {"agreement": WEIGHT, "trait_openness": WEIGHT}}
    snapshot(features=features_with(client=["trait_openness"]), part_importance=weights)
    shown = explanation(linden)
    assert shown.traits == {"client": ["openness"], "therapist": []}
    assert [part.label for part in shown.part_importance.parts][-1] == "Openness, a number about you"

    snapshot()
    shown = explanation(linden)
    assert shown.traits == {"client": [], "therapist": []}
    assert len(shown.part_importance.parts) == 1


def test_it_names_everything_that_is_never_used(page):
    text = page()
    assert [str(name) for name in NEVER_USED if f">{str(name).capitalize()}</span>" not in text] == []


def test_it_names_every_feature_in_use(linden):
    shown = explanation(linden)
    assert shown.styles == ["structure", "feelings", "time", "warmth"]
    assert shown.concerns


def test_without_a_fit_it_says_so(page):
    text = page()
    assert "Nothing has been estimated yet" in text
    assert "It is measured once ten clients" in text


@pytest.mark.parametrize(("therapists", "said"), [(1, True), (2, False)])
def test_with_one_therapist_it_says_that_there_is_nothing_to_compare(
    snapshot, page, linden, therapists, said
):
    snapshot()
    for name in ("Mara", "Jonas")[:therapists]:
        cast.make_therapist(linden, name)
    assert ("there is nothing to compare" in page()) is said


def test_it_says_nothing_of_people(fitted_clinic, page, mara, jonas, cleo):
    text = page()
    assert [name for name in ("Mara", "Albrecht", "Jonas", "Pavel", "Cleo", "Rater") if name in text] == []


def test_it_takes_few_queries_however_much_was_added(linden, snapshot, page, django_assert_num_queries):
    snapshot(part_importance={"clients": 100, "parts": {"agreement": WEIGHT}})
    with django_assert_num_queries(4):
        page()
    for _ in range(5):
        snapshot(part_importance={"clients": 100, "parts": {"agreement": WEIGHT, "therapist": WEIGHT}})
        cast.make_therapist(linden, f"Therapist{ModelSnapshot.objects.count()} X")
    with django_assert_num_queries(4):
        page()


def test_it_never_loads_an_estimator(fitted_clinic, page, django_assert_num_queries):
    with django_assert_num_queries(4) as asked:
        page()
    assert [one["sql"] for one in asked if '"matching_modelsnapshot"."state"' in one["sql"]] == []


@pytest.mark.parametrize("slug", ["nowhere", "Linden", "birch2"])
def test_a_clinic_that_is_none_is_not_there(client, linden, slug):
    assert client.get(f"/how-matching-works/{slug}/").status_code == 404


def test_a_browser_may_keep_it_for_a_while_and_nobody_else(client, as_client, linden):
    address = reverse("clinic_matching", args=["linden"])
    outside, inside = client.get(address), as_client.get(address)
    assert outside.headers["Cache-Control"] == "private, max-age=300"
    assert "Cookie" in outside.headers["Vary"]
    assert inside.headers["Cache-Control"] == "no-store, private"


def test_without_a_clinic_it_explains_what_all_have_in_common(client, linden, birch):
    text = client.get(reverse("how_matching_works")).content.decode()
    assert "What is never used" in text
    assert "renewed once a day at most" in text
    assert "How it stands here" not in text
    assert "Linden" not in text
    assert "Birch" not in text


def test_a_member_is_led_to_their_own_clinics(as_client, as_other_admin):
    general = reverse("how_matching_works")
    assert as_client.get(general).url == "/how-matching-works/linden/"
    assert as_other_admin.get(general).url == "/how-matching-works/birch/"


@pytest.mark.parametrize("where", ["suggestions", "rescoring"])
def test_other_pages_lead_there(where, fitted_clinic, as_client, as_admin):
    browser = as_admin if where == "rescoring" else as_client
    assert (
        f'href="{reverse("clinic_matching", args=["linden"])}"'
        in browser.get(reverse(where)).content.decode()
    )


def test_every_page_leads_to_it_at_its_foot(client, db):
    text = client.get(reverse("home")).content.decode()
    assert f'href="{reverse("how_matching_works")}"' in text


def test_the_weights_of_a_real_fit_are_shown(linden, raters, page):
    for name in ("Ana Sousa", "Tom Vale"):
        cast.make_therapist(linden, name, style=(1, 0, -1, 0))
    clinic_fit(clinic=linden, by=SystemActor.WORKER)
    text = page()
    assert "How you like to work and how they work, taken together" in text
    assert "Too early to tell apart from nothing" in text
