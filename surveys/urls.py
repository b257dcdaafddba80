from django.urls import path

from surveys.views import (
    bond,
    bond_alerts,
    check_in,
    clinic,
    episodes,
    instruments,
    kiosk,
    link,
)

ONE = "instruments/<int:instrument_id>"

urlpatterns = [
    path("alerts/", bond_alerts.bond_alert_list, name="alerts"),
    path("alerts/<slug:matter>/<int:source_id>/close/", bond_alerts.bond_alert_dismiss, name="alert_close"),
    path("care/", episodes.episodes, name="care"),
    path("care/<int:episode_id>/bond/", bond.bond, name="bond"),
    path("care/<int:episode_id>/bond/talk/", bond.note_write, name="bond_talk"),
    path("care/<int:episode_id>/bond/again/", bond.recheck_choose, name="bond_again"),
    path("care/<int:episode_id>/bond/others/", bond.switch_choose, name="bond_others"),
    path("care/<int:episode_id>/bond/stay/", bond.stop_looking, name="bond_stay"),
    path("notes/<int:note_id>/delete/", bond.note_delete, name="note_delete"),
    path("check-ins/", check_in.check_ins, name="check_ins"),
    path("check-ins/how-often/", check_in.how_often, name="how_often"),
    path("check-ins/<int:session_id>/", check_in.check_in, name="check_in"),
    path("check-ins/<int:session_id>/done/", check_in.check_in_done, name="check_in_done"),
    path("check-ins/<int:session_id>/share/", check_in.choose_sharing, name="check_in_share"),
    path("check-ins/<int:session_id>/take-back/", check_in.withdraw_check_in, name="check_in_take_back"),
    path("c/<str:token>/", link.link_check_in, name="link"),
    path("c/<str:token>/done/", link.link_done, name="link_done"),
    path("c/<str:token>/how-often/", link.link_how_often, name="link_how_often"),
    path("kiosk/<str:token>/", kiosk.kiosk_hand_over, name="kiosk"),
    path("kiosk/<str:token>/check-in/", kiosk.kiosk_check_in, name="kiosk_check_in"),
    path("kiosk/<str:token>/done/", kiosk.kiosk_done, name="kiosk_done"),
    path("sessions/held/<int:session_id>/kiosk/", kiosk.kiosk_start, name="kiosk_start"),
    path("comments/", clinic.comments, name="comments"),
    path("asking/", clinic.asking_limits, name="asking"),
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
