import datetime

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0005_instrument_use'),
    ]

    operations = [
        migrations.AddField(
            model_name='response',
            name='edited_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='response',
            name='hasty',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='response',
            name='straight_lined',
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name='response',
            constraint=models.CheckConstraint(condition=models.Q(('edited_at__isnull', True), ('edited_at__lt', django.db.models.expressions.CombinedExpression(models.F('submitted_at'), '+', models.Value(datetime.timedelta(days=1)))), _connector='OR'), name='response_edited_within_a_day'),
        ),
    ]
