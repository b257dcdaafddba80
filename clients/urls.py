from django.urls import path

from clients.views import admin, episodes, intake, introductions, marks, requests, sign_ups

urlpatterns = [
    path("care/<int:episode_id>/end/", episodes.end, name="episode_end"),
    path("care/<int:episode_id>/undo/", episodes.undo, name="ending_undo"),
    path("caseload/", episodes.caseload, name="caseload"),
    path("clients/", admin.clients, name="clients"),
    path("clients/<int:client_id>/invite/", admin.client_invite, name="client_invite"),
    path("consents/", intake.consents, name="consents"),
    path("intake/", intake.intake, name="intake"),
    path("intake/<slug:step>/", intake.intake_step, name="intake_step"),
    path("introductions/", introductions.introductions, name="introductions"),
    path("introductions/<int:introduction_id>/withdraw/", introductions.withdraw, name="withdraw"),
    path("introductions/<int:introduction_id>/call-off/", introductions.call_off, name="call_off"),
    path("introductions/<int:introduction_id>/appointment.ics", introductions.calendar, name="calendar"),
    path("join/<slug:slug>/", sign_ups.join, name="join"),
    path("join/<slug:slug>/sent/", sign_ups.join_sent, name="join_sent"),
    path("welcome/<str:token>/", sign_ups.join_finish, name="join_finish"),
    path("requests/", requests.requests, name="requests"),
    path("requests/<int:introduction_id>/", requests.answer, name="request"),
    path("requests/<int:introduction_id>/move/", requests.move, name="move"),
    path("requests/<int:introduction_id>/call-off/", requests.call_off, name="request_call_off"),
    path("requests/<int:introduction_id>/seen/", requests.seen, name="request_seen"),
    path("therapists/<int:therapist_id>/ask/", introductions.ask, name="ask"),
    path("therapists/<int:therapist_id>/wait/", introductions.wait, name="wait"),
    path("therapists/<int:therapist_id>/mark/", marks.mark, name="mark"),
]
