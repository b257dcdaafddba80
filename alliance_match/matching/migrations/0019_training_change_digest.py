from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0018_once_a_transaction")]

    operations = [migrations.AddField("TrainingChange", "digest", models.BigIntegerField(null=True))]
