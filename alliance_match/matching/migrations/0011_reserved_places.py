"""Columns of clients that triggers read were renamed, which does not reach the text of their functions."""

from django.db import migrations

RENAMED = {"told_at": "notified_at", "holds_place": "reserves_place"}


def functions_read(new: str, old: str) -> str:
    """Every trigger function that reads the column `old`, re-created so that it reads `new`."""
    return f"""
        DO $$
        DECLARE definition text;
        BEGIN
            FOR definition IN
                SELECT pg_get_functiondef(oid) FROM pg_proc
                WHERE pronamespace = current_schema()::regnamespace AND prorettype = 'trigger'::regtype
                AND prosrc LIKE '%changed.{old}%'
            LOOP
                EXECUTE replace(definition, 'changed.{old}', 'changed.{new}');
            END LOOP;
        END $$;
    """


class Migration(migrations.Migration):
    dependencies = [("matching", "0010_plain_names"), ("clients", "0014_reserved_places")]

    operations = [
        migrations.RunSQL(functions_read(new, old), functions_read(old, new)) for old, new in RENAMED.items()
    ]
