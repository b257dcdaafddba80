"""A redirect back to the page on which something small was done."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme


def redirect_back(request: HttpRequest, otherwise: str) -> HttpResponse:
    """To the address that the form names as `back`, or the page it stood on, if that is one of ours.

    A form that stands on every page, those that refuse included, must not repeat the address asked for.
    """
    named = request.POST.get("back") or request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(named, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(named) if ours else redirect(otherwise)
