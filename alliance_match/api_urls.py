"""Every address of the JSON API."""

from django.urls import path

from alliance_match.matching.api import SuggestionsView
from surveys.api import CheckInView

urlpatterns = [
    path("suggestions/", SuggestionsView.as_view(), name="api_suggestions"),
    path("check-ins/<int:session_id>/", CheckInView.as_view(), name="api_check_in"),
]
