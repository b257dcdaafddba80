"""Pages for somebody who seeks help at a clinic that is open to all, and has no account yet."""

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from alliance_match.accounts.mail import mail, page_link
from alliance_match.accounts.middleware import SESSION_KEY
from alliance_match.accounts.models import Clinic, Membership, User
from alliance_match.accounts.services import AlreadyHereError
from alliance_match.audit.actors import SystemActor
from clients.forms import PasswordForm, SignUpForm
from clients.models import SignUp
from clients.services import sign_up_begin, sign_up_finish

SALT = "clients.sign_up"


@login_not_required
@require_http_methods(["GET", "POST"])
def request_account(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for an account. The answer is the same whether the address is known here or not."""
    clinic = get_object_or_404(Clinic, slug=slug, open_to_all=True)
    form = SignUpForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        address = form.cleaned_data["email"].lower()
        if not ratelimit.consume(request, action="join", key=address):
            return render(request, "429.html", status=429)
        sign_up = sign_up_begin(clinic=clinic, by=SystemActor.SIGN_UP, **form.cleaned_data)
        if not _send_link(request, sign_up):
            form.add_error("email", _("The mail could not be sent just now. Try again in a few minutes."))
        else:
            return redirect("join_sent", slug=slug)
    context = {"form": form, "clinic": clinic}
    return render(request, "clients/join.html", context, status=422 if form.is_bound else 200)


@login_not_required
@require_safe
def join_sent(request: HttpRequest, slug: str) -> HttpResponse:
    """The link is on its way."""
    clinic = get_object_or_404(Clinic, slug=slug, open_to_all=True)
    return render(request, "clients/join_sent.html", {"clinic": clinic})


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def join_finish(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail: choose a password, or, with an account already, say yes once more."""
    sign_up = _of_token(token)
    if sign_up is None:
        return render(request, "clients/join_over.html", status=410)
    if Membership.objects.of_staff(sign_up.email, sign_up.clinic).exists():
        return render(request, "clients/join_staff.html", {"sign_up": sign_up}, status=409)
    known = User.objects.with_address(sign_up.email).first()
    if known is None:
        owner = User(email=sign_up.email, name=sign_up.name)
        form = PasswordForm(request.POST if request.method == "POST" else None, owner=owner)
        if form.is_valid():
            return _finish_sign_up(request, sign_up, None, form.cleaned_data["password"])
        context = {"form": form, "sign_up": sign_up}
        return render(request, "clients/join_finish.html", context, status=422 if form.is_bound else 200)
    if request.method == "POST" and request.user == known:
        return _finish_sign_up(request, sign_up, known, "")
    return render(request, "clients/join_known.html", {"sign_up": sign_up, "is_own": request.user == known})


def _finish_sign_up(request: HttpRequest, sign_up: SignUp, user: User | None, password: str) -> HttpResponse:
    try:
        membership = sign_up_finish(
            sign_up=sign_up,
            user=user,
            password=password,
            language=get_language(),
            by=user or SystemActor.SIGN_UP,
        )
    except SignUp.DoesNotExist:
        return redirect("start")
    except AlreadyHereError:
        return render(request, "clients/join_staff.html", {"sign_up": sign_up}, status=409)
    if user is None:
        login(request, membership.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[SESSION_KEY] = membership.pk
    return redirect("intake")


def _of_token(token: str) -> SignUp | None:
    """Raises Http404 for a token that nobody here made; None where its time is over."""
    try:
        pk = signing.Signer(salt=SALT).unsign(token)
    except signing.BadSignature:
        raise Http404 from None
    return SignUp.objects.valid().filter(pk=pk).select_related("clinic").first()


def _send_link(request: HttpRequest, sign_up: SignUp) -> bool:
    """Mail the link; in the demo, which mails nothing to anybody, show it too."""
    token = signing.Signer(salt=SALT).sign(str(sign_up.pk))
    link = page_link("join_finish", token=token)
    if settings.DEMO:
        path = reverse("join_finish", args=[token])
        text = _("In the demo no mail leaves the machine. Here is its link: {link}")
        messages.info(request, format_html(text, link=format_html('<a href="{}">{}</a>', path, link)))
    more = {"link": link, "clinic": sign_up.clinic}
    return mail(sign_up.email, get_language(), _("Your access"), "clients/join_mail.txt", **more)
