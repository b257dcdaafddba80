"""How many requests for a first meeting wait for an answer."""

from django import template

from alliance_match.accounts.models import Membership
from clients.models import Introduction

register = template.Library()


@register.simple_tag
def waiting_requests(membership: Membership) -> int:
    """`{% waiting_requests request.membership as n %}`: one query."""
    return Introduction.objects.answered_by(membership).open().count()
