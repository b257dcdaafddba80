"""What is late, on every page of a clinic's admin."""

from typing import Any

from django import template

from alliance_match.accounts.models import Membership, Role
from alliance_match.operations.delays import delays

register = template.Library()


@register.inclusion_tag("operations/_delay_banner.html")
def delay_banner(membership: Membership | None) -> dict[str, Any]:
    """`{% delay_banner request.membership %}`: what is late here, to the admin; one query."""
    if not membership or membership.role != Role.ADMIN:
        return {"delays": []}
    return {"delays": delays(membership.clinic_id)}
