"""Where this project departs from allauth's defaults."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.mail import page_link
from alliance_match.accounts.models import Membership, Role


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts begin with an invitation by a clinic, never with an open form."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed. Ask your clinic."),
        "cannot_remove_primary_email": _(
            "This is the address you log in with. Choose another for that first."
        ),
        "duplicate_email": _("You have added this address already."),
        "email_password_mismatch": _("E-mail address and password do not fit together. Try again, slowly."),
        "email_taken": _("This address belongs to another account."),
        "enter_current_password": _("This is not your password until now."),
        "incorrect_password": _("This is not your password. Try again, slowly."),
        "invalid_password_reset": _("This link no longer works. Ask for a new one."),
        "max_email_addresses": _("You can have %d addresses at most."),
        "rate_limited": _("There were many attempts in a short time. Wait a few minutes, then try again."),
        "too_many_login_attempts": _(
            "There were many attempts in a short time. Wait five minutes, then try again."
        ),
        "unknown_email": _("No account has this address."),
        "unverified_primary_email": _("Confirm the address first: we sent you a link."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        uidb36, _dash, secret = key.partition("-")
        return page_link("account_reset_password_from_key", uidb36=uidb36, key=secret)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return page_link("account_confirm_email", key=emailconfirmation.key)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """With the numbers to call of the clinic whose client it goes to."""
        held = Membership.objects.filter(user__email__iexact=email, role=Role.CLIENT).order_by("pk")
        client = held.select_related("clinic").first()
        super().send_mail(template_prefix, email, context | {"clinic": client and client.clinic})

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whom to limit; all whose address the proxy does not name are limited together, not shut out."""
        try:
            return str(super().get_client_ip(request))
        except PermissionDenied:
            return str(request.META.get("REMOTE_ADDR", ""))
