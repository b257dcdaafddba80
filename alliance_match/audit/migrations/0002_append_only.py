"""The database refuses to change an event, to delete one, and to empty the table."""

from django.db import migrations

APPEND_ONLY = """
    CREATE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'an audit event is never changed or deleted (% refused)', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
    END $$;
    CREATE TRIGGER audit_event_refuse_change BEFORE UPDATE OR DELETE ON audit_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse();
    CREATE TRIGGER audit_event_refuse_truncate BEFORE TRUNCATE ON audit_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION audit_event_refuse() CASCADE;")]
