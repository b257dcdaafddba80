"""What a client reads after an answer that tells of danger: whom to call, who knows, by when to hear."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from alliance_match.safety.deadlines import contact_deadline
from alliance_match.safety.models import CrisisCare, RiskAlert
from clients.models import Client


@dataclass(frozen=True)
class ClientMessage:
    """`who` has it in hand, empty where nobody can be named; `until`: by when they are in touch, where that
    can be promised; `late`: that time is over; `opens`: when the clinic works again, where it does not now.
    """

    care: CrisisCare
    state: str
    who: str
    until: datetime | None
    late: bool
    opens: datetime | None


def client_message(client: Client, alert: RiskAlert | None = None) -> ClientMessage | None:
    """What is to be said to a client; None where nothing is. An alert just reported is said in any
    state."""
    alert = alert or RiskAlert.objects.unclosed().with_people().filter(client=client).first()
    if alert is None:
        return None
    care = CrisisCare.objects.for_clinic(client.clinic)
    who = alert.contacted_by or alert.acknowledged_by or care.active_owner
    now = timezone.now()
    until = contact_deadline(alert.level, alert.asked_at, care.hours)
    opens = care.hours.opens_after(now)
    return ClientMessage(
        care=care,
        state=alert.state,
        who=who.name if who else "",
        until=until,
        late=until is not None and until < now,
        opens=opens if opens > now else None,
    )
