"""The database refuses to change a release; it may only go with its therapist or clinic."""

from django.db import migrations

IMMUTABLE = """
    CREATE FUNCTION release_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a release is never changed; make another' USING ERRCODE = 'integrity_constraint_violation';
    END $$;
    CREATE TRIGGER release_refuse_change BEFORE UPDATE ON insights_release
    FOR EACH ROW EXECUTE FUNCTION release_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("insights", "0001_initial")]

    operations = [migrations.RunSQL(IMMUTABLE, "DROP FUNCTION release_refuse_change() CASCADE;")]
