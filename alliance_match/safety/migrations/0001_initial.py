"""Danger and symptoms come from surveys with their tables as they are, so only Django's picture of them changes."""

import datetime

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import alliance_match.vocabulary


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('surveys', '0013_safety_leaves'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='RiskAlert',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('level', models.PositiveSmallIntegerField()),
                        ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ('asked_at', models.DateTimeField()),
                        ('due_at', models.DateTimeField()),
                        ('tell_at', models.DateTimeField()),
                        ('rounds', models.PositiveIntegerField(default=0)),
                        ('acknowledged_at', models.DateTimeField(blank=True, null=True)),
                        ('contacted_at', models.DateTimeField(blank=True, null=True)),
                        ('closed_at', models.DateTimeField(blank=True, null=True)),
                        ('closing_note', models.TextField(blank=True, max_length=2000)),
                        ('acknowledged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='risk_alerts', to='clients.client')),
                        ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='risk_alerts', to='accounts.clinic')),
                        ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('contacted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='risk_alerts', to='surveys.instrument')),
                    ],
                    options={
                        'db_table': 'surveys_riskalert',
                        'ordering': ['due_at', 'pk'],
                    },
                ),
                migrations.CreateModel(
                    name='RiskNotice',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('owed_at', models.DateTimeField()),
                        ('tries', models.PositiveIntegerField(default=0)),
                        ('tried_at', models.DateTimeField(blank=True, null=True)),
                        ('taken_at', models.DateTimeField(blank=True, null=True)),
                        ('alert', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='safety.riskalert')),
                        ('to', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'db_table': 'surveys_risknotice',
                        'ordering': ['owed_at', 'pk'],
                    },
                ),
                migrations.CreateModel(
                    name='RiskStep',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('answered', 'answered'), ('acknowledged', 'took note'), ('contacted', 'was in touch'), ('closed', 'closed it')], max_length=12)),
                        ('level', models.PositiveSmallIntegerField(blank=True, null=True)),
                        ('sheet', models.UUIDField(blank=True, null=True)),
                        ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ('alert', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='safety.riskalert')),
                        ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'db_table': 'surveys_riskstep',
                        'ordering': ['at', 'pk'],
                    },
                ),
                migrations.CreateModel(
                    name='SymptomCheck',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('sheet', models.UUIDField()),
                        ('answers', models.JSONField()),
                        ('total', models.FloatField(null=True)),
                        ('shared_with_therapist', models.BooleanField(default=False)),
                        ('given_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='symptom_checks', to='clients.client')),
                        ('clinic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='symptom_checks', to='accounts.clinic')),
                        ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='symptom_checks', to='surveys.instrument')),
                    ],
                    options={
                        'db_table': 'surveys_symptomcheck',
                        'ordering': ['given_at', 'pk'],
                    },
                ),
                migrations.CreateModel(
                    name='CrisisCare',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('days', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')]), default=alliance_match.vocabulary.working_week, size=None)),
                        ('opens', models.TimeField(default=datetime.time(9, 0))),
                        ('closes', models.TimeField(default=datetime.time(17, 0))),
                        ('emergency_number', models.CharField(blank=True, max_length=20, validators=[django.core.validators.RegexValidator('^\\+?[0-9][0-9 ]*$', 'Digits belong here, such as 112.')])),
                        ('backup', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('clinic', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='crisis_care', to='accounts.clinic')),
                        ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'db_table': 'surveys_crisiscare',
                        'constraints': [models.CheckConstraint(condition=models.Q(('owner', models.F('backup')), _negated=True), name='crisis_care_two_people', violation_error_message='Owner and back-up must be two people.'), models.CheckConstraint(condition=models.Q(('closes__gt', models.F('opens'))), name='crisis_care_closes_after_opening', violation_error_message='The clinic must close later than it opens.'), models.CheckConstraint(condition=models.Q(('days__contained_by', [0, 1, 2, 3, 4, 5, 6]), ('days__len__gte', 1)), name='crisis_care_days_known')],
                    },
                ),
                migrations.AddConstraint(
                    model_name='riskalert',
                    constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('client',), name='risk_alert_standing_once'),
                ),
                migrations.AddConstraint(
                    model_name='riskalert',
                    constraint=models.CheckConstraint(condition=models.Q(('level__in', (1, 2, 3))), name='risk_alert_level_known'),
                ),
                migrations.AddConstraint(
                    model_name='riskalert',
                    constraint=models.CheckConstraint(condition=models.Q(('due_at__gte', models.F('asked_at'))), name='risk_alert_due_after_asked'),
                ),
                migrations.AddConstraint(
                    model_name='riskalert',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at__isnull', True), ('acknowledged_by__isnull', True)), models.Q(('acknowledged_at__isnull', False), ('acknowledged_by__isnull', False)), _connector='OR'), name='risk_alert_acknowledged_by_somebody'),
                ),
                migrations.AddConstraint(
                    model_name='riskalert',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('contacted_at__isnull', True), ('contacted_by__isnull', True)), models.Q(('contacted_at__isnull', False), ('contacted_by__isnull', False)), _connector='OR'), name='risk_alert_contacted_by_somebody'),
                ),
                migrations.AddConstraint(
                    model_name='riskalert',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='risk_alert_closed_by_somebody'),
                ),
                migrations.AddConstraint(
                    model_name='riskalert',
                    constraint=models.CheckConstraint(condition=models.Q(('contacted_at__isnull', True), models.Q(('acknowledged_at__isnull', False), ('contacted_at__gte', models.F('acknowledged_at'))), _connector='OR'), name='risk_alert_acknowledged_first'),
                ),
                migrations.AddConstraint(
                    model_name='riskalert',
                    constraint=models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), models.Q(('closed_at__gte', models.F('contacted_at')), ('contacted_at__isnull', False)), _connector='OR'), name='risk_alert_contacted_first'),
                ),
                migrations.AddConstraint(
                    model_name='riskalert',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closing_note', '')), models.Q(('closed_at__isnull', False), models.Q(('closing_note', ''), _negated=True)), _connector='OR'), name='risk_alert_closed_with_note'),
                ),
                migrations.AddConstraint(
                    model_name='risknotice',
                    constraint=models.UniqueConstraint(fields=('alert', 'to', 'owed_at'), name='risk_notice_once'),
                ),
                migrations.AddConstraint(
                    model_name='risknotice',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('tried_at__isnull', True), ('tries', 0)), models.Q(('tried_at__isnull', False), ('tries__gt', 0)), _connector='OR'), name='risk_notice_tried_at_a_time'),
                ),
                migrations.AddConstraint(
                    model_name='risknotice',
                    constraint=models.CheckConstraint(condition=models.Q(('taken_at__isnull', True), ('tried_at__isnull', False), _connector='OR'), name='risk_notice_taken_if_tried'),
                ),
                migrations.AddConstraint(
                    model_name='riskstep',
                    constraint=models.UniqueConstraint(fields=('alert', 'sheet', 'level'), name='risk_step_answer_once'),
                ),
                migrations.AddConstraint(
                    model_name='riskstep',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('by__isnull', True), ('kind', 'answered'), ('level__in', (1, 2, 3)), ('sheet__isnull', False)), models.Q(('by__isnull', False), ('kind__in', ('acknowledged', 'contacted', 'closed')), ('level__isnull', True), ('sheet__isnull', True)), _connector='OR'), name='risk_step_of_client_or_staff'),
                ),
                migrations.AddConstraint(
                    model_name='symptomcheck',
                    constraint=models.UniqueConstraint(fields=('client', 'instrument', 'sheet'), name='symptom_check_once'),
                ),
                migrations.AddConstraint(
                    model_name='symptomcheck',
                    constraint=models.CheckConstraint(condition=models.Q(('total__isnull', True), ('total__gte', 0), _connector='OR'), name='symptom_check_total_not_negative'),
                ),
            ]
        ),
    ]
