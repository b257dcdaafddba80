"""JSON for a client's check-in."""

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response as JsonResponse

from alliance_match.accounts.api import RoleView, membership
from alliance_match.accounts.models import Role
from clients.models import Purpose, Session
from surveys.forms import READERS, SHARING
from surveys.models import Instrument, Response
from surveys.services import AlreadyAnsweredError, check_in_submit


class CheckInSerializer(serializers.Serializer[Any]):
    """Answers by item (null: rather not say) and what is not scored."""

    answers = serializers.DictField(child=serializers.IntegerField(allow_null=True), allow_empty=False)
    bond = serializers.ChoiceField(choices=Response.Bond.choices, required=False)
    wants_to_talk = serializers.BooleanField(required=False)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    comment_reader = serializers.ChoiceField(choices=READERS, required=False)
    shared_with_therapist = serializers.BooleanField(required=False)


class CheckInView(RoleView):
    """POST: answer the check-in about one of one's own sessions; the same again gives the same reply."""

    roles: ClassVar[tuple[str, ...]] = (Role.CLIENT,)

    def post(self, request: Request, session_id: int) -> JsonResponse:
        clinic = membership(request).clinic
        own = Session.objects.in_clinic(clinic).with_pair().filter(episode__client__user=request.user.pk)
        session = get_object_or_404(own, pk=session_id)
        given = CheckInSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        extras = dict(given.validated_data)
        if not session.episode.client.agrees_to(Purpose.SHARE) and any(name in extras for name in SHARING):
            raise ValidationError({"detail": "this client has not agreed to sharing with a therapist"})
        instrument = Instrument.objects.alliance_of(clinic)
        try:
            response = check_in_submit(
                session=session, instrument=instrument, answers=extras.pop("answers"), extras=extras
            )
        except ValueError as error:
            raise ValidationError({"answers": [str(error)]}) from None
        except AlreadyAnsweredError:
            return JsonResponse({"detail": "answered before"}, status=status.HTTP_409_CONFLICT)
        return JsonResponse({"submitted_at": response.submitted_at}, status=status.HTTP_201_CREATED)
