"""JSON for a client's own suggestions."""

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alliance_match.accounts.api import RoleView, membership_of_request
from alliance_match.accounts.models import Role
from alliance_match.matching.presentation.cards import suggestions
from clients.models import Client


class TrackSerializer(serializers.Serializer[Any]):
    """Points from this client's average at the clinic."""

    mean = serializers.FloatField()
    low50 = serializers.FloatField()
    high50 = serializers.FloatField()
    low80 = serializers.FloatField()
    high80 = serializers.FloatField()


class ReasonSerializer(serializers.Serializer[Any]):
    """One part of the difference."""

    points = serializers.FloatField()
    words = serializers.CharField()


class CardSerializer(serializers.Serializer[Any]):
    """One suggested therapist."""

    therapist = serializers.CharField(source="therapist.name")
    band = serializers.CharField()
    evidence = serializers.CharField()
    track = TrackSerializer()
    reasons = ReasonSerializer(many=True)
    caveat = ReasonSerializer(allow_null=True)
    rest = ReasonSerializer(allow_null=True)


class SuggestionsSerializer(serializers.Serializer[Any]):
    """What the page shows."""

    verdict = serializers.CharField()
    rated = serializers.IntegerField()
    pending = serializers.BooleanField()
    cards = CardSerializer(many=True)


class SuggestionsView(RoleView):
    """GET: the logged-in client's suggestions, best first."""

    roles: ClassVar[tuple[str, ...]] = (Role.CLIENT,)

    def get(self, request: Request) -> Response:
        own = (
            Client.objects.in_clinic(membership_of_request(request).clinic)
            .with_intake()
            .select_related("clinic")
        )
        client = get_object_or_404(own, user=request.user.pk)
        return Response(SuggestionsSerializer(suggestions(client, show_all=True)).data)
