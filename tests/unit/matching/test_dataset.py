import numpy as np
import pytest

from alliance_match.matching import dataset
from alliance_match.matching.features import feature_set
from alliance_match.matching.services import trait_allow
from clients.models import Client
from surveys.models import AllianceRating
from therapists.models import Therapist


def people(clinic):
    return dataset.clinic_people(clinic, Client.objects.in_clinic(clinic).with_intake().order_by("pk"))


def test_positions_become_features_and_what_is_unknown_stays_missing(linden, mara, cleo, wim):
    found = people(linden)
    assert found.x[0].tolist() == [2, 2, 2, 1]
    assert np.isnan(found.x[1]).all()
    assert found.z[0].tolist() == [2, -1, 2, 1]


def test_a_client_who_shown_nothing_agrees_with_everybody_alike(linden, mara, jonas, wim):
    found = people(linden)
    assert all((term.values()[0] == 0).all() for term in found.match.values())


def test_agreement_is_higher_with_whoever_works_as_the_client_likes(linden, mara, jonas, cleo):
    structure = people(linden).match["agreement_structure"].values()[0]
    assert structure[0] > structure[1]


def test_shared_concerns_speak_for_a_therapist(linden, mara, jonas, cleo):
    concerns = people(linden).match["concerns"].values()[0]
    assert concerns[0] > concerns[1]


def test_an_allowed_trait_is_read_and_a_missing_one_is_missing(linden, asha, mara, jonas, cleo):
    Therapist.objects.filter(pk=mara.pk).update(traits={"calm": 7.5})
    trait_allow(clinic=linden, side="therapist", name="calm", by=asha)
    column = people(linden).z[:, -1]
    assert column[0] == 7.5
    assert np.isnan(column[1])


def test_gender_and_age_group_change_no_feature(linden, mara, jonas, cleo):
    before = people(linden)
    Therapist.objects.update(gender="woman", age_group="60s")
    after = people(linden)
    assert np.array_equal(before.z, after.z, equal_nan=True)


def test_candidates_are_the_listed_therapists_only(linden, mara, jonas, pavel, cleo):
    Therapist.objects.filter(pk=jonas.pk).update(accepting=False)
    Therapist.objects.filter(pk=pavel.pk).update(status="paused")
    assert people(linden).candidates("alliance-check").therapist_ids.tolist() == [mara.pk]
    assert list(Therapist.objects.in_clinic(linden).listed()) == [mara]


def test_rows_of_training_hold_what_the_pair_looks_like(linden, raters):
    rated = dataset.ratings_to_train_on(AllianceRating.objects.all())[0]
    row = dataset.training_rows(linden, [rated])[0]
    client = Client.objects.get(pk=rated.client_id)
    assert row.features[0] == client.style_preferences.get(dimension="structure").position
    assert (row.client_id, row.score, row.session) == (client.pk, rated.score, 3)


@pytest.mark.parametrize("number", [5, 25])
def test_reading_people_takes_as_many_queries_for_few_as_for_many(
    linden, mara, jonas, raters, number, django_assert_num_queries
):
    with django_assert_num_queries(5):
        dataset.clinic_people(linden, Client.objects.in_clinic(linden).with_intake().order_by("pk")[:number])


def rated_pairs(clinic, rows):
    """What `started_pairs` takes of these rows."""
    table = dataset.training_table(feature_set(clinic), dataset.instrument_codes(clinic), rows)
    return np.array([row.rating_id for row in rows], dtype=np.int64), table


def test_pairs_that_began_are_those_rated_then_those_who_left(linden, jonas, raters, dropouts):
    rows = dataset.training_rows(linden, dataset.ratings_to_train_on(AllianceRating.objects.all()))
    found = dataset.started_pairs(linden, *rated_pairs(linden, rows))
    assert found.client_ids.tolist() == [row.client_id for row in rows] + [one.pk for one in dropouts]
    assert found.rated.tolist() == [True] * len(rows) + [False] * len(dropouts)
    assert set(found.therapist_ids[found.dropped_out].tolist()) == {jonas.pk}
    assert found.x[found.dropped_out][:, 0].tolist() == [k % 7 - 3 for k in range(len(dropouts))]
    shown = {
        rating.session.episode.client_id: rating.total
        for rating in AllianceRating.objects.filter(session__number=1)
    }
    assert found.first_session_alliance.tolist() == [shown[client] for client in found.client_ids.tolist()]


def test_a_clinic_without_care_has_no_pairs(linden):
    assert len(dataset.started_pairs(linden, *rated_pairs(linden, []))) == 0


@pytest.mark.parametrize("number", [5, 25])
def test_reading_pairs_takes_as_many_queries_for_few_as_for_many(
    linden, dropouts, number, django_assert_num_queries
):
    Client.objects.filter(pk__in=[one.pk for one in dropouts[number:]]).delete()
    nobody = rated_pairs(linden, [])
    with django_assert_num_queries(8):
        dataset.started_pairs(linden, *nobody)
