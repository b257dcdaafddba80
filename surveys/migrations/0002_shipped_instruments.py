"""Once installed what was shipped then; 0004 installs it, in the format of today."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]

    operations = []
