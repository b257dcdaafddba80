from django.urls import path

from clients.views import admin, episodes, intake, introductions, marks, requests, session_log, sign_ups

urlpatterns = [
    path("care/<int:episode_id>/end/", episodes.end_care, name="episode_end"),
    path("care/<int:episode_id>/undo/", episodes.resume_care, name="ending_undo"),
    path("caseload/", episodes.caseload, name="caseload"),
    path("clients/", admin.clients, name="clients"),
    path("clients/<int:client_id>/invite/", admin.client_invite, name="client_invite"),
    path("consents/", intake.consents, name="consents"),
    path("intake/", intake.intake, name="intake"),
    path("intake/<slug:step>/", intake.intake_step, name="intake_step"),
    path("introductions/", introductions.introductions, name="introductions"),
    path("introductions/<int:introduction_id>/withdraw/", introductions.withdraw_request, name="withdraw"),
    path("introductions/<int:introduction_id>/call-off/", introductions.call_off, name="call_off"),
    path(
        "introductions/<int:introduction_id>/appointment.ics",
        introductions.meeting_calendar_file,
        name="calendar",
    ),
    path("join/<slug:slug>/", sign_ups.request_account, name="join"),
    path("join/<slug:slug>/sent/", sign_ups.join_sent, name="join_sent"),
    path("welcome/<str:token>/", sign_ups.join_finish, name="join_finish"),
    path("requests/", requests.requests, name="requests"),
    path("requests/<int:introduction_id>/", requests.answer_request, name="request"),
    path("requests/<int:introduction_id>/move/", requests.move_meeting, name="move"),
    path("requests/<int:introduction_id>/call-off/", requests.call_off, name="request_call_off"),
    path("requests/<int:introduction_id>/seen/", requests.mark_as_seen, name="request_seen"),
    path("sessions/", session_log.sessions, name="sessions"),
    path("sessions/calendar/", session_log.upload_calendar, name="calendar_upload"),
    path("sessions/calendar/log/", session_log.calendar_log, name="calendar_log"),
    path("sessions/<int:episode_id>/", session_log.episode_sessions, name="logged"),
    path("sessions/<int:episode_id>/today/", session_log.log_today, name="log_today"),
    path("sessions/held/<int:session_id>/undo/", session_log.remove_session, name="session_undo"),
    path("therapists/<int:therapist_id>/ask/", introductions.request_first_meeting, name="ask"),
    path("therapists/<int:therapist_id>/wait/", introductions.wait_for_place, name="wait"),
    path("therapists/<int:therapist_id>/mark/", marks.mark_therapist, name="mark"),
]
