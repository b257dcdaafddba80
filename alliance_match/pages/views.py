"""The first page, and whether this process answers at all."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from alliance_match.accounts.models import Clinic


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, for somebody who has never heard of it, and the clinics at which anybody may sign up."""
    clinics = Clinic.objects.filter(open_to_all=True).order_by("name")
    return render(request, "pages/home.html", {"demo": settings.DEMO, "clinics": clinics})


@login_not_required
@never_cache
@require_safe
def health_live(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "ok"})
