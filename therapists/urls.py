from django.urls import path

from therapists import views

urlpatterns = [path("roster/", views.roster, name="roster")]
