from django.urls import path

from clients import views

urlpatterns = [
    path("clients/", views.clients, name="clients"),
    path("clients/<int:client_id>/invite/", views.client_invite, name="client_invite"),
    path("consents/", views.consents, name="consents"),
    path("therapists/<int:therapist_id>/mark/", views.mark, name="mark"),
    path("intake/", views.intake, name="intake"),
    path("intake/<slug:step>/", views.intake_step, name="intake_step"),
]
