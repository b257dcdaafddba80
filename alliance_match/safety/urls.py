from django.urls import path

from alliance_match.safety.views import crisis_care, risk_alerts, somebody_now, symptoms

urlpatterns = [
    path("care-alerts/", risk_alerts.risk_alerts, name="care_alerts"),
    path("care-alerts/<int:alert_id>/", risk_alerts.risk_alert, name="care_alert"),
    path("care-in-crisis/", crisis_care.crisis_care, name="crisis_care"),
    path("somebody-now/", somebody_now.somebody_now, name="somebody_now"),
    path("somebody-now/<slug:slug>/", somebody_now.clinic_somebody_now, name="clinic_somebody_now"),
    path("c/<str:token>/somebody-now/", somebody_now.link_somebody_now, name="link_somebody_now"),
    path("kiosk/<str:token>/somebody-now/", somebody_now.kiosk_somebody_now, name="kiosk_somebody_now"),
    path("how-you-have-been/", symptoms.symptoms, name="symptoms"),
    path("how-you-have-been/<slug:part>/", symptoms.symptom_part, name="symptom_part"),
    path("how-you-have-been/<slug:part>/hear/", symptoms.danger_report, name="symptom_hear"),
]
