from django.urls import path

from alliance_match.safety.views import crisis_care, risk_alerts, symptoms

urlpatterns = [
    path("care-alerts/", risk_alerts.risk_alerts, name="care_alerts"),
    path("care-alerts/<int:alert_id>/", risk_alerts.risk_alert, name="care_alert"),
    path("care-in-crisis/", crisis_care.crisis_care, name="crisis_care"),
    path("how-you-have-been/", symptoms.symptoms, name="symptoms"),
    path("how-you-have-been/<slug:part>/", symptoms.symptom_part, name="symptom_part"),
    path("how-you-have-been/<slug:part>/hear/", symptoms.danger_report, name="symptom_hear"),
]
