"""What the demo shows that no clinic has."""

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from alliance_match.demo.mail import newest_mails


@never_cache
@require_GET
@login_not_required
def demo_mail(request: HttpRequest) -> HttpResponse:
    """Every mail to the made-up people, its links to follow; outside the demo this page does not exist."""
    if not settings.DEMO:
        raise Http404
    directory = settings.EMAIL_FILE_PATH
    mails = list(newest_mails(Path(directory))) if directory else []
    return render(request, "demo/mail.html", {"mails": mails})
