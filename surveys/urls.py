from django.urls import path

from surveys import views

urlpatterns = [
    path("check-ins/", views.check_ins, name="check_ins"),
    path("check-ins/<int:session_id>/", views.check_in, name="check_in"),
    path("check-ins/<int:session_id>/done/", views.check_in_done, name="check_in_done"),
]
