"""How many bond alerts wait for a therapist."""

from django import template

from alliance_match.accounts.models import Membership
from surveys.bond_alerts import waiting_count
from therapists.models import Therapist

register = template.Library()


@register.simple_tag
def waiting_bond_alerts(membership: Membership) -> int:
    """`{% waiting_bond_alerts request.membership as n %}`: those that nobody closed; one query."""
    here = Therapist.objects.in_clinic(membership.clinic).filter(user=membership.user_id)
    return waiting_count(here)
