from django.urls import path

from alliance_match.accounts import views

urlpatterns = [
    path("start/", views.start, name="start"),
    path("role/", views.role_choose, name="role_choose"),
    path("demo/enter/", views.demo_enter, name="demo_enter"),
]
