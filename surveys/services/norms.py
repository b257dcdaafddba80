"""What a rating is put beside: others of its kind at the same clinic."""

from django.db import connection

from clients.models import Purpose
from surveys.flags import LOW_SHARE, ClinicNorm
from surveys.models import AllianceRating

KEPT_FROM = 100  # ratings; fewer are counted in no time
KEPT = """
    SELECT count, twentieth, sd FROM surveys_ratingnorm WHERE clinic_id = %(clinic)s AND code = %(code)s
    AND number = %(number)s AND counted_at > now() - interval '1 day'
"""
# Counted from others who agree to figures about the service, and kept where these are many. Apart from what
# was kept, for to plan this takes longer than all else that a check-in asks.
COUNTED = """
    WITH counted AS (
        SELECT count(*) AS others, count(*) FILTER (WHERE same) AS count,
            percentile_cont(%(share)s) WITHIN GROUP (ORDER BY total) FILTER (WHERE same) AS twentieth,
            stddev_samp(total) AS sd
        FROM (
            SELECT rating.total, session.number = %(number)s AND rating.total IS NOT NULL AS same
            FROM surveys_alliancerating AS rating
            JOIN surveys_instrument AS instrument ON instrument.id = rating.instrument_id
            JOIN clients_session AS session ON session.id = rating.session_id
            JOIN clients_episode AS episode ON episode.id = session.episode_id
            WHERE rating.clinic_id = %(clinic)s AND rating.withdrawn_at IS NULL AND rating.id <> %(rating)s
            AND instrument.code = %(code)s
            AND EXISTS (SELECT FROM clients_consent AS agreed WHERE agreed.client_id = episode.client_id
                AND agreed.purpose = %(purpose)s AND agreed.withdrawn_at IS NULL)
        ) AS alike
    ), keeping AS (
        INSERT INTO surveys_ratingnorm (clinic_id, code, number, count, twentieth, sd, counted_at)
        SELECT %(clinic)s, %(code)s, %(number)s, count, twentieth, sd, now() FROM counted
        WHERE others >= %(many)s
        ON CONFLICT (clinic_id, code, number) DO UPDATE SET count = excluded.count,
            twentieth = excluded.twentieth, sd = excluded.sd, counted_at = excluded.counted_at
    )
    SELECT count, twentieth, sd FROM counted
"""


def clinic_norm(rating: AllianceRating) -> ClinicNorm:
    """How the others lie: counted now where they are few, else once a day, for a history may be long."""
    given: dict[str, int | float | str] = {
        "clinic": rating.clinic_id,
        "code": rating.instrument.code,
        "number": rating.session.number,
        "rating": rating.pk,
        "purpose": str(Purpose.STATISTICS),
        "share": LOW_SHARE,
        "many": KEPT_FROM,
    }
    with connection.cursor() as cursor:
        cursor.execute(KEPT, given)
        kept = cursor.fetchone()
        if kept is None:
            cursor.execute(COUNTED, given)
            kept = cursor.fetchone()
        return ClinicNorm(*kept)
