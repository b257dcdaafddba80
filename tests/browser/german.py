"""Tells texts that were left in English from what people wrote, which stays as it is in every language."""

import re

from alliance_match.accounts.models import Clinic, User
from clients.models import Client, Introduction
from surveys.models import Instrument, Response
from therapists.models import Therapist

# Alike in both languages. Months are too; "November 2026" stands below a plot.
SAME = ("Alliance Match", "Trauma", "Religion", "Name", "Status", "import_clinic", "UTC", "FHIR", "JSON")
MONTH_AND_YEAR = re.compile(r"^\w+ \d{4}(: \d+\.)?$")
TEXTS = """() => {
    document.querySelectorAll('details').forEach((one) => { one.open = true; });
    const found = new Set([document.title]);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const around = walker.currentNode.parentElement;
        if (around.checkVisibility() && !around.closest('[lang]:not(html)'))
            found.add(walker.currentNode.textContent.trim().replace(/\\s+/g, ' '));
    }
    document.querySelectorAll('[aria-label]').forEach((one) => found.add(one.getAttribute('aria-label')));
    return [...found];
}"""


def strings(value):
    """Every text in a value of JSON."""
    if isinstance(value, str):
        return {value}
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {text for part in parts for text in strings(part)}


def peoples_words():
    """What people of the clinic wrote, or are called, the longest first."""
    words = set(SAME) | strings(list(User.objects.values("name", "email")))
    for model in (Clinic, Client, Introduction, Therapist, Instrument, Response):
        words |= strings([dict(row) for row in model.objects.values()])
    words |= {word for one in Therapist.objects.all() for word in (one.name.split()[0], one.initials)}
    return sorted((word for word in words if word), key=len, reverse=True)


def left_over(texts, words):
    """What still holds a word once people's own words are taken out."""
    for text in texts:
        rest = text
        for word in filter(text.__contains__, words):
            rest = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "", rest)
        if re.search(r"[^\W\d_]{2}", rest) and not MONTH_AND_YEAR.match(text):
            yield text
