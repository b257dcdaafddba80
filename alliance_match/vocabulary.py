"""The words that clients and therapists share; a leaf that imports nothing of ours."""

import re
from typing import Final

from django.db import models
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _


class StyleDimension(models.TextChoices):
    """How one likes to work, from −3 to +3 on each; C-NIP's scales map onto them."""

    STRUCTURE = "structure", _("structure")
    FEELINGS = "feelings", _("feelings")
    TIME = "time", _("time")
    WARMTH = "warmth", _("warmth")


class Format(models.TextChoices):
    """How a session is held."""

    IN_PERSON = "in_person", _("in person")
    TELEHEALTH = "telehealth", _("telehealth")


class Concern(models.TextChoices):
    """What brings people to therapy, and what therapists work with."""

    LOW_MOOD = "low_mood", _("low mood")
    ANXIETY = "anxiety", _("anxiety")
    TRAUMA = "trauma", _("trauma")
    RELATIONSHIPS = "relationships", _("relationships")
    GRIEF = "grief", _("grief")
    SLEEP = "sleep", _("sleep")
    STRESS = "stress", _("stress and burnout")
    EATING = "eating", _("eating and body image")
    SUBSTANCES = "substances", _("alcohol and drugs")
    COMPULSIONS = "compulsions", _("compulsions")
    ATTENTION = "attention", _("attention")
    SELF_ESTEEM = "self_esteem", _("self-esteem")
    IDENTITY = "identity", _("identity and orientation")
    PAIN = "pain", _("pain and illness")


class Weekday(models.IntegerChoices):
    """Days as Python counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


def working_week() -> list[int]:
    """Monday to Friday."""
    return [day.value for day in Weekday][:5]


def language_name(code: str) -> str:
    """The name of a language by its code; a code nobody knows stays as it is."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


# What never enters a prediction, as people read it, and the words that betray it in the name of a feature.
NEVER_USED: Final = {
    _("gender"): ("gender", "sex"),
    _("age"): ("age", "birth", "birthday", "birthdate", "dob"),
    _("ethnicity and origin"): ("ethnicity", "ethnic", "race", "origin", "nationality"),
    _("religion"): ("religion", "faith"),
    _("sexual orientation"): ("orientation", "sexuality"),
    _("names, pronouns and photos"): ("name", "surname", "pronouns", "photo"),
    _("where you live"): ("postcode", "zip", "address", "place"),
    _("fees, and who pays"): ("fee", "fees", "insurer", "insurance", "payer", "income"),
    _("years of work"): ("years", "seniority", "licensed"),
    _("anything written in free text"): ("comment", "comments", "note", "notes", "text"),
}


def is_never_used(name: str) -> bool:
    """Whether a feature of this name would be something that never enters a prediction."""
    words = set(re.split(r"[^a-z]+", name.lower()))
    return any(words.intersection(betraying) for betraying in NEVER_USED.values())


# What a text must hold to say something: a letter or digit of any script.
SOMETHING_SAID = r"[^\W_]"
