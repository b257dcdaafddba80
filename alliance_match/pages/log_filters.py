"""What a log must not hold."""

import logging
import re

from alliance_match.pages.outages import is_outage

SECRET = re.compile(
    r"(/(?:accepting|c|kiosk|welcome|account/confirm-email|account/password/reset/key))/[^/\s\"']+"
)


class NoLinks(logging.Filter):
    """Take the secret out of addresses that are one: whoever reads the log could open them."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        kept = SECRET.sub(r"\1/…", text)
        if kept != text:
            record.msg, record.args = kept, ()
        return True


class NoOutageTracebacks(logging.Filter):
    """Say of a request refused in an outage which error it was, in one line: there may be thousands."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and is_outage(error):
            record.msg, record.args = f"{record.getMessage()} ({type(error.__cause__ or error).__name__})", ()
            record.exc_info = None
        return True
