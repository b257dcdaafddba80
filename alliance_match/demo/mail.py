"""The demo's mail, which leaves the machine for nobody: files that Django's file backend wrote."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

SHOWN = 50


@dataclass(frozen=True)
class DemoMail:
    """One mail as its reader would see it."""

    to: str
    subject: str
    text: str


def newest_mails(directory: Path) -> Iterator[DemoMail]:
    """The newest mails of a directory, the last first."""
    files = sorted(directory.glob("*.log"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    for file in files[:SHOWN]:
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = mail.get_body(("plain",))
        # The backend ends each mail with a line of dashes.
        text = body.get_content().rstrip().rstrip("-").rstrip() if body else ""
        yield DemoMail(str(mail["To"]), str(mail["Subject"]), text)
