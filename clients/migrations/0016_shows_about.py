"""A client lets their own words go along with a request."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clients", "0015_open_episodes")]

    operations = [
        migrations.AddField("introduction", "shows_about", models.BooleanField(db_default=False, default=False))
    ]
