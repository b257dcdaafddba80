"""Pages on which a client looks for somebody: suggestions, all therapists, favourites, one therapist."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from alliance_match.accounts.models import Role
from alliance_match.accounts.prepared_rows import Given, GivenKeys, PreparedRows
from alliance_match.accounts.roles import RoleRequest, role_required
from alliance_match.matching.eligibility import HISTORY
from alliance_match.matching.presentation import cards, phrases
from alliance_match.matching.presentation.browse import (
    SORTS,
    TherapistRow,
    browse_results,
    favourite_therapists,
    intake_query,
    rows_for,
)
from alliance_match.matching.presentation.changes import suggestions_seen
from alliance_match.matching.presentation.facts import FactReader
from clients import timetable
from clients.models import Client, Mark, Session
from clients.reply_times import reply_times_in_words
from clients.selectors import own_client, with_capacity
from clients.services import last_visit_save
from therapists.available_hours import Window
from therapists.models import Therapist

PAGE = 20
SIDE_BY_SIDE = 3
UNDO_FOR = timedelta(minutes=1)


@require_GET
@role_required(Role.CLIENT)
def suggestions(request: RoleRequest) -> HttpResponse:
    """The client's own suggestions: the first few, or all with `?all=1`, in pages on one axis."""
    client = own_client(request, joined=["last_visit"], related=["time_windows", *HISTORY])
    show_all = request.GET.get("all") == "1"
    found = cards.suggestions(client, show_all=show_all)
    page = Paginator(found.cards, PAGE).get_page(request.GET.get("page"))
    context = {name: getattr(found, name) for name in found.__dataclass_fields__}
    context |= {"cards": list(page), "page_obj": page}
    episodes = [one.pk for one in client.episodes.all()]
    context["open_session"] = open_sessions.first(clinic=client.clinic_id, episodes=episodes)
    context["since"] = client.last_visit.previous_at if hasattr(client, "last_visit") else None
    context |= {"client": client, "show_all": show_all, "has_intake": hasattr(client, "intake")}
    context |= {"without_capacity": ()}
    context |= facts_of([card.therapist for card in page], client, client.time_windows.all())
    return render(request, "matching/suggestions.html", context | marks_of(client))


@PreparedRows
def open_sessions() -> QuerySet[Session]:
    """The newest session of these `episodes` at a `clinic` that waits for a check-in."""
    here = Session.objects.in_clinic(Given("clinic"))
    waiting = here.filter(episode=GivenKeys("episodes"), responses__isnull=True)
    about = waiting.select_related("episode__therapist").only("number", "episode__therapist__name")
    return about.order_by("-held_on", "-number")[:1]


@require_POST
@role_required(Role.CLIENT)
def visit_remember(request: RoleRequest) -> HttpResponse:
    """The client's page came up: what they see is kept for the next visit."""
    client = own_client(request, related=HISTORY)
    seen = suggestions_seen(cards.first_suggested_matches(client))
    last_visit_save(client=client, seen=seen, by=request.user)
    return HttpResponse(status=204)


@require_GET
@role_required(Role.CLIENT)
def browse(request: RoleRequest) -> HttpResponse:
    """Everybody whom the client could see, filtered by the address; without one, by their own answers."""
    client = own_client(request, related=["time_windows", "wishes", *HISTORY])
    if not request.GET:
        return redirect(f"{request.path}?{intake_query(client)}")
    found = browse_results(client, request.GET)
    context = {"found": found, "page_obj": found.page, "sorts": SORTS, "week": timetable.week_rows()}
    windows = [timetable.part_of_week(code) for code in found.times]
    return render(request, "matching/browse.html", context | row_context(client, found.rows, windows))


@require_GET
@role_required(Role.CLIENT)
def favourites(request: RoleRequest) -> HttpResponse:
    """Whom the client keeps in mind, three of them side by side (`?who=`, else the first)."""
    client = own_client(request, related=["time_windows", "wishes", "marks"])
    kept = rows_for(client, favourite_therapists(client))
    wanted = set(request.GET.getlist("who"))
    chosen = [row for row in kept if str(row.therapist.pk) in wanted] or kept
    context = {"kept": kept, "chosen": chosen[:SIDE_BY_SIDE]}
    return render(request, "matching/favourites.html", context | row_context(client, chosen))


@require_GET
@role_required(Role.CLIENT)
def therapist(request: RoleRequest, therapist_id: int) -> HttpResponse:
    """One therapist of the clinic, as the client would meet them."""
    client = own_client(request, related=["time_windows", "wishes", "marks"])
    known = Therapist.objects.in_clinic(client.clinic).exclude(status=Therapist.Status.LEFT)
    found = get_object_or_404(with_capacity(known.with_practice()), pk=therapist_id)
    row = rows_for(client, [found])[0]
    context = {"row": row, "ways": phrases.ways_of_working(row.therapist)}
    return render(request, "matching/therapist.html", context | row_context(client, [row]))


def row_context(
    client: Client, rows: Sequence[TherapistRow], windows: Collection[Window] = ()
) -> dict[str, Any]:
    """What rows need beside themselves: one axis for their cards, facts, who is full, and marks."""
    shown = [row.card for row in rows if row.card]
    full = {row.therapist.pk for row in rows if not row.has_capacity}
    facts = facts_of([row.therapist for row in rows], client, windows, full)
    context = {"cards": shown, "axis": cards.axis_half_width(shown), "without_capacity": full}
    return marks_of(client) | facts | context


def facts_of(
    therapists: Sequence[Therapist],
    client: Client,
    windows: Collection[Window],
    without_capacity: Collection[int] = (),
) -> dict[str, Any]:
    """What can be checked about each, as this client reads it."""
    reader = FactReader(client.clinic, windows, reply_times_in_words(therapists), without_capacity)
    return {"facts": {one.pk: reader.facts(one) for one in therapists}}


def marks_of(client: Client) -> dict[str, Any]:
    """Favourites by therapist, whom the client put aside a moment ago, and whom they asked to meet."""
    marks = client.marks.all()
    aside = [one for one in marks if one.kind == Mark.Kind.NOT_FOR_ME]
    prefetch_related_objects(aside, "therapist")
    fresh = [one for one in aside if timezone.now() - one.made_at < UNDO_FOR]
    return {
        "favourites": {one.therapist_id for one in marks if one.kind == Mark.Kind.FAVOURITE},
        "aside": aside,
        "just_put_aside": fresh[-1] if fresh else None,
        "asked": client.requested_ids,
        "drawn_marks": {},
    }
