"""The machine's health."""

from django.urls import path

from alliance_match.operations import views

urlpatterns = [path("health/ready", views.health_ready, name="health_ready")]
