"""The emergency number goes to the clinic, beside its crisis line, where every page and mail has it at hand."""

from django.db import migrations

GO = """
    UPDATE accounts_clinic SET emergency_number = care.emergency_number
    FROM surveys_crisiscare care WHERE care.clinic_id = accounts_clinic.id
"""
COME_BACK = """
    UPDATE surveys_crisiscare SET emergency_number = clinic.emergency_number
    FROM accounts_clinic clinic WHERE clinic.id = surveys_crisiscare.clinic_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_emergency_number'),
        ('safety', '0003_waiting_alerts'),
    ]

    operations = [
        migrations.RunSQL(GO, COME_BACK),
        migrations.RemoveField(model_name='crisiscare', name='emergency_number'),
    ]
