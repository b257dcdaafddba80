"""The nightly task …"""

from alliance_match.insights import tasks
from alliance_match.insights.models import Release


def test_it_makes_the_releases_of_every_clinic(cast, other_clinic, monkeypatch):
    monkeypatch.setattr(tasks.release, "apply_async", lambda args: tasks.release(*args))
    for one in (cast, other_clinic):
        one.raters(one.therapist(), 10)
    tasks.release_all()
    assert set(Release.objects.values_list("clinic", flat=True)) == {cast.clinic.pk, other_clinic.clinic.pk}


def test_it_passes_over_a_clinic_that_is_gone(db):
    tasks.release(10**9)
    assert not Release.objects.exists()
