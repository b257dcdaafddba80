"""Models, fields and constraints get names that say what they are; no row changes."""

from django.db import migrations, models
from django.db.models import Q

ROLES = ["client", "therapist", "admin"]
STATUSES = ["searching", "waiting", "in_care", "ended"]
REASONS = ["no_room", "no_hour", "elsewhere"]


class Migration(migrations.Migration):
    dependencies = [("clients", "0012_closing_for_a_meeting")]

    operations = [
        migrations.RemoveConstraint("closing", "closing_by_known"),
        migrations.RemoveConstraint("closing", "closing_client_tells"),
        migrations.RemoveConstraint("closing", "closing_status_known"),
        migrations.RemoveConstraint("switch", "switch_tells_of_an_ending"),
        migrations.RemoveConstraint("introduction", "introduction_because_known"),
        migrations.RenameModel("Closing", "EpisodeEnding"),
        migrations.RenameField("episodeending", "by", "ended_by"),
        migrations.RenameField("episodeending", "tells", "notifies_therapist"),
        migrations.RenameField("episodeending", "closed_at", "ended_at"),
        migrations.AlterModelOptions("episodeending", {"ordering": ["-ended_at", "-pk"]}),
        migrations.AlterField(
            "episodeending",
            "episode",
            models.OneToOneField("clients.episode", models.CASCADE, related_name="episode_ending"),
        ),
        migrations.RenameModel("Look", "LastVisit"),
        migrations.AlterField(
            "lastvisit",
            "client",
            models.OneToOneField("clients.client", models.CASCADE, related_name="last_visit"),
        ),
        migrations.RenameField("switch", "ends", "ends_episode"),
        migrations.RenameField("switch", "tells", "notifies_therapist"),
        migrations.RenameField("introduction", "told", "notified_state"),
        migrations.RenameField("introduction", "because", "decline_reason"),
        migrations.AddConstraint(
            "episodeending",
            models.CheckConstraint(condition=Q(ended_by__in=ROLES), name="episode_ending_role_known"),
        ),
        migrations.AddConstraint(
            "episodeending",
            models.CheckConstraint(
                condition=Q(notifies_therapist=False) | Q(ended_by="client"),
                name="episode_ending_client_notifies",
            ),
        ),
        migrations.AddConstraint(
            "episodeending",
            models.CheckConstraint(
                condition=Q(status_before__in=STATUSES), name="episode_ending_status_known"
            ),
        ),
        migrations.AddConstraint(
            "switch",
            models.CheckConstraint(
                condition=Q(notifies_therapist=False) | Q(ends_episode=True),
                name="switch_notifies_of_an_ending",
            ),
        ),
        migrations.AddConstraint(
            "introduction",
            models.CheckConstraint(
                condition=Q(decline_reason="") | Q(state="declined", decline_reason__in=REASONS),
                name="introduction_decline_reason_known",
            ),
        ),
    ]
