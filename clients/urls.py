from django.urls import path

from clients import views

urlpatterns = [
    path("consents/", views.consents, name="consents"),
    path("intake/", views.intake, name="intake"),
    path("intake/<slug:step>/", views.intake_step, name="intake_step"),
]
