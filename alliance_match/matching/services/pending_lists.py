"""Whose lists are to be scored anew: rows in place of those that said what changed."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import F, Q

from alliance_match.accounts.models import Clinic
from alliance_match.matching.models import PendingRescore
from clients.models import Client

ADD = """
    INSERT INTO matching_pendingrescore (clinic_id, client_id, list_only, everybody, news, created_at)
    SELECT %(clinic)s, client, true, %(everybody)s, %(news)s, coalesce(%(since)s, now())
    FROM unnest(%(clients)s::bigint[]) WITH ORDINALITY AS named (client, place) ORDER BY place
"""


def lists_of_clients_add(
    clinic: Clinic,
    client_ids: Sequence[int],
    *,
    news: bool,
    everybody: bool = False,
    since: datetime | None = None,
) -> None:
    """Have the lists of these clients scored anew, in this order.

    `since`: when the change came that was taken in, so that what waits for its list is as old as it.
    """
    given = {"clinic": clinic.pk, "everybody": everybody, "news": news, "since": since}
    with connection.cursor() as cursor:
        cursor.execute(ADD, {**given, "clients": list(client_ids)})


def lists_of_everybody_add(clinic: Clinic, *, news: bool, since: datetime | None = None) -> None:
    """Have every list scored anew, those first who looked last; nobody is named twice for the same."""
    waiting = PendingRescore.objects.in_clinic(clinic).filter(list_only=True, everybody=True, attempts=0)
    if news:
        waiting.update(news=True)
    looking = Client.objects.in_clinic(clinic)
    named = looking.filter(Q(pk__in=looking.seeking().values("pk")) | Q(match_list__isnull=False))
    unnamed = named.exclude(pk__in=waiting.values("client_id"))
    order = unnamed.order_by(F("last_visit__latest_at").desc(nulls_last=True), "pk")
    named_now = list(order.values_list("pk", flat=True))
    lists_of_clients_add(clinic, named_now, news=news, everybody=True, since=since)
