"""Tables and columns named by what they hold; the triggers go on writing into the renamed table."""

import django.db.models.deletion
from django.db import migrations, models

OLD, NEW = "matching_rescoreowed", "matching_pendingrescore"


def functions_write_to(new: str, old: str) -> str:
    """Every trigger function that writes into `old`, re-created so that it writes into `new`.

    A table's new name reaches its indexes and foreign keys by itself, but not the text of a function.
    """
    return f"""
        DO $$
        DECLARE definition text;
        BEGIN
            FOR definition IN
                SELECT pg_get_functiondef(oid) FROM pg_proc
                WHERE pronamespace = current_schema()::regnamespace AND prorettype = 'trigger'::regtype
                AND prosrc LIKE '%INSERT INTO {old} %'
            LOOP
                EXECUTE replace(definition, 'INSERT INTO {old} ', 'INSERT INTO {new} ');
            END LOOP;
        END $$;
    """


class Migration(migrations.Migration):
    dependencies = [("matching", "0009_time_zone_owes_work")]

    operations = [
        migrations.RenameModel("RescoreOwed", "PendingRescore"),
        migrations.RenameField("PendingRescore", "owed_at", "created_at"),
        migrations.RenameModel("RescoreClaim", "RescoreLock"),
        migrations.AlterField(
            "RescoreLock",
            "clinic",
            models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rescore_lock",
                to="accounts.clinic",
            ),
        ),
        migrations.RenameModel("RescoreDeadLetter", "FailedRescore"),
        migrations.RenameField("FailedRescore", "given_up_at", "failed_at"),
        migrations.AlterField(
            "FailedRescore",
            "clinic",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="failed_rescores",
                to="accounts.clinic",
            ),
        ),
        migrations.AlterField(
            "RescoreRun",
            "ratings",
            models.PositiveIntegerField(help_text="ratings added to the fit or removed from it"),
        ),
        migrations.RenameField("ModelSnapshot", "weights", "part_importance"),
        migrations.RunSQL(functions_write_to(NEW, OLD), functions_write_to(OLD, NEW)),
    ]
