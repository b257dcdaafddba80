"""The demo's mail, which leaves the machine for nobody: files that Django's file backend wrote."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from itertools import islice
from pathlib import Path

SHOWN = 50
END = b"\n" + b"-" * 79 + b"\n"


@dataclass(frozen=True)
class DemoMail:
    """One mail as its reader would see it."""

    to: str
    subject: str
    text: str


def newest_mails(directory: Path) -> Iterator[DemoMail]:
    """The newest mails of a directory, the last first."""
    files = sorted(directory.glob("*.log"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    return islice((mail for file in files for mail in _mails_in(file)), SHOWN)


def _mails_in(file: Path) -> Iterator[DemoMail]:
    """Those of one second may share a file, each ended by a line."""
    for written in reversed(file.read_bytes().split(END)[:-1]):
        mail = message_from_bytes(written, policy=policy.default)
        body = mail.get_body(("plain",))
        yield DemoMail(str(mail["To"]), str(mail["Subject"]), body.get_content() if body else "")
