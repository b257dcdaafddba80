"""What a clinic asks about symptoms, and what is heard in the answers."""

from django.http import QueryDict

from alliance_match.accounts.models import Clinic
from surveys.definition import scale_of
from surveys.models import Instrument

# By the page: its questionnaires, the preferred first.
PARTS = {"mood": ("phq-9", "phq-8"), "worry": ("gad-7",)}


def parts_asked(clinic: Clinic) -> dict[str, Instrument]:
    """The pages in their order, each with the questionnaire that the clinic may ask now."""
    codes = [code for ranked in PARTS.values() for code in ranked]
    found = Instrument.objects.in_use(clinic).filter(clinic=None, code__in=codes).order_by("version")
    usable = {one.code: one for one in found}
    chosen = {part: next(filter(None, map(usable.get, ranked)), None) for part, ranked in PARTS.items()}
    return {part: one for part, one in chosen.items() if one is not None}


def danger_heard(part: str, given: QueryDict) -> tuple[Instrument, int] | None:
    """The highest answer that tells of danger, and the questionnaire with that question.

    It is heard whatever else was sent, and though the clinic may not ask it any more: the page may have been
    opened before.
    """
    for one in Instrument.objects.filter(clinic=None, code__in=PARTS[part]).order_by("-version"):
        heard = [
            step
            for key, steps in danger_steps(one).items()
            for step in steps
            if str(step) in given.getlist(key)
        ]
        if heard:
            return one, max(heard)
    return None


def danger_steps(instrument: Instrument) -> dict[str, range]:
    """By the key of each question that opens the crisis page: the answers that do."""
    definition = instrument.definition
    return {
        item["key"]: range(item["opens"]["from"], scale_of(definition, item)["highest"] + 1)
        for item in definition["items"]
        if "opens" in item
    }
