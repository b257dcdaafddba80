"""What a client reads once somebody is told of danger: whom to call, who knows, by when to hear."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from alliance_match.safety.deadlines import contact_deadline
from alliance_match.safety.models import CrisisCare, RiskAlert
from alliance_match.safety.selectors import active_admins
from clients.models import Client


@dataclass(frozen=True)
class ClientMessage:
    """`who` has it in hand, empty where nobody can be named; `until`: by when they are in touch, where that
    can be promised; `late`: that time is over; `unread_until`: when others are told, where nobody has taken
    note by then; `opens`: when the clinic works again, where it does not now; `call_asked`: the client waits
    for a call; `number`: which they gave for it.
    """

    state: str
    who: str
    until: datetime | None
    late: bool
    unread_until: datetime | None
    opens: datetime | None
    call_asked: bool
    number: str


def client_message(client: Client, alert: RiskAlert | None = None) -> ClientMessage | None:
    """What is to be said to a client; None where nothing is. An alert just reported is said in any
    state."""
    alert = alert or RiskAlert.objects.unclosed().with_people().filter(client=client).first()
    if alert is None:
        return None
    care = CrisisCare.objects.for_clinic(client.clinic)
    who = alert.contacted_by or alert.acknowledged_by or care.active_owner
    now = timezone.now()
    until = contact_deadline(alert.urgency, alert.asked_at, care.hours)
    opens = care.hours.opens_after(now)
    return ClientMessage(
        state=alert.state,
        who=who.name if who else "",
        until=until,
        late=until is not None and until < now,
        unread_until=alert.due_at if alert.due_at > now else None,
        opens=opens if opens > now else None,
        call_asked=alert.call_asked_at is not None and alert.contacted_at is None,
        number=alert.call_number,
    )


def somebody_is_told(client: Client) -> bool:
    """Whether anybody at the clinic is told where this client asks to be called."""
    care = CrisisCare.objects.for_clinic(client.clinic)
    return bool(care.active_owner or care.active_backup or active_admins(client.clinic))
