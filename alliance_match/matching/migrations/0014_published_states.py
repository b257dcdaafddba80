import django.db.models.deletion
import django.db.models.functions.datetime
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

VERDICTS = [
    ("preference fit", "preference fit"),
    ("early", "early"),
    ("predicted", "predicted alliance"),
    ("no detectable match effect", "no detectable match effect"),
]


def of_clinic(related_name):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, related_name=related_name, to="accounts.clinic"
    )


def key():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_asking"), ("matching", "0013_match_lists")]

    operations = [
        migrations.AddField("ModelSnapshot", "last_change", models.BigIntegerField(default=0)),
        migrations.AddField("RescoreLock", "state_damaged", models.BooleanField(default=False)),
        *(
            migrations.AddField("PendingRescore", name, models.BooleanField(db_default=False))
            for name in ("list_only", "everybody", "news")
        ),
        # With a default, so that the way back can add it.
        migrations.AlterField("RescoreRun", "snapshot_number", models.PositiveIntegerField(default=0)),
        migrations.RemoveField("RescoreRun", "snapshot_number"),
        migrations.RenameField("MatchList", "snapshot_number", "published_number"),
        migrations.CreateModel(
            name="TrainingChange",
            fields=[
                ("id", key()),
                ("clinic", of_clinic("training_changes")),
                ("removed", models.BooleanField()),
                ("row_id", models.BigIntegerField()),
                ("rating_id", models.BigIntegerField()),
                ("client_id", models.BigIntegerField()),
                ("therapist_id", models.BigIntegerField()),
                ("instrument", models.CharField(max_length=60)),
                ("session", models.PositiveSmallIntegerField()),
                ("score", models.FloatField()),
                ("features", ArrayField(models.FloatField())),
                ("weight", models.FloatField()),
            ],
            options={
                "indexes": [models.Index(fields=["clinic", "client_id"], name="training_change_of_client")]
            },
        ),
        migrations.CreateModel(
            name="PublishedState",
            fields=[
                ("id", key()),
                ("clinic", of_clinic("published_states")),
                ("number", models.PositiveIntegerField()),
                ("state", models.JSONField()),
                ("row_ids", ArrayField(models.BigIntegerField())),
                ("last_change", models.BigIntegerField()),
                ("uses", models.JSONField()),
                ("verdict", models.CharField(choices=VERDICTS, max_length=30)),
                ("rated", models.PositiveIntegerField()),
                ("rated_by_therapist", models.JSONField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["clinic", "number"], name="published_number_once")
                ]
            },
        ),
    ]
