from django.urls import path

from therapists import views

urlpatterns = [
    path("room/", views.accepting, name="room"),
    path("accepting/<str:token>/", views.still_accepting, name="still_accepting"),
    path("roster/", views.roster, name="roster"),
    path("roster/<int:therapist_id>/invite/", views.therapist_invite, name="therapist_invite"),
]
