"""The first page, and what a person sees when something went wrong."""

import pytest
from django.db import OperationalError
from django.template.loader import render_to_string
from django.test import RequestFactory

from alliance_match.pages.error_pages import server_error

LOG_INS = ("Look as Cleo", "Look as Mara", "Look as Asha")


@pytest.mark.django_db
class TestHome:
    def test_offers_three_log_ins_in_the_demo(self, client, settings):
        settings.DEMO = True
        page = client.get("/").content.decode()
        assert all(label in page for label in LOG_INS)
        assert page.count('name="role"') == 3

    def test_offers_the_log_in_elsewhere(self, client, settings):
        settings.DEMO = False
        page = client.get("/").content.decode()
        assert not any(label in page for label in LOG_INS)
        assert 'href="/account/login/"' in page

    def test_says_that_it_is_not_a_crisis_service(self, client):
        assert "not a crisis service" in client.get("/").content.decode()

    def test_takes_the_appearance_from_the_cookie_and_nothing_else(self, client):
        client.cookies["theme"] = "dark"
        assert 'data-theme="dark"' in client.get("/").content.decode()
        client.cookies["theme"] = '"><script>'
        assert "data-theme=" not in client.get("/").content.decode().split("<body>")[0]


class TestErrors:
    def test_needs_no_context_for_a_500(self):
        assert "our fault" in render_to_string("500.html")

    def test_says_to_come_back_while_the_database_is_away(self):
        try:
            raise OperationalError
        except OperationalError:
            response = server_error(RequestFactory().get("/"))
        assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
        assert "away for a moment" in response.content.decode()

    @pytest.mark.parametrize("page", ["403_csrf.html", "429.html"])
    def test_needs_no_context_for_a_bare_page(self, page):
        assert "not a crisis service" in render_to_string(page)

    @pytest.mark.django_db
    def test_leads_back_from_a_missing_page(self, client, settings):
        settings.DEBUG = False
        response = client.get("/nowhere/")
        assert response.status_code == 404
        assert "This page is not here" in response.content.decode()

    @pytest.mark.django_db
    @pytest.mark.parametrize("field", ["a", "login"])
    def test_says_that_a_form_was_too_much(self, client, field):
        response = client.post("/account/login/", {f"{field}{n}": "" for n in range(1001)})
        assert response.status_code == 400
        assert "could not be read" in response.content.decode()

    @pytest.mark.django_db
    def test_says_that_a_form_was_too_large(self, client):
        form = "login=" + "a" * 3_000_000
        response = client.post("/account/login/", form, "application/x-www-form-urlencoded")
        assert response.status_code == 413
        assert "too much at once" in response.content.decode()

    def test_says_so_in_the_api_as_json(self, as_client, third_session):
        path = f"/api/v1/check-ins/{third_session.pk}/"
        response = as_client.post(path, '"' + "a" * 10_000_000 + '"', "application/json")
        assert (response.status_code, response.json()) == (
            413,
            {"detail": "A body may hold at most 2,621,440 bytes."},
        )

    def test_tells_a_wrong_host_nothing_else(self, client, settings):
        settings.ALLOWED_HOSTS = ["match.example.org"]
        response = client.get("/", headers={"host": "elsewhere.example"})
        assert response.status_code == 400
        assert "could not be read" in response.content.decode()
