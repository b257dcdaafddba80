"""What a log must not hold."""

import logging
import re

SECRET = re.compile(r"(/(?:c|kiosk|welcome|account/confirm-email|account/password/reset/key))/[^/\s\"']+")


class NoLinks(logging.Filter):
    """Take the secret out of addresses that are one: whoever reads the log could open them."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        kept = SECRET.sub(r"\1/…", text)
        if kept != text:
            record.msg, record.args = kept, ()
        return True
