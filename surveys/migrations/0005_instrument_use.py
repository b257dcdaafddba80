import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_limits'),
        ('surveys', '0004_one_format'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AllianceChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60)),
                ('clinic', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='alliance_choice', to='accounts.clinic')),
            ],
        ),
        migrations.CreateModel(
            name='Declaration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('declared_name', models.CharField(max_length=254)),
                ('rights_holder', models.CharField(max_length=200)),
                ('licence_number', models.CharField(blank=True, max_length=120)),
                ('expires_on', models.DateField(blank=True, null=True)),
                ('switched_on', models.DateField(blank=True, null=True)),
                ('declared_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('declared_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='declarations', to='surveys.instrument')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('switched_on__isnull', True), ('expires_on__isnull', True), ('switched_on__lte', models.F('expires_on')), _connector='OR'), name='declaration_switched_on_before_it_ends')],
            },
        ),
        migrations.CreateModel(
            name='SwitchedOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='switched_off', to='accounts.clinic')),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='switched_off', to='surveys.instrument')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('clinic', 'instrument'), name='switched_off_once')],
            },
        ),
    ]
