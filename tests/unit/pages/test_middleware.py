"""What no browser sends is refused early; what somebody saw who is logged in is kept by no cache."""

from contextlib import closing

import pytest

FORM = "application/x-www-form-urlencoded"
FOREIGN = ["utf-7", "utf-16", "cp037", "rot13", "latin-1", "UTF-7", "base64"]


def assert_refused(answer):
    assert answer.status_code == 400
    assert "could not be read" in answer.content.decode()


@pytest.mark.parametrize("charset", FOREIGN)
@pytest.mark.parametrize("path", ["/", "/account/login/", "/demo/enter/", "/nothing/", "/health/live"])
def test_a_form_in_another_charset_is_refused(client, db, path, charset):
    assert_refused(client.generic("POST", path, b"role=client", f"{FORM}; charset={charset}"))


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "cp037", "latin-1"])
def test_a_question_in_another_charset_is_refused(client, db, charset):
    assert_refused(client.get("/account/login/?next=+2AA-", CONTENT_TYPE=f"{FORM}; charset={charset}"))


def test_half_a_character_in_a_form_with_parts_is_refused(client, db):
    part = b'--x\r\nContent-Disposition: form-data; name="login"\r\n\r\n+2AA-\r\n--x--\r\n'

    answer = client.generic("POST", "/account/login/", part, "multipart/form-data; boundary=x; charset=utf-7")

    assert_refused(answer)


@pytest.mark.parametrize("charset", FOREIGN)
def test_the_api_refuses_another_charset_in_json(as_client, third_session, charset):
    path = f"/api/v1/check-ins/{third_session.pk}/"

    answer = as_client.generic("POST", path, b"{}", f"application/json; charset={charset}")

    assert (answer.status_code, answer.json()) == (400, {"detail": "This could not be read."})


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "nonsense", ""])
def test_utf_8_is_taken(client, db, charset):
    answer = client.generic("POST", "/account/login/", b"login=a", f"{FORM}; charset={charset}")

    assert answer.status_code == 200


@pytest.mark.parametrize("key", ["\0abcdefghijklmnopq", "a" * 31 + "'", "²" * 32, " " * 32, "x" * 5000])
@pytest.mark.parametrize(
    "path", ["/", "/health/live", "/account/login/", "/suggestions/", "/static/nothing.css"]
)
def test_a_session_that_is_none_is_nobodys(client, db, key, path):
    client.cookies["sessionid"] = key

    assert client.get(path).status_code in {200, 302, 404}


def test_a_session_that_is_none_does_not_keep_one_out(client, db):
    client.cookies["sessionid"] = "\0abcdefghijklmnopq"

    assert client.post("/account/login/", {"login": "a@b.example", "password": "x"}).status_code == 200


def test_a_page_of_nobody_may_be_kept(client, db):
    assert "Cache-Control" not in client.get("/").headers


@pytest.mark.parametrize("path", ["/", "/suggestions/", "/nothing/", "/health/live", "/api/v1/suggestions/"])
def test_what_one_sees_who_is_logged_in_is_kept_by_no_cache(as_client, path):
    assert as_client.get(path).headers["Cache-Control"] == "no-store, private"


def test_an_error_of_ours_is_kept_by_no_cache(as_client, monkeypatch):
    monkeypatch.setattr("alliance_match.pages.views.render", None)
    as_client.raise_request_exception = False

    answer = as_client.get("/")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (500, "no-store, private")


def test_a_style_sheet_may_be_kept_by_whoever_is_logged_in(as_client):
    with closing(as_client.get("/static/css/base.css")) as answer:
        assert "no-store" not in answer.headers.get("Cache-Control", "")
