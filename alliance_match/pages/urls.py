"""The first page and the machine's health."""

from django.urls import path

from alliance_match.pages import views

urlpatterns = [
    path("", views.home, name="home"),
    path("health/live", views.health_live, name="health_live"),
    path("health/ready", views.health_ready, name="health_ready"),
]
