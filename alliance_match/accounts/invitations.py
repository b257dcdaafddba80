"""Giving somebody whom the clinic knows a log-in of their own: the page, and the mail with the link."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance_match.accounts.forms import InviteForm
from alliance_match.accounts.mail import mail, page_link
from alliance_match.accounts.models import Clinic, Role, User
from alliance_match.accounts.roles import RoleRequest
from alliance_match.accounts.services import AlreadyHereError, Person, person_invite, person_uninvite


def invite_by_mail(request: RoleRequest, *, person: Person, role: Role, return_to: str) -> HttpResponse:
    """Ask for an address, link the account to the person, and mail them the way in.

    `return_to` names the page to return to. Of a person who has a log-in it says how far that is, and offers
    to send the link again (`again`) or to take the log-in (`withdraw`).
    """
    if person.user is not None:
        return _log_in_page(request, person, person.user, role, return_to)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            email = form.cleaned_data["email"]
            user = person_invite(person=person, email=email, role=role, by=request.user)
        except AlreadyHereError:
            form.add_error("email", _("Somebody else here logs in with this address."))
        else:
            show_result(request, user, sent=_link_send(user, person, role))
            return redirect(return_to)
    context = {"form": form, "person": person, "back": reverse(return_to)}
    return render(request, "accounts/invite.html", context, status=422 if form.is_bound else 200)


def _log_in_page(
    request: RoleRequest, person: Person, user: User, role: Role, return_to: str
) -> HttpResponse:
    if "again" in request.POST and user.last_login is None:
        show_result(request, user, sent=_link_send(user, person, role))
        return redirect(return_to)
    if "withdraw" in request.POST:
        person_uninvite(person=person, role=role, by=request.user)
        messages.success(request, _("Withdrawn: the link and the log-in open nothing any more."))
        return redirect(request.path)
    context = {"person": person, "user": user, "back": reverse(return_to)}
    return render(request, "accounts/log_in.html", context)


def _link_send(user: User, person: Person, role: Role) -> bool:
    return mail_link(user, clinic=person.clinic if role == Role.CLIENT else None)


def mail_link(user: User, *, clinic: Clinic | None) -> bool:
    """Mail a person, in their language, the link to set a password or the way to log in.

    `clinic`: whose numbers to call stand below, for a client. Returns whether the mail server accepted it.
    """
    if user.has_usable_password():
        link = page_link("account_login")
    else:
        key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
        link = page_link("account_reset_password_from_key", **key)
    return mail(
        user.email,
        user.language,
        gettext_lazy("Your access"),
        "accounts/invitation.txt",
        link=link,
        clinic=clinic,
    )


def show_result(request: HttpRequest, user: User, *, sent: bool) -> None:
    """What became of an invitation, for whoever sent it."""
    if sent:
        messages.success(request, _("Invited: a link is on its way to %(email)s.") % {"email": user.email})
        return
    text = _(
        "The account is there, but the mail could not be sent. “Forgot your password?” on the log-in page "
        "sends %(email)s another link."
    )
    messages.error(request, text % {"email": user.email})
