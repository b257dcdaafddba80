import django.db.models.deletion
import django.db.models.functions.datetime
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

# What is stored is not carried over, in neither direction: a changed therapist concerns everybody.
RESCORE_EVERYBODY = """
    INSERT INTO matching_pendingrescore (clinic_id, therapist_id)
    SELECT clinic_id, min(id) FROM therapists_therapist GROUP BY clinic_id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_asking"),
        ("clients", "0014_reserved_places"),
        ("matching", "0012_watched_columns"),
        ("therapists", "0001_initial"),
    ]

    operations = [
        migrations.RenameField("RescoreRun", "matches", "lists"),
        migrations.AlterField(
            "RescoreRun",
            "lists",
            models.PositiveIntegerField(help_text="match lists whose figures changed"),
        ),
        migrations.AlterField(
            "RescoreRun", "moved", models.PositiveIntegerField(help_text="match lists whose order changed")
        ),
        migrations.CreateModel(
            name="MatchList",
            fields=[
                (
                    "client",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="match_list",
                        serialize=False,
                        to="clients.client",
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="match_lists",
                        to="accounts.clinic",
                    ),
                ),
                ("therapist_ids", ArrayField(models.BigIntegerField())),
                ("previous_therapist_ids", ArrayField(models.BigIntegerField(), default=list)),
                ("groups", ArrayField(models.SmallIntegerField())),
                ("means", ArrayField(models.IntegerField())),
                ("sds", ArrayField(models.IntegerField())),
                ("differences", ArrayField(models.IntegerField())),
                ("difference_sds", ArrayField(models.IntegerField())),
                ("part_names", ArrayField(models.CharField(max_length=80))),
                ("parts", ArrayField(ArrayField(models.IntegerField()))),
                ("rated", ArrayField(models.IntegerField())),
                ("snapshot_number", models.PositiveIntegerField()),
                ("scored_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.DeleteModel("Match"),
        migrations.RunSQL(RESCORE_EVERYBODY, RESCORE_EVERYBODY),
    ]
