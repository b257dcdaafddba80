"""To whom somebody said no, the same therapist is not suggested again."""

from importlib import import_module

from django.db import migrations

duties = import_module("alliance_match.matching.migrations.0002_database_duties")

TABLE = "clients_introduction"
DECLINED = ("changed.clinic_id, changed.client_id, NULL::bigint", "WHERE changed.state = 'declined'")


class Migration(migrations.Migration):
    dependencies = [("matching", "0006_marks_owe_work"), ("clients", "0003_introduction")]

    operations = [
        migrations.RunSQL(duties.owe(TABLE, event, *DECLINED), duties.owe_no_more(TABLE, event))
        for event in duties.EVENTS
    ]
