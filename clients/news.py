"""Mail that there is news, and on which page: never what, or of whom."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from alliance_match.accounts.mail import mail, page_link
from alliance_match.accounts.models import Clinic, User


def mail_news(
    people: Sequence[User], page: str, *, asked: bool = False, clinic: Clinic | None = None
) -> bool:
    """Mail each in their language that there is news on a page; `asked`: that somebody waits for an answer;
    `clinic`: whose numbers to call stand below, for a client.

    Returns whether the mail server accepted it. Where nobody can be written to there is nothing left to do;
    and one address that is refused must not have the others written to again and again.
    """
    more = {"link": page_link(page), "asked": asked, "clinic": clinic}
    sent = [
        mail(user.email, user.language, _("News for you"), "clients/news_mail.txt", **more) for user in people
    ]
    return any(sent) or not sent
