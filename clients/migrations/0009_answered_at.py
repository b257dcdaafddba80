from django.db import migrations, models
from django.db.models import F


def remember(apps, schema_editor):
    """An answer was the last thing that changed."""
    answered = apps.get_model("clients", "Introduction").objects.filter(
        state__in=["accepted", "declined", "client_off", "clinic_off"]
    )
    answered.update(answered_at=F("changed_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_limits'),
        ('clients', '0008_held_places'),
        ('therapists', '0002_unaccent'),
    ]

    operations = [
        migrations.AddField(
            model_name='introduction',
            name='answered_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(remember, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='introduction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', False), ('state__in', ['accepted', 'declined', 'client_off', 'clinic_off'])), models.Q(('answered_at__isnull', True), ('state__in', ['requested', 'seen', 'expired', 'withdrawn'])), _connector='OR'), name='introduction_when_answered'),
        ),
    ]
