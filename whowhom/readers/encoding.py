"""From bytes to text: byte order mark, then what is declared, then UTF-8, then a guess."""

from __future__ import annotations

import codecs
import re

from whowhom.readers.source import SourceError

# UTF-32 stands before UTF-16, whose mark begins like it.
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# What pages mean by a label, after https://encoding.spec.whatwg.org: the wider code page of which
# the label is a part. In a declaration found in the bytes themselves, "utf-16" cannot be true.
_MEANT_BY_LABEL = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "windows-949": "cp949",
    "big5": "big5hkscs",
    "x-mac-cyrillic": "mac_cyrillic",
    "maccyrillic": "mac_cyrillic",
    "utf-16": "utf-8",
    "utf-16le": "utf-8",
    "utf-16be": "utf-8",
}
# Python knows these as encodings of text, but no page is written in them, and some run code paths
# (escapes, IDNA) that hostile input should not reach.
_REFUSED = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "mbcs", "oem"}
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)|<meta[^>]{0,500}?charset\s*=\s*["']?\s*([\w.:-]+)""",
    re.I,
)
# A page with one broken byte in a thousand characters is read as every browser does; beyond that
# the declared encoding is not the true one.
_MAX_BROKEN = 0.001
_CONTROLS = bytes(sorted({*range(32), 127} - {*b"\t\n\r\f\x1b"}))


def decode(content: bytes, *, charset: str = "", markup: bool = False) -> str:
    """Return the text of `content`, without a byte order mark and otherwise unaltered.

    Args:
        content: All bytes of a file or page.
        charset: What the server declares, "" if nothing.
        markup: HTML or XML, which may declare its encoding within itself, and of which a few
            broken bytes are replaced by U+FFFD. In other text nothing is replaced.

    Raises:
        SourceError: The bytes are not text in any encoding.
    """
    for bom, name in BOMS.items():
        if content.startswith(bom):
            return _decode_strictly(content, name, f"it begins with the mark of {name}")
    declared = _meant(charset) or (_find_declared(content) if markup else "")
    for encoding in (declared, "utf-8"):
        if encoding:
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    if markup:
        for encoding in (declared, "utf-8"):
            text = content.decode(encoding, "replace") if encoding else ""
            if text and text.count("\ufffd") <= _MAX_BROKEN * len(text):
                return text
    if looks_binary(content):
        raise SourceError("broken encoding: these bytes are not text")
    if _is_broken_utf8(content):
        if markup:
            return content.decode("utf-8", "replace")
        return _decode_strictly(content, "utf-8", "most of it is")
    return _decode_by_guess(content)


def find_encoding(head: bytes) -> str:
    """Return the encoding of a stream from its first bytes; some of them may be broken or cut.

    Raises:
        SourceError: The bytes are not text in any encoding.
    """
    for bom, name in BOMS.items():
        if head.startswith(bom):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
        return "utf-8"
    except UnicodeDecodeError:
        return "utf-8" if _is_broken_utf8(head) else _guess(head)


def looks_binary(content: bytes) -> bool:
    """Tell whether bytes are no text: not UTF-8, and full of control characters.

    NUL is a character like others, so valid UTF-8 is text whatever it holds.
    """
    if any(content.startswith(bom) for bom in BOMS):
        return False
    sample = content[:65_536]
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        # 1 %: text in any 8-bit or East Asian encoding has next to none, compressed data has 10 %.
        return len(sample) - len(sample.translate(None, _CONTROLS)) > 0.01 * len(sample)
    return False


def _is_broken_utf8(content: bytes) -> bool:
    """Tell whether bytes are UTF-8 but for some; a guess would take "é" of it for "Ã©".

    Of text in another encoding next to nothing passes for characters of UTF-8.
    """
    text = content.decode("utf-8", "replace")
    return sum(not character.isascii() for character in text) >= 2 * text.count("\ufffd")


def _find_declared(content: bytes) -> str:
    found = _DECLARED.search(content, 0, 8192)
    return _meant((found[1] or found[2]).decode("ascii")) if found else ""


def _meant(label: str) -> str:
    """Return Python's name for a declared encoding, "" for one that is unknown or refused."""
    label = label.strip().strip("\"'").lower()
    try:
        found = codecs.lookup(_MEANT_BY_LABEL.get(label, label)).name if label else ""
        b"".decode(found or "utf-8")
    except (LookupError, ValueError):  # ValueError: a label with NUL in it
        return ""
    return "" if found.replace("-", "_") in _REFUSED or found in _REFUSED else found


def _decode_strictly(content: bytes, encoding: str, why: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError(f"broken encoding: not {encoding} at byte {error.start}, though {why}") from error


def _decode_by_guess(content: bytes) -> str:
    encoding = _guess(content[:200_000])
    return _decode_strictly(content, encoding, "it looks like that")


def _guess(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    matches = from_bytes(sample)
    best = matches.best()
    if best is None:
        raise SourceError("broken encoding: not UTF-8, and no other encoding fits")
    # Short Western text fits a dozen code pages equally, and the first of them turns "São" into
    # "Săo". whowhom reads English, so the Western one is the likeliest of equals.
    western = any(match.encoding == "cp1252" and match.chaos <= best.chaos for match in matches)
    return "cp1252" if western else best.encoding
