from django.urls import path

from alliance_match.insights import views

urlpatterns = [
    path("my-alliance/", views.my_alliance, name="my_alliance"),
]
