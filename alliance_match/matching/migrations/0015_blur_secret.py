from django.db import migrations, models

from alliance_match.matching.models.rescore_lock import new_secret

# One of its own for each clinic: a default of the column would give all that are there the same. And what is
# published is published anew, blurred.
RENEW = """
    UPDATE matching_rescorelock
    SET blur_secret = uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
    DELETE FROM matching_publishedstate;
"""


class Migration(migrations.Migration):
    dependencies = [("matching", "0014_published_states")]

    operations = [
        migrations.AddField("RescoreLock", "blur_secret", models.BinaryField(default=new_secret)),
        migrations.RunSQL(RENEW, "DELETE FROM matching_publishedstate;"),
    ]
