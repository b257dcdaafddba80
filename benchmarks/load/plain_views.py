"""Plain Django REST framework views over the same tables, to compare with. Never routed in production.

    gunicorn benchmarks.load.plain_views

Each reads or writes what the page of ours needs, for whoever is logged in, as Django's tutorial would.
"""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance_match.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one.startswith(("django.", "allauth."))]
application = get_wsgi_application()

from django.db import transaction  # noqa: E402
from django.shortcuts import get_object_or_404  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import serializers  # noqa: E402
from rest_framework.decorators import api_view, parser_classes  # noqa: E402
from rest_framework.parsers import FormParser  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response as Answer  # noqa: E402

from alliance_match.matching.models import MatchList  # noqa: E402
from clients.models import Client, Session  # noqa: E402
from surveys.models import AllianceRating, Instrument, Response  # noqa: E402
from therapists.models import Therapist  # noqa: E402

PAGE, ROSTER = 20, 50
ITEMS = tuple(f"item_{k}" for k in range(1, 7))


class CheckInSerializer(serializers.Serializer[Any]):
    """Six items from 0 to 10."""

    item_1 = item_2 = item_3 = item_4 = item_5 = item_6 = serializers.IntegerField(min_value=0, max_value=10)


class TherapistSerializer(serializers.ModelSerializer[Therapist]):
    """What a list says of a therapist."""

    class Meta:
        model = Therapist
        fields = ["id", "name", "concerns", "languages", "formats", "fee"]


@api_view(["POST"])
@parser_classes([FormParser])
def submit(request: Request, session_id: int) -> Answer:
    """Store answers and their rating."""
    form = CheckInSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    answers = form.validated_data
    with transaction.atomic():
        session = get_object_or_404(
            Session.objects.select_for_update(of=("self",)), pk=session_id, episode__client__user=request.user
        )
        about = {
            "clinic_id": session.clinic_id,
            "session": session,
            "instrument": Instrument.objects.get(clinic=None, code="alliance-check"),
        }
        response = Response.objects.create(**about, answers=answers)
        total = 10 * sum(answers.values()) / len(ITEMS)
        AllianceRating.objects.create(**about, response=response, total=total)
    return Answer(status=201)


@api_view(["GET"])
def suggestions(request: Request) -> Answer:
    """The client's list, and its therapists."""
    client = get_object_or_404(Client, user=request.user)
    found = get_object_or_404(MatchList, client=client)
    people = Therapist.objects.in_bulk(found.therapist_ids)
    shown = [people[key] for key in found.therapist_ids]
    return Answer({"therapists": TherapistSerializer(shown, many=True).data, "means": found.means})


@api_view(["GET"])
def browse(request: Request) -> Answer:
    """A page of the clinic's therapists."""
    client = get_object_or_404(Client, user=request.user)
    here = Therapist.objects.filter(clinic=client.clinic_id, status="active").order_by("name")
    shown = here.prefetch_related("styles", "slots")[:PAGE]
    return Answer({"count": here.count(), "therapists": TherapistSerializer(shown, many=True).data})


@api_view(["GET"])
def roster(request: Request) -> Answer:
    """All therapists of an admin's clinic."""
    here = Therapist.objects.filter(
        clinic__memberships__user=request.user.pk, clinic__memberships__role="admin"
    )
    return Answer(TherapistSerializer(here.order_by("name")[:ROSTER], many=True).data)


urlpatterns = [
    path("check-ins/<int:session_id>/", submit),
    path("suggestions/", suggestions),
    path("browse/", browse),
    path("roster/", roster),
]
