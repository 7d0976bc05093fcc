"""Text as old programs left it: TCVN3 bytes, UTF-8 taken for Latin-1, letters lost."""

from __future__ import annotations

_LETTERS = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂÊÔƠƯĐ"
_CODES = "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢£¤¥¦§"
_TCVN3 = {ord(letter): code for letter, code in zip(_LETTERS, _CODES, strict=True)}
# Capitals with a tone have no code of their own.
_TCVN3 |= {
    ord(chr(small).upper()): code for small, code in _TCVN3.items() if ord(chr(small).upper()) not in _TCVN3
}


def tcvn3(text: str, pick: int = 0) -> str:
    """Capitals were set in a font of their own (.VnTimeH) that shows small letters' codes large."""
    return (text.lower() if text.isupper() else text).translate(_TCVN3)


def mojibake(text: str, pick: int = 0) -> str:
    return text.encode().decode("cp1252", errors="ignore")


def letters_lost(text: str, pick: int = 0) -> str:
    return text.encode("latin-1", errors="replace").decode("latin-1")
