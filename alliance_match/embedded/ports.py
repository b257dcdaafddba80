"""The port of the demo's web server, taken before anything else is started."""

import os
import socket

from alliance_match.embedded.errors import EmbeddedError

DEFAULT = 8000
HIGHEST = 65535


def chosen_port(default: int) -> int:
    """Return the port that `PORT` names, or `default`; 0 stands for any free one.

    Raises:
        EmbeddedError: `PORT` is not a port number.
    """
    text = os.environ.get("PORT") or str(default)
    if not text.isascii() or not text.isdigit() or int(text) > HIGHEST:
        raise EmbeddedError(f"PORT={text} is not a port number (0 to {HIGHEST}).")
    return int(text)


def listen_on_port(port: int) -> socket.socket:
    """Listen on `port` of 127.0.0.1; the web server inherits the socket, so nobody can take it in between.

    Raises:
        EmbeddedError: the port is taken, or not ours to take.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen()
    except OSError as error:
        listener.close()
        why = error.strerror.lower() if error.strerror else str(error)
        raise EmbeddedError(f"Port {port} cannot be used ({why}): choose another with PORT=8001.") from None
    return listener
