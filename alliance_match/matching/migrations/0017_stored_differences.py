import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_asking"), ("matching", "0016_withdrawn_since")]

    operations = [
        *(
            migrations.AddField(model, "digest", models.BigIntegerField(null=True))
            for model in ("ModelSnapshot", "PublishedState", "TrainingRow")
        ),
        migrations.CreateModel(
            name="StoredDifference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("training rows", "training rows"),
                            ("state", "state of the estimator"),
                            ("published state", "published state"),
                            ("match lists", "match lists"),
                        ],
                        max_length=15,
                    ),
                ),
                ("count", models.PositiveIntegerField()),
                ("found_at", models.DateTimeField(db_default=Now())),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stored_differences",
                        to="accounts.clinic",
                    ),
                ),
            ],
            options={"ordering": ["-pk"]},
        ),
    ]
