"""One client's suggestions at the command line."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alliance_match.accounts.commands import add_clinic_argument, clinic_named
from alliance_match.audit.actors import SystemActor
from alliance_match.matching.models import Match, ModelSnapshot
from alliance_match.matching.presentation import phrases
from alliance_match.matching.services import Suggestion, suggest
from clients.models import Client

SHOWN = 5
Z80 = 1.2816


class Command(BaseCommand):
    help = "Show with whom a strong alliance is most likely for one client, how surely, and why."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--client", required=True, metavar="CODE", help="the clinic's code of the client")
        parser.add_argument("--json", action="store_true", help="all matches, for programs")
        add_clinic_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = clinic_named(options["clinic"])
        try:
            found = suggest(clinic=clinic, code=options["client"], by=SystemActor.COMMAND)
        except Client.DoesNotExist:
            raise CommandError(f"{clinic.name} has no client “{options['client']}”.") from None
        except ModelSnapshot.DoesNotExist:
            raise CommandError("Nothing is fitted yet: run fit_model first.") from None
        if options["json"]:
            self.stdout.write(json.dumps(as_json(found), indent=2, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(as_text(found)))


def as_json(found: Suggestion) -> dict[str, Any]:
    """Every match with mean, interval and parts, in points of 0–100."""
    return {
        "client": found.client.code,
        "snapshot": found.snapshot.number,
        "verdict": found.snapshot.verdict,
        "rated": found.snapshot.rated,
        "matches": [
            {
                "therapist": match.therapist.code,
                "rank": match.rank,
                "group": match.group,
                "alliance": {"mean": match.mean, "sd": match.sd},
                "difference": {"mean": match.difference, "sd": match.difference_sd},
                "parts": match.parts,
                "rated": match.rated,
            }
            for match in found.matches
        ],
    }


def as_text(found: Suggestion) -> list[str]:
    """The first few, for people."""
    lines = [f"{found.client.code}: {found.snapshot.verdict}; rated pairs fitted to: {found.snapshot.rated}"]
    if not found.matches:
        return [*lines, why_nobody(found.client)]
    for match in found.matches[:SHOWN]:
        lines += [
            "",
            f"{match.rank}. {match.therapist.name} — {phrases.band_in_words(match)}",
            *match_details(match, found.client),
        ]
    return lines


def why_nobody(client: Client) -> str:
    """What to look at when the list is empty."""
    if client.status not in (Client.Status.SEARCHING, Client.Status.WAITING):
        return (
            f"This client is {client.get_status_display()}; suggestions are for those who look for somebody."
        )
    return (
        "No therapist is eligible: nobody who takes new clients meets all this client needs"
        " (format, language, fee, own wishes)."
    )


def match_details(match: Match, client: Client) -> list[str]:
    """Interval, evidence and reasons of one match."""
    low, high = (match.difference + sign * Z80 * match.difference_sd for sign in (-1, 1))
    reasons = phrases.reasons(match, client)[:3]
    return [
        f"   {match.difference:+.1f} points from the average here, 8 times in 10 {low:+.1f} to {high:+.1f}; "
        f"alliance about {min(max(match.mean, 0), 100):.0f} of 100 (± {Z80 * match.sd:.0f})",
        f"   {phrases.evidence_in_words(match)}",
        *(f"   {reason.points:+5.1f}  {reason.words}" for reason in reasons),
        f"   {match.difference - sum(reason.points for reason in reasons):+5.1f}  everything else together",
    ]
