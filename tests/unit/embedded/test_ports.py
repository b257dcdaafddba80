"""The port of the demo."""

import socket

import pytest

from alliance_match.embedded.errors import EmbeddedError
from alliance_match.embedded.ports import chosen_port, listen_on_port


@pytest.mark.parametrize(("text", "port"), [("", 8000), ("8123", 8123), ("0", 0)])
def test_the_port_is_what_the_environment_says_or_the_default(monkeypatch, text, port):
    monkeypatch.setenv("PORT", text)

    assert chosen_port(8000) == port


@pytest.mark.parametrize("text", ["http", "-1", "65536", "8000.0", "²"])
def test_a_port_that_is_none_is_named(monkeypatch, text):
    monkeypatch.setenv("PORT", text)

    with pytest.raises(EmbeddedError, match=f"PORT={text} is not"):
        chosen_port(8000)


def test_a_taken_port_is_named_with_the_way_out():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(EmbeddedError, match=rf"Port {port} .*PORT="):
            listen_on_port(port)


def test_listening_is_on_this_machine_only():
    with listen_on_port(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
