from django.urls import path

from alliance_match.accounts import views

urlpatterns = [
    path("start/", views.start, name="start"),
    path("clinic/", views.clinic_settings, name="clinic_settings"),
    path("clinic/admins/", views.admins, name="admins"),
    path("clinic/admins/<int:membership_id>/end/", views.admin_end, name="admin_end"),
    path("language/", views.language_choose, name="language_choose"),
    path("time-zone/", views.time_zone_choose, name="time_zone"),
    path("role/", views.role_choose, name="role_choose"),
    path("demo/enter/", views.demo_enter, name="demo_enter"),
]
