from django.urls import path

from alliance_match.matching.views import admin, client, public

urlpatterns = [
    path("how-matching-works/", public.how_matching_works, name="how_matching_works"),
    path("how-matching-works/<slug:slug>/", public.clinic_matching, name="clinic_matching"),
    path("browse/", client.browse, name="browse"),
    path("favourites/", client.favourites, name="favourites"),
    path("therapists/<int:therapist_id>/", client.therapist, name="therapist"),
    path("suggestions/", client.suggestions, name="suggestions"),
    path("suggestions/looked/", client.visit_remember, name="looked"),
    path("rescoring/", admin.rescoring, name="rescoring"),
    path("rescoring/trait/", admin.switch_trait, name="trait"),
]
