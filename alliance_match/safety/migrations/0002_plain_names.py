"""Times of an alert and a notice are called what they are; constraints keep their names and follow the columns."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('safety', '0001_initial'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint('risknotice', 'risk_notice_once'),
                migrations.RemoveConstraint('risknotice', 'risk_notice_taken_if_tried'),
            ]
        ),
        migrations.RenameField('riskalert', 'tell_at', 'notify_at'),
        migrations.RenameField('risknotice', 'owed_at', 'due_at'),
        migrations.RenameField('risknotice', 'taken_at', 'sent_at'),
        migrations.AlterModelOptions('risknotice', {'ordering': ['due_at', 'pk']}),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddConstraint(
                    model_name='risknotice',
                    constraint=models.UniqueConstraint(fields=('alert', 'to', 'due_at'), name='risk_notice_once'),
                ),
                migrations.AddConstraint(
                    model_name='risknotice',
                    constraint=models.CheckConstraint(condition=models.Q(('sent_at__isnull', True), ('tried_at__isnull', False), _connector='OR'), name='risk_notice_taken_if_tried'),
                ),
            ]
        ),
    ]
