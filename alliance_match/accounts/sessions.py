"""Django's sessions in the database, but for one that could not be written."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.utils import timezone

from alliance_match.accounts.prepared_rows import Given, PreparedRows

stored_sessions = PreparedRows(
    lambda: Session.objects.filter(session_key=Given("key"), expire_date__gt=Given("now"))
)


class SessionStore(db.SessionStore):
    """Django takes any error of the database for a session deleted meanwhile, and answers 400: an outage or a
    lock is ours, and a 503. What the database said has the driver's error as its cause; that there was no row
    has none."""

    def _get_session_from_db(self) -> Session | None:
        found = stored_sessions.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found

    def save(self, must_create: bool = False) -> None:
        try:
            super().save(must_create)
        except UpdateError as error:
            said = error.__context__
            if said is not None and said.__cause__ is not None:
                raise said from said.__cause__
            raise
