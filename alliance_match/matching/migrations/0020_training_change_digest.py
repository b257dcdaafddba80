from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0019_licences")]

    operations = [migrations.AddField("TrainingChange", "digest", models.BigIntegerField(null=True))]
