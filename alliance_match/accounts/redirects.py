"""A redirect back to the page on which something small was done."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme


def redirect_back(request: HttpRequest, otherwise: str) -> HttpResponse:
    """To the address that the form names as `back`, or the page it stood on, if that is one of ours.

    A form that stands on every page, those that refuse included, must not repeat the address asked for.
    """
    named = address_of_ours(request, request.POST.get("back") or request.headers.get("Referer", ""))
    return HttpResponseRedirect(named) if named else redirect(otherwise)


def address_of_ours(request: HttpRequest, named: str) -> str:
    """An address if it is one of this site, else nothing."""
    ours = url_has_allowed_host_and_scheme(named, {request.get_host()}, require_https=request.is_secure())
    return named if ours else ""
