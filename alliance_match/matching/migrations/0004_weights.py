from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0003_hours_owe_work")]

    operations = [
        migrations.AddField("modelsnapshot", "weights", models.JSONField(default=dict)),
    ]
