"""One clinic whose clients rate on demand."""

from dataclasses import dataclass
from itertools import count

import pytest
from django.utils import timezone

from alliance_match.accounts.models import Clinic, Membership, Role, User
from alliance_match.audit.actors import SystemActor
from clients.models import Client, Consent, Episode, Purpose, Session
from surveys.models import AllianceRating, Instrument, Response
from surveys.services import instruments_install
from therapists.models import Therapist

NUMBER = count(1)


@dataclass
class Cast:
    """A clinic and its instrument; everybody gets a name by number."""

    clinic: Clinic
    instrument: Instrument

    def therapist(self) -> Therapist:
        n = next(NUMBER)
        user = User.objects.create_user(f"therapist{n}@clinic.test")
        Membership.objects.create(user=user, clinic=self.clinic, role=Role.THERAPIST)
        return Therapist.objects.create(clinic=self.clinic, user=user, code=f"t{n}", name=f"Therapist {n}")

    def client(self, *purposes: Purpose) -> Client:
        client = Client.objects.create(clinic=self.clinic, code=f"c{next(NUMBER)}")
        Consent.objects.bulk_create(Consent(client=client, purpose=purpose) for purpose in purposes)
        return client

    def session(self, client: Client, therapist: Therapist, number: int = 3, episode: int = 1) -> Session:
        care, _ = Episode.objects.get_or_create(
            clinic=self.clinic, client=client, therapist=therapist, number=episode
        )
        code = f"s{next(NUMBER)}"
        return Session.objects.create(clinic=self.clinic, episode=care, code=code, number=number)

    def rate(
        self,
        client: Client,
        therapist: Therapist,
        total: float | None = 80,
        *,
        bond: float | None = None,
        word: str = "",
        number: int = 3,
        episode: int = 1,
    ) -> AllianceRating:
        session = self.session(client, therapist, number, episode)
        common = {"clinic": self.clinic, "session": session, "instrument": self.instrument}
        response = Response.objects.create(**common, bond=word)
        return AllianceRating.objects.create(**common, response=response, total=total, bond=bond)

    def raters(
        self, therapist: Therapist, n: int, total: float = 80, purposes: tuple[Purpose, ...] = ()
    ) -> list[Client]:
        """Clients who agree to figures (or to the purposes given), each with one rating."""
        clients = [self.client(*(purposes or (Purpose.STATISTICS,))) for _ in range(n)]
        for client in clients:
            self.rate(client, therapist, total)
        return clients


@pytest.fixture
def cast(db) -> Cast:
    """A clinic without anybody in it."""
    instrument = instruments_install(by=SystemActor.COMMAND)[0]
    return Cast(Clinic.objects.create(name="Here", slug="here"), instrument)


@pytest.fixture
def other_clinic(cast) -> Cast:
    """A second clinic on the same installation."""
    return Cast(Clinic.objects.create(name="Elsewhere", slug="elsewhere"), cast.instrument)


def withdraw(client: Client, purpose: Purpose = Purpose.STATISTICS) -> None:
    """The client takes a consent back."""
    Consent.objects.filter(client=client, purpose=purpose).update(withdrawn_at=timezone.now())
