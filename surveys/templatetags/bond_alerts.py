"""How many bond alerts wait for a therapist."""

from django import template

from alliance_match.accounts.models import Membership
from surveys.bond_alerts import bond_alerts
from therapists.models import Therapist

register = template.Library()


@register.simple_tag
def waiting_bond_alerts(membership: Membership) -> int:
    """`{% waiting_bond_alerts request.membership as n %}`: those that nobody closed."""
    here = Therapist.objects.in_clinic(membership.clinic).filter(user=membership.user_id)
    therapist = here.select_related("clinic").first()
    return sum(one.outcome is None for one in bond_alerts(therapist)) if therapist else 0
