"""A worker to whom the message is all there is, for the planted fault “enqueue before commit”.

celery -A benchmarks.load.naive worker
"""

from alliance_match.celery import app

__all__ = ["app", "learn"]


@app.task(acks_late=False, reject_on_worker_lost=False)
def learn(clinic_id: int, client_id: int) -> None:
    """Do what the message says, as Celery does by default: it is taken off the queue first."""
    from alliance_match.matching.models import PendingRescore  # noqa: PLC0415  # Celery sets Django up late
    from alliance_match.matching.tasks import sweep  # noqa: PLC0415

    PendingRescore.objects.create(clinic_id=clinic_id, client_id=client_id)
    sweep()
