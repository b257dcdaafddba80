"""Whose row is it: the tables of this app, all of which lead to a person."""

from alliance_match.person_tables import PersonTable
from alliance_match.safety.models import CrisisCare, RiskAlert, RiskNotice, RiskStep, SymptomCheck

PERSON_TABLES = (
    PersonTable(SymptomCheck, ("client",), part="symptom_checks"),
    PersonTable(RiskAlert, ("client", "acknowledged_by", "contacted_by", "closed_by"), part="risk_alerts"),
    PersonTable(RiskStep, ("alert__client", "by"), part="steps_of_risk_alerts"),
    PersonTable(RiskNotice, ("alert__client", "to"), part="notices_of_risk_alerts"),
    PersonTable(CrisisCare, ("owner", "backup")),
)
IMPERSONAL_TABLES: dict[type, str] = {}
