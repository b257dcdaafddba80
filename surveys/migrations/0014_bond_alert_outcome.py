"""What closes a bond alert is called so; its table stays as it is."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("surveys", "0013_safety_leaves")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("Outcome", "BondAlertOutcome"),
                migrations.AlterModelTable("BondAlertOutcome", "surveys_outcome"),
            ]
        )
    ]
