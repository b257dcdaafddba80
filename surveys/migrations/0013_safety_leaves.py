"""Danger and symptoms have a room of their own, alliance_match.safety; their tables stay as they are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("surveys", "0012_german_alliance_check")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(name)
                for name in ("RiskNotice", "RiskStep", "RiskAlert", "SymptomCheck", "CrisisCare")
            ]
        )
    ]
