"""Back to the page on which something small was done."""

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme


def back(request: HttpRequest, otherwise: str) -> HttpResponseRedirect:
    """To the address that the form names as `back`, if it is one of ours; else to the page `otherwise`."""
    named = request.POST.get("back", "")
    ours = url_has_allowed_host_and_scheme(named, {request.get_host()}, require_https=request.is_secure())
    return redirect(named if ours else otherwise)
