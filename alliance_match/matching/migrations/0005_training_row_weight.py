from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0004_weights")]

    operations = [
        migrations.AddField("trainingrow", "weight", models.FloatField(default=1.0)),
        migrations.AddConstraint(
            "trainingrow",
            models.CheckConstraint(
                condition=models.Q(weight__gt=0), name="training_row_weight_positive"
            ),
        ),
    ]
