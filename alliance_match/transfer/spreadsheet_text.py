"""Text that spreadsheet programs leave alone.

A cell beginning with one of `ACTIVE` may be run as a formula by a spreadsheet program. Such text is written
with an apostrophe before it, and so is text that already looks like that; reading takes exactly that
apostrophe away.
"""

ACTIVE = frozenset("=+-@\t\r\n＝＋－＠")
MARK = "'"


def formula_escaped(text: str) -> str:
    """Text as it is written."""
    guards = text[:1] in ACTIVE or (text[:1] == MARK and _is_active(text[1:]))
    return MARK + text if text and guards else text


def formula_unescaped(cell: str) -> str:
    """Text as it was before it was written."""
    return cell[1:] if cell[:1] == MARK and _is_active(cell[1:]) else cell


def _is_active(rest: str) -> bool:
    return rest[:1] in ACTIVE or rest[:1] == MARK
