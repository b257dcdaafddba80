from django.urls import path

from alliance_match.matching import views

urlpatterns = [
    path("how-matching-works/", views.how_matching_works, name="how_matching_works"),
    path("how-matching-works/<slug:slug>/", views.clinic_matching, name="clinic_matching"),
    path("suggestions/", views.suggestions, name="suggestions"),
    path("rescoring/", views.rescoring, name="rescoring"),
    path("rescoring/trait/", views.trait, name="trait"),
]
