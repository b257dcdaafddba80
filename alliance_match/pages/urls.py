"""The first page, and whether this process answers."""

from django.urls import path

from alliance_match.pages import views

urlpatterns = [
    path("", views.home, name="home"),
    path("health/live", views.health_live, name="health_live"),
]
