from django.urls import path

from surveys.views import check_in, clinic

urlpatterns = [
    path("check-ins/", check_in.check_ins, name="check_ins"),
    path("check-ins/<int:session_id>/", check_in.check_in, name="check_in"),
    path("check-ins/<int:session_id>/done/", check_in.check_in_done, name="check_in_done"),
    path("check-ins/<int:session_id>/share/", check_in.share, name="check_in_share"),
    path("check-ins/<int:session_id>/take-back/", check_in.take_back, name="check_in_take_back"),
    path("comments/", clinic.comments, name="comments"),
]
