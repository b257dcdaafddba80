"""Whether all is well, for whoever watches over the machine."""

from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from alliance_match.operations import health
from alliance_match.operations.delays import delays

UNKNOWN = "unknown"


@login_not_required
@never_cache
@require_safe
def health_ready(request: HttpRequest) -> HttpResponse:
    """503 while the database is away; "amber" without the broker or where work is late: pages work then."""
    database, broker = health.database_answers(), health.broker_answers()
    late = _late_or_unknown() if database else []
    status = "down" if not database else "ok" if broker and not late else "amber"
    words = {True: "ok", False: "away"}
    body = {"status": status, "database": words[database], "broker": words[broker], "late": late}
    return JsonResponse(body, status=200 if database else 503)


def _late_or_unknown() -> list[str]:
    """What is late; where somebody holds a table for long, that nobody can say: pages of others work."""
    try:
        return [*delays()]
    except OperationalError:
        return [UNKNOWN]
