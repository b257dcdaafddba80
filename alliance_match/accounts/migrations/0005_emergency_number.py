import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_asking'),
    ]

    operations = [
        migrations.AddField(
            model_name='clinic',
            name='emergency_number',
            field=models.CharField(blank=True, default='', max_length=20, validators=[django.core.validators.RegexValidator('^\\+?[0-9][0-9 ]*$', 'Digits belong here, such as 112.')]),
            preserve_default=False,
        ),
    ]
