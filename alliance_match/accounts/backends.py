"""Who is asking, read together with what they may be."""

from allauth.account.auth_backends import AuthenticationBackend

from alliance_match.accounts.models import Membership, User
from alliance_match.accounts.prepared_rows import Given, PreparedRows

held_by = PreparedRows(lambda: Membership.objects.of(Given("user")))


class MemberBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's, but a person comes with their roles: every page needs both, so it is one query."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, or None where the account is closed or gone."""
        held = held_by(user=user_id)
        if not held:
            return super().get_user(user_id)  # type: ignore[no-any-return]
        user = held[0].user
        user.held = held
        return user if self.user_can_authenticate(user) else None
