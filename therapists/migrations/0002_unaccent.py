"""Names are found without their accents."""

from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("therapists", "0001_initial")]
    operations = [UnaccentExtension()]
