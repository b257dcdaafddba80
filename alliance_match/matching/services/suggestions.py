"""One client's suggestions as they would be stored now, for whoever asks at the command line."""

from collections.abc import Sequence
from dataclasses import dataclass

from alliance_match.accounts.models import Clinic
from alliance_match.audit.actors import Actor
from alliance_match.matching.models import Match, ModelSnapshot
from alliance_match.matching.services.publishing import publication_in_force
from alliance_match.matching.services.scoring import unsaved_match_lists
from clients.models import Client
from therapists.models import Therapist


@dataclass(frozen=True)
class Suggestion:
    """A client's matches, best first, and the snapshot they come from."""

    client: Client
    snapshot: ModelSnapshot
    matches: Sequence[Match]


def suggest(*, clinic: Clinic, code: str, by: Actor) -> Suggestion:
    """Score one client now; the therapists come with all that can be said of them.

    Raises DoesNotExist of Client, or of ModelSnapshot before the first fit.
    """
    client = Client.objects.in_clinic(clinic).with_intake().get(code=code)
    snapshot = ModelSnapshot.objects.in_clinic(clinic).newest()
    if snapshot is None:
        raise ModelSnapshot.DoesNotExist
    (found,) = unsaved_match_lists(clinic, publication_in_force(clinic, by), [client])
    shown = Therapist.objects.prefetch_related("styles").in_bulk(found.therapist_ids)
    return Suggestion(client, snapshot, list(found.matches(shown)))
