from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import ModelSnapshot
from alliance_match.matching.services import clinic_fit, clinic_sensitivity, trait_allow
from therapists.models import Therapist


def test_dropouts_of_one_therapist_would_take_them_down(linden, cleo, dropouts):
    clinic_fit(clinic=linden, by=SystemActor.WORKER)
    snapshots = ModelSnapshot.objects.count()
    five, ten = clinic_sensitivity(clinic=linden)
    assert (five.shift, ten.shift) == (5, 10)
    assert (five.dropouts, five.clients) == (len(dropouts), 1)
    assert 0 < five.largest_move < ten.largest_move
    assert ModelSnapshot.objects.count() == snapshots


def test_only_whom_a_client_may_be_shown_counts(linden, cleo, dropouts):
    cleo.intake.languages = ["fi"]
    cleo.intake.save()
    clinic_fit(clinic=linden, by=SystemActor.WORKER)
    assert [one.clients for one in clinic_sensitivity(clinic=linden)] == [0, 0]


def test_without_anybody_looking_levels_are_shown_still(linden, dropouts):
    clinic_fit(clinic=linden, by=SystemActor.WORKER)
    assert clinic_sensitivity(clinic=linden)[0].clients == 0
    assert clinic_sensitivity(clinic=linden)[0].largest_move > 0


def test_nothing_is_shown_where_nobody_left(fitted_clinic):
    assert clinic_sensitivity(clinic=fitted_clinic) == []


def test_nothing_is_shown_without_a_fit_of_today(linden, cleo, dropouts, asha):
    assert clinic_sensitivity(clinic=linden) == []
    clinic_fit(clinic=linden, by=SystemActor.WORKER)
    trait_allow(clinic=linden, side="client", name="openness", by=asha)
    assert clinic_sensitivity(clinic=linden) == []


def test_nothing_is_shown_without_a_listed_therapist(linden, cleo, dropouts):
    clinic_fit(clinic=linden, by=SystemActor.WORKER)
    Therapist.objects.update(accepting=False)
    assert clinic_sensitivity(clinic=linden) == []
