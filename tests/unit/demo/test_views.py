"""The demo shows the mail that it keeps, and nothing else has such a page."""

import pytest
from django.core.mail import send_mail
from django.urls import reverse

PAGE = "/demo/mail/"


@pytest.fixture
def post(settings, tmp_path):
    """A function that mails as the demo does."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")

    def post(subject):
        text = "Hello,\n\nhttp://127.0.0.1:8000/x/1:a-b/\n\n<b>Öz</b> --"
        send_mail(subject, text, None, ["cleo@demo.invalid"])

    return post


@pytest.mark.django_db
def test_each_mail_can_be_read_and_its_link_followed(client, post):
    post("Grüße")
    body = client.get(PAGE).content.decode()
    assert "<h2>Grüße</h2>" in body
    assert "cleo@demo.invalid" in body
    assert 'href="http://127.0.0.1:8000/x/1:a-b/"' in body
    assert "&lt;b&gt;Öz&lt;/b&gt;" in body
    assert "-----" not in body


@pytest.mark.django_db
def test_the_last_comes_first(client, post):
    for subject in ("One", "Two", "Three"):
        post(subject)
    body = client.get(PAGE).content.decode()
    assert body.index("Three") < body.index("Two") < body.index("One")


@pytest.mark.django_db
def test_without_mail_it_says_how_one_comes(client, post):
    assert b"No mail yet" in client.get(PAGE).content


@pytest.mark.django_db
def test_outside_the_demo_it_does_not_exist(client, post, settings):
    post("Secret")
    assert reverse("demo_mail") == PAGE
    settings.DEMO = False
    assert client.get(PAGE).status_code == 404
    assert b"demo/mail" not in client.get("/").content
