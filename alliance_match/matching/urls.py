from django.urls import path

from alliance_match.matching import views

urlpatterns = [
    path("suggestions/", views.suggestions, name="suggestions"),
    path("rescoring/", views.rescoring, name="rescoring"),
    path("rescoring/trait/", views.trait, name="trait"),
]
