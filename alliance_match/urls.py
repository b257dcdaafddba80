"""Every address of the site."""

from django.urls import include, path

urlpatterns = [
    path("", include("alliance_match.pages.urls")),
    path("", include("alliance_match.accounts.urls")),
    path("account/", include("allauth.account.urls")),
    path("", include("alliance_match.matching.urls")),
    path("", include("alliance_match.insights.urls")),
    path("", include("alliance_match.transfer.urls")),
    path("", include("alliance_match.operations.urls")),
    path("", include("alliance_match.safety.urls")),
    path("", include("clients.urls")),
    path("", include("surveys.urls")),
    path("", include("therapists.urls")),
    path("", include("alliance_match.demo.urls")),
    path("api/v1/", include("alliance_match.api_urls")),
]

handler400 = "alliance_match.pages.error_pages.bad_request"
handler404 = "alliance_match.pages.error_pages.not_found"
handler500 = "alliance_match.pages.error_pages.server_error"
