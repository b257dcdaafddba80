"""Is it the right person? Three options, each open at any time, and nobody asks why."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alliance_match.accounts.models import Role
from alliance_match.accounts.roles import RoleRequest, role_required
from clients.models import Episode, Switch
from clients.services import switch_begin, switch_stop
from surveys.forms import OPENINGS, NoteForm, OthersForm, first_opening, with_opening
from surveys.models import Note, Recheck
from surveys.services import (
    note_can_be_sent,
    note_discard,
    note_keep,
    note_send,
    recheck_cancel,
    recheck_request,
)


def own_episode(request: RoleRequest, episode_id: int) -> Episode:
    """One's own episode, going on or not. Raises Http404."""
    return get_object_or_404(Episode.objects.accessible_to(request.membership).with_people(), pk=episode_id)


@require_GET
@role_required(Role.CLIENT)
def bond(request: RoleRequest, episode_id: int) -> HttpResponse:
    """The three options."""
    episode = own_episode(request, episode_id)
    context = {
        "episode": episode,
        "can_send": note_can_be_sent(episode=episode),
        "recheck": Recheck.objects.wanted(episode).first(),
        "switch": Switch.objects.filter(episode=episode).first(),
    }
    return render(request, "surveys/bond.html", context)


@require_http_methods(["GET", "POST"])
@role_required(Role.CLIENT)
def note_write(request: RoleRequest, episode_id: int) -> HttpResponse:
    """The first option: words to say, changed at will, sent or kept."""
    episode = own_episode(request, episode_id)
    kept = Note.objects.filter(episode=episode).kept().first()
    begin = {"text": kept.text} if kept else first_opening()
    posted = request.POST if request.method == "POST" else None
    if posted and "start" in posted:
        begin = {"text": with_opening(posted["start"], posted.get("text", ""))}
        posted = None
    form = NoteForm(posted, initial=begin)
    if form.is_valid():
        return _note_written(request, episode, form.cleaned_data["text"])
    context = {"episode": episode, "form": form, "kept": kept, "openings": OPENINGS}
    context["can_send"] = note_can_be_sent(episode=episode)
    return render(request, "surveys/bond_talk.html", context, status=422 if form.is_bound else 200)


def _note_written(request: RoleRequest, episode: Episode, text: str) -> HttpResponse:
    """Send or keep words, and say which it was."""
    name = {"name": episode.therapist.name}
    if "send" not in request.POST:
        note_keep(episode=episode, text=text, by=request.user)
        messages.success(request, _("Kept. Only you see these words."))
    elif note_send(episode=episode, text=text, by=request.user):
        messages.success(request, _("Sent. %(name)s finds your words at the next log-in.") % name)
    else:
        messages.info(request, _("Your words could not be sent to %(name)s. They are kept for you.") % name)
    return redirect("care")


@require_POST
@role_required(Role.CLIENT)
def note_delete(request: RoleRequest, note_id: int) -> HttpResponse:
    """Throw away words of one's own."""
    own = Episode.objects.accessible_to(request.membership)
    note_discard(note=get_object_or_404(Note.objects.filter(episode__in=own), pk=note_id), by=request.user)
    messages.success(request, _("Gone."))
    return redirect("care")


@require_POST
@role_required(Role.CLIENT)
def recheck_choose(request: RoleRequest, episode_id: int) -> HttpResponse:
    """The second option: one more session, and then the question again (`kind` empty: no more)."""
    episode = own_episode(request, episode_id)
    if not request.POST.get("kind"):
        recheck_cancel(episode=episode, by=request.user)
        messages.success(request, _("You are asked no more than usual."))
    elif recheck_request(episode=episode, by=request.user):
        messages.success(request, _("After your next session we ask how it was, and you can choose anew."))
    else:
        messages.info(request, _("This care has ended, so there is no next session to ask about."))
    return redirect("care")


@require_http_methods(["GET", "POST"])
@role_required(Role.CLIENT)
def switch_choose(request: RoleRequest, episode_id: int) -> HttpResponse:
    """The third option: others, while care goes on."""
    episode = own_episode(request, episode_id)
    switch = Switch.objects.filter(episode=episode).first()
    chosen = ("ends_episode", "notifies_therapist")
    begin = {name: getattr(switch, name) for name in chosen} if switch else {}
    posted = request.POST if request.method == "POST" else None
    form = OthersForm(posted, initial=begin, therapist=episode.therapist)
    if form.is_valid():
        switch_begin(episode=episode, **form.chosen(), by=request.user)
        return redirect("suggestions")
    context = {"episode": episode, "form": form}
    return render(request, "surveys/bond_others.html", context, status=422 if form.is_bound else 200)


@require_POST
@role_required(Role.CLIENT)
def stop_looking(request: RoleRequest, episode_id: int) -> HttpResponse:
    """Look no further; nobody else ever knew."""
    if switch_stop(episode=own_episode(request, episode_id), by=request.user):
        messages.success(request, _("You look no further. Nobody was told."))
    else:
        messages.info(request, _("This care has ended already."))
    return redirect("care")
