from django.urls import path

from alliance_match.transfer import views

urlpatterns = [
    path("my-data/", views.own_data, name="own_data"),
    path("my-data/file/", views.own_data_file, name="own_data_file"),
    path("my-data/fhir/", views.own_answers_file, name="own_answers_file"),
]
