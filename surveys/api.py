"""JSON for a client's check-in."""

from typing import Any, ClassVar, cast

from django.shortcuts import get_object_or_404
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response as JsonResponse

from alliance_match.accounts.api import RoleView, membership_of_request
from alliance_match.accounts.models import Role, User
from clients.models import Session
from surveys.forms import SHARING
from surveys.models import Instrument, Response
from surveys.models.rating import THIRD
from surveys.selectors import readers_for, with_check_in
from surveys.services import CheckInClosedError, check_in_submit, response_to

Reader = Response.Reader


class CheckInSerializer(serializers.Serializer[Any]):
    """Answers by item (null: rather not say) and what is not scored."""

    answers = serializers.DictField(child=serializers.IntegerField(allow_null=True), allow_empty=False)
    bond = serializers.ChoiceField(choices=Response.Bond.choices, required=False)
    wants_to_talk = serializers.BooleanField(required=False)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    comment_reader = serializers.ChoiceField(choices=Reader.choices, required=False)
    shared_with_therapist = serializers.BooleanField(required=False)


class CheckInView(RoleView):
    """POST: answer the check-in about one of one's own sessions, or within a day change what was answered.

    The same again gives the same reply.
    """

    roles: ClassVar[tuple[str, ...]] = (Role.CLIENT,)

    def post(self, request: Request, session_id: int) -> JsonResponse:
        clinic = membership_of_request(request).clinic
        own = Session.objects.in_clinic(clinic).filter(episode__client__user=request.user.pk)
        session: Any = get_object_or_404(with_check_in(own), pk=session_id)
        session.episode.client.clinic = clinic
        given = CheckInSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        extras = dict(given.validated_data)
        refuse_unasked(session, extras)
        stored = response_to(session) if session.is_answered else None
        try:
            response = check_in_submit(
                session=session,
                instrument=stored.instrument if stored else Instrument.objects.alliance_of(clinic),
                answers=extras.pop("answers"),
                extras=extras,
                by=cast(User, request.user),
            )
        except ValueError as error:
            raise ValidationError({"answers": [str(error)]}) from None
        except CheckInClosedError as error:
            return JsonResponse({"detail": error.why.label}, status=status.HTTP_409_CONFLICT)
        return JsonResponse({"submitted_at": response.submitted_at}, status=status.HTTP_201_CREATED)


def refuse_unasked(session: Session, extras: dict[str, Any]) -> None:
    """Raise ValidationError for what the form would not have offered."""
    readers = readers_for(session)
    if all(answer is None for answer in extras["answers"].values()):
        raise ValidationError({"answers": ["at least one question must be answered"]})
    if Reader.THERAPIST not in readers and any(name in extras for name in SHARING):
        raise ValidationError({"detail": "nothing can be shared with this therapist"})
    if Reader(extras.get("comment_reader", Reader.NOBODY)) not in readers:
        raise ValidationError({"comment_reader": ["nobody of this kind can read it"]})
    if "bond" in extras and session.number != THIRD:
        raise ValidationError({"bond": ["this is asked about session three alone"]})
