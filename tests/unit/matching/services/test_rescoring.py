"""Pending re-scores: batches, failures, and whose list what concerns."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError
from django.db.models import F, Value
from django.utils import timezone

from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import (
    FailedRescore,
    MatchList,
    ModelSnapshot,
    PendingRescore,
    RescoreRun,
    TrainingRow,
)
from alliance_match.matching.services import (
    clinics_with_pending_rescores,
    pending_rescores_process,
    trait_allow,
)
from alliance_match.matching.services import rescoring as service
from alliance_match.matching.services.pending_lists import lists_of_everybody_add
from alliance_match.matching.services.training_rows import training_rows_update
from clients.models import Client
from clients.services import last_visit_save
from tests import cast


def test_the_work_may_be_done_twice(fitted_clinic, cleo, third_session):
    cast.make_check_in(third_session, 5)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    number = ModelSnapshot.objects.in_clinic(fitted_clinic).newest().number
    PendingRescore.objects.create(clinic=fitted_clinic, client_id=cleo.pk)
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert ModelSnapshot.objects.in_clinic(fitted_clinic).newest().number == number
    assert TrainingRow.objects.filter(client=cleo).count() == 1


def test_five_hundred_pending_rows_cost_one_recompute(fitted_clinic, cleo):
    PendingRescore.objects.bulk_create(
        PendingRescore(clinic=fitted_clinic, client_id=cleo.pk) for _ in range(500)
    )
    runs = RescoreRun.objects.count()
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert RescoreRun.objects.count() == runs + 1


def test_one_who_stops_looking_has_no_matches_left(fitted_clinic, cleo):
    cleo.status = "in_care"
    cleo.save()
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert not MatchList.objects.exists()


def test_a_therapist_who_stops_accepting_is_no_longer_suggested(fitted_clinic, cleo, mara):
    mara.accepting = False
    mara.save()
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert mara not in {match.therapist for match in cast.matches_of(cleo)}


def test_a_failure_is_tried_five_times_and_then_given_up_without_values(
    fitted_clinic, cleo, third_session, monkeypatch
):
    monkeypatch.setattr(service, "match_lists_rescore", lambda **_: 1 / 0)
    cast.make_check_in(third_session, 3)
    for _ in range(5):
        assert PendingRescore.objects.exists()
        pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert not PendingRescore.objects.exists()
    failed = FailedRescore.objects.first()
    assert (failed.error, failed.client_id) == ("ZeroDivisionError", cleo.pk)
    # What failed is her list: the rating itself was taken in.
    assert TrainingRow.objects.filter(client=cleo).exists()


def test_one_clients_failure_does_not_hold_up_another(fitted_clinic, cleo, wim, monkeypatch):
    def fail_for_cleo(*, client_ids, **given):
        if cleo.pk in client_ids:
            raise ArithmeticError
        return training_rows_update(client_ids=client_ids, **given)

    monkeypatch.setattr(service, "training_rows_update", fail_for_cleo)
    PendingRescore.objects.create(clinic=fitted_clinic, client_id=cleo.pk)
    PendingRescore.objects.create(clinic=fitted_clinic, client_id=wim.pk)
    for _ in range(3):
        pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert {row.client_id for row in PendingRescore.objects.all()} == {cleo.pk}
    assert cast.matches_of(wim)


def test_a_row_the_database_refuses_is_given_up_like_any_failure(fitted_clinic, cleo, monkeypatch):
    def refused(**_):
        raise IntegrityError

    monkeypatch.setattr(service, "match_lists_rescore", refused)
    cleo.style_preferences.update(position=0)
    for _ in range(5):
        pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    failed = FailedRescore.objects.get()
    assert (failed.error, failed.client_id) == ("IntegrityError", cleo.pk)


def test_a_lost_database_ends_the_work_at_once(fitted_clinic, cleo, monkeypatch):
    def lost(**_):
        raise OperationalError

    monkeypatch.setattr(service, "match_lists_rescore", lost)
    cleo.style_preferences.update(position=0)
    with pytest.raises(OperationalError):
        pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert PendingRescore.objects.filter(client_id=cleo.pk).exists()


def test_another_clinics_debt_stays_its_own(fitted_clinic, birch, bea):
    assert clinics_with_pending_rescores() == [birch]
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    assert clinics_with_pending_rescores() == [birch]


def test_who_stopped_looking_has_no_matches_even_where_a_therapist_changed_too(fitted_clinic, cleo, mara):
    cleo.status = "in_care"
    cleo.save()
    mara.styles.update(position=0)

    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)

    assert not cast.matches_of(cleo)


def test_a_trait_that_is_allowed_while_a_worker_is_at_work_is_left_for_a_fit(
    fitted_clinic, asha, cleo, monkeypatch
):
    def allowed_meanwhile(*args, **kwargs):
        trait_allow(clinic=fitted_clinic, side="client", name="openness", by=asha)
        return take_in(*args, **kwargs)

    take_in = service._changes_take_in
    monkeypatch.setattr(service, "_changes_take_in", allowed_meanwhile)
    cleo.style_preferences.update(position=0)

    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)

    left = PendingRescore.objects.order_by("list_only").values_list("client_id", "list_only", "attempts")
    assert list(left) == [(None, False, 0), (cleo.pk, True, 0)]


def test_a_batch_that_fails_is_halved_until_only_the_cause_is_left(fitted_clinic, cleo, raters, monkeypatch):
    def fail_for_cleo(*, client_ids, **given):
        tried.append(len(client_ids))
        if cleo.pk in client_ids:
            raise ArithmeticError
        return training_rows_update(client_ids=client_ids, **given)

    tried: list[int] = []
    monkeypatch.setattr(service, "training_rows_update", fail_for_cleo)
    PendingRescore.objects.bulk_create(
        PendingRescore(clinic=fitted_clinic, client_id=client.pk) for client in (*raters, cleo)
    )

    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)

    assert {row.client_id for row in PendingRescore.objects.all()} == {cleo.pk}
    assert len(tried) <= 2 * len(bin(len(raters)))


@pytest.mark.parametrize(("attempts", "size"), [(0, 200), (1, 25), (2, 3), (3, 1), (4, 1)])
def test_what_was_lost_with_its_worker_is_tried_in_smaller_batches(linden, attempts, size):
    PendingRescore.objects.all().delete()
    PendingRescore.objects.bulk_create(
        PendingRescore(clinic=linden, client_id=key, list_only=True, attempts=attempts) for key in range(300)
    )
    assert len(PendingRescore.objects.next_batch()) == size


def rows_of(clinic, *ages, **given):
    """A pending row of so many seconds of age each, of the clients 1, 2, …"""
    return PendingRescore.objects.bulk_create(
        PendingRescore(
            clinic=clinic, client_id=key, created_at=timezone.now() - timedelta(seconds=age), **given
        )
        for key, age in enumerate(ages, 1)
    )


def next_clients():
    batch = PendingRescore.objects.next_batch()
    return [(row.client_id, row.list_only, row.everybody) for row in batch]


def test_lists_have_their_turn_however_many_changes_come(linden):
    PendingRescore.objects.all().delete()
    rows_of(linden, 3, list_only=True)
    rows_of(linden, 4, 2, 1)
    assert next_clients() == [(1, False, False), (2, False, False), (3, False, False)]
    PendingRescore.objects.filter(list_only=False, client_id=1).delete()
    assert next_clients() == [(1, True, False)]


def test_everybodys_lists_wait_for_a_clients_own_change(linden):
    PendingRescore.objects.all().delete()
    rows_of(linden, 60, 60, list_only=True, everybody=True)
    rows_of(linden, 0)
    assert next_clients() == [(1, False, False)]


def test_what_was_lost_with_its_worker_waits_some_seconds_and_not_till_no_others_come(linden):
    PendingRescore.objects.all().delete()
    rows_of(linden, 4, attempts=1)
    rows_of(linden, 0)
    assert PendingRescore.objects.next_batch()[0].attempts == 0
    PendingRescore.objects.update(created_at=F("created_at") - F("attempts") * Value(timedelta(seconds=2)))
    assert PendingRescore.objects.next_batch()[0].attempts == 1


def test_a_batch_that_another_worker_came_before_was_not_tried(fitted_clinic, cleo, monkeypatch):
    free = iter([True, False, False])
    monkeypatch.setattr(service, "clinic_lock_if_free", lambda _: next(free))
    PendingRescore.objects.create(clinic=fitted_clinic, client_id=cleo.pk)

    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)

    assert [row.attempts for row in PendingRescore.objects.all()] == [0]


def test_a_rating_concerns_nobodys_list_but_the_raters(fitted_clinic, cleo, third_session, raters):
    Client.objects.filter(pk__in=[one.pk for one in raters]).update(status="searching")
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    before = dict(MatchList.objects.values_list("client", "means"))
    cast.make_check_in(third_session, 1)

    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)

    after = dict(MatchList.objects.values_list("client", "means"))
    assert [pk for pk, means in after.items() if before[pk] != means] == [cleo.pk]


def test_another_therapist_concerns_everybody_last_looked_first(fitted_clinic, cleo, raters, mara):
    Client.objects.filter(pk__in=[one.pk for one in raters]).update(status="searching")
    pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER)
    last_visit_save(client=raters[7], seen={}, by=SystemActor.COMMAND)

    lists_of_everybody_add(fitted_clinic, news=False)
    lists_of_everybody_add(fitted_clinic, news=True)

    named = list(PendingRescore.objects.order_by("pk").values_list("client_id", "news"))
    assert named[0] == (raters[7].pk, True)
    assert {pk for pk, _ in named} == {cleo.pk, *(one.pk for one in raters)}
    assert len(named) == len(raters) + 1


def test_after_its_time_it_says_that_something_is_left(fitted_clinic, cleo):
    PendingRescore.objects.create(clinic=fitted_clinic, client_id=cleo.pk)
    assert pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER, seconds=0)
    assert not pending_rescores_process(clinic=fitted_clinic, by=SystemActor.WORKER, seconds=60)
    assert not PendingRescore.objects.exists()
