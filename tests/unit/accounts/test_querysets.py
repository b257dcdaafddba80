"""Every read of clinic data begins with the clinic."""

from django.apps import apps

from alliance_match.accounts.models import Clinic
from alliance_match.accounts.querysets import ClinicQuerySet
from clients.models import Consent
from therapists.models import Therapist

OURS = {"therapists", "clients", "surveys", "matching", "insights", "transfer"}


def test_it_finds_only_this_clinics_rows(linden, mara, britta):
    assert list(Therapist.objects.in_clinic(linden)) == [mara]


def test_it_reaches_the_clinic_through_another_model(birch, cleo, bea):
    found = Consent.objects.in_clinic(birch)

    assert {consent.client for consent in found} == {bea}


def test_every_model_that_has_a_clinic_can_be_asked_for_it():
    """All but those that are the worker's own, or that belong to every clinic."""
    without = {
        model.__name__
        for model in apps.get_models()
        if model._meta.app_label in OURS
        and any(field.related_model is Clinic for field in model._meta.get_fields() if field.concrete)
        and not isinstance(model._default_manager.all(), ClinicQuerySet)
    }

    assert without == {"Instrument", "RescoreLock"}
