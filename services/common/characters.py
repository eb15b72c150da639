"""Characters that one line of text cannot hold, whoever writes it."""

import unicodedata

_CONTROLS = {"Cc", "Zl", "Zp", "Cs"}
# Letters, numbers, punctuation and symbols; and those among them that are drawn as nothing.
_VISIBLE = {"L", "N", "P", "S"}
_BLANK = {"\u115f", "\u1160", "\u2800", "\u3164", "\uffa0"}
_TURNING = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def shows(line: str) -> bool:
    """Whether anything of it is seen: a space, a joiner or a blank letter alone is not."""
    return any(unicodedata.category(character)[0] in _VISIBLE and character not in _BLANK for character in line)


def has_control(line: str) -> bool:
    """Whether it holds a line break, another control character, or half of one that takes two."""
    return any(unicodedata.category(character) in _CONTROLS for character in line)


def has_turning(line: str) -> bool:
    """Whether it holds an invisible character that overrides or embeds a direction of writing.

    Such a character turns what stands beside it as well, so that a name can pose as another text. Arabic and Hebrew
    need none: their letters bear their direction, and the marks U+200E, U+200F and U+061C turn nothing.
    """
    return not _TURNING.isdisjoint(line)
