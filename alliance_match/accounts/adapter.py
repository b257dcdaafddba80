"""Where this project departs from allauth's defaults."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts begin with an invitation by a clinic, never with an open form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
