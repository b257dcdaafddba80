"""How much waits for a therapist, for the navigation of their every page."""

from django import template
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from alliance_match.accounts.models import Membership
from clients.models import Introduction
from surveys.bond_alerts import open_alert_count
from therapists.models import Therapist

register = template.Library()


@register.simple_tag
def waiting_for(membership: Membership) -> dict[str, int]:
    """`{% waiting_for request.membership as waiting %}`: how many bond alerts nobody closed (`alerts`), and
    how many requests for a first meeting are open (`requests`); one query."""
    asked = Introduction.objects.open().filter(therapist=OuterRef("pk")).order_by().values("therapist")
    requests = Coalesce(Subquery(asked.annotate(count=Count("pk")).values("count")), 0)
    here = Therapist.objects.in_clinic(membership.clinic).filter(user=membership.user_id)
    alerts, asked_for = here.values_list(open_alert_count(), requests).first() or (0, 0)
    return {"alerts": alerts, "requests": asked_for}
