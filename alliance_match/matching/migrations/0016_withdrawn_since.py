from django.db import migrations, models

# Since when a state holds withdrawn ratings is not known of those before: they are published anew.
RENEW = "DELETE FROM matching_publishedstate;"


class Migration(migrations.Migration):
    dependencies = [("matching", "0015_blur_secret")]

    operations = [
        migrations.RunSQL(RENEW, migrations.RunSQL.noop),
        migrations.AddField("PublishedState", "withdrawn_since", models.DateTimeField(null=True)),
    ]
