"""A mail server on this machine, as far as a worker must know one; it can fall silent or be away."""

import socketserver
import threading
from contextlib import suppress


class Postbox:
    """Keeps for whom it took a mail, and what was in it."""

    def __init__(self, port: int = 0) -> None:
        self.taken: list[tuple[str, str]] = []
        self.asked, self.speaks = threading.Event(), threading.Event()
        self.speaks.set()
        self.server = _Server(("127.0.0.1", port), _Call)
        self.server.box = self
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Be away from now on."""
        self.server.shutdown()
        self.server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    box: Postbox


class _Call(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        with suppress(ConnectionError):
            self._talk(self.server.box)

    def _talk(self, box: Postbox) -> None:
        to = ""
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            command = line[:4].upper()
            if command == b"RCPT":
                to = line.decode().split("<")[1].split(">")[0]
            if command == b"DATA":
                box.asked.set()
                box.speaks.wait(60)
                self.wfile.write(b"354 go on\r\n")
                text = self._text()
                if text is None:
                    return
                box.taken.append((to, text.decode()))
            self.wfile.write(b"250 well\r\n")
            if command == b"QUIT":
                return

    def _text(self) -> bytes | None:
        """The mail up to its last line; None where whoever sends it was killed on the way."""
        lines: list[bytes] = []
        for line in self.rfile:
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line)
        return None
