from django.urls import path

from surveys.views import alerts, bond, care, check_in, instruments

ONE = "instruments/<int:instrument_id>"

urlpatterns = [
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/<slug:matter>/<int:source_id>/close/", alerts.close, name="alert_close"),
    path("care/", care.care, name="care"),
    path("care/<int:episode_id>/bond/", bond.bond, name="bond"),
    path("care/<int:episode_id>/bond/talk/", bond.talk, name="bond_talk"),
    path("care/<int:episode_id>/bond/again/", bond.again, name="bond_again"),
    path("care/<int:episode_id>/bond/others/", bond.others, name="bond_others"),
    path("care/<int:episode_id>/bond/stay/", bond.stay, name="bond_stay"),
    path("notes/<int:note_id>/delete/", bond.note_delete, name="note_delete"),
    path("check-ins/", check_in.check_ins, name="check_ins"),
    path("check-ins/<int:session_id>/", check_in.check_in, name="check_in"),
    path("check-ins/<int:session_id>/done/", check_in.check_in_done, name="check_in_done"),
    path("instruments/", instruments.instruments, name="instruments"),
    path("instruments/new/", instruments.instrument_new, name="instrument_new"),
    path(f"{ONE}/declare/", instruments.instrument_declare, name="instrument_declare"),
    path(f"{ONE}/switch/", instruments.instrument_switch, name="instrument_switch"),
    path(f"{ONE}/ask/", instruments.instrument_ask, name="instrument_ask"),
    path(
        f"{ONE}/json/",
        instruments.instrument_file,
        {"kind": "json"},
        "instrument_json",
    ),
    path(
        f"{ONE}/fhir/",
        instruments.instrument_file,
        {"kind": "fhir"},
        "instrument_fhir",
    ),
]
