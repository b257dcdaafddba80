"""How matching works, for anybody."""

from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from alliance_match.accounts.models import Clinic
from alliance_match.matching.presentation.explanation import explanation


@login_not_required
@require_safe
def how_matching_works(request: HttpRequest) -> HttpResponse:
    """What matching is at any clinic; whoever is a member of one is led to what it is there."""
    membership = cast(Any, request).membership
    if membership:
        return redirect("clinic_matching", membership.clinic.slug)
    return render(request, "matching/how_matching_works.html", {"explanation": explanation(None)})


@login_not_required
@require_safe
@cache_control(private=True, max_age=300)
def clinic_matching(request: HttpRequest, slug: str) -> HttpResponse:
    """How matching works at one clinic, for anybody: a clinic that uses it says so in public."""
    clinic = get_object_or_404(Clinic, slug=slug)
    with timezone.override(clinic.time_zone):
        context = {"explanation": explanation(clinic), "clinic": clinic}
        return render(request, "matching/how_matching_works.html", context)
