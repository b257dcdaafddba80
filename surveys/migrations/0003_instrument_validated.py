from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0002_shipped_instruments'),
    ]

    operations = [
        migrations.AddField(
            model_name='instrument',
            name='validated',
            field=models.BooleanField(default=False),
        ),
    ]
