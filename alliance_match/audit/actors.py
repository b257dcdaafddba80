"""Who acts: a user who has logged in, or a part of the system that bears a name."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import TextChoices


class SystemActor(TextChoices):
    """Whoever acts where nobody has logged in."""

    WORKER = "worker"
    COMMAND = "command"
    LINK = "link"  # whoever holds a link that was mailed to somebody
    KIOSK = "kiosk"  # whoever holds the clinic's tablet
    SIGN_UP = "sign_up"  # a visitor who asks for an account
    DEMO = "demo"  # what makes up the demo's people and their history


# Accounts stand on this room, so their User cannot be named here.
Actor = AbstractBaseUser | SystemActor
