"""The encodings in which a key can be quoted: JSON, HTML, URLs, Python, hexadecimal, base64."""

from __future__ import annotations

import re
from contextlib import suppress
from json.encoder import encode_basestring_ascii

_BITS_OF_A_BYTE = 8
_BITS_OF_A_SIGN = 6


def encoded_forms(key: str) -> tuple[str, ...]:
    """A key as it is, and as encoded in JSON (once or twice), HTML, URLs, Python and hexadecimal.

    The longest first, as one form can be part of another.
    """
    from html import escape
    from urllib.parse import quote

    once = encode_basestring_ascii(key)[1:-1]
    forms = {key, once, encode_basestring_ascii(once)[1:-1], repr(key)[1:-1]}
    for form in (key, once):
        page = escape(form)
        forms |= {
            escape(form, quote=False),
            page,
            page.replace("&#x27;", "&#39;"),
            page.replace("&#x27;", "&apos;"),
            page.replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
            # JSON inside a page's script: what could end it is written as an escape.
            form.replace("&", "\\u0026")
            .replace("<", "\\u003c")
            .replace(">", "\\u003e")
            .replace("'", "\\u0027"),
            form.replace("/", "\\/"),
        }
    for safe in ("", "/", "~", "/:+@"):
        encoded = quote(key, safe=safe, errors="surrogatepass")
        forms |= {encoded, re.sub(r"%[0-9A-F]{2}", lambda code: code.group().lower(), encoded)}
    with suppress(UnicodeEncodeError):
        # A page in the old encoding of the West, read as UTF-8 that keeps the bytes it does not understand.
        forms.add(key.encode("cp1252").decode("utf-8", "surrogateescape"))
    with suppress(UnicodeEncodeError):
        raw = key.encode()
        forms |= {form for code in (raw.hex(), raw.hex().upper()) for form in (code, _percent(code))}
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def _percent(code: str) -> str:
    return re.sub("..", r"%\g<0>", code)


def packed_forms(key: str) -> tuple[str, ...]:
    """The base64 characters that depend on a key alone, for its three alignments in a group of bytes."""
    import base64

    raw = key.encode("utf-8", "surrogatepass")
    found: dict[str, None] = {}
    for before in range(3):
        first = -(-_BITS_OF_A_BYTE * before // _BITS_OF_A_SIGN)
        last = _BITS_OF_A_BYTE * (before + len(raw)) // _BITS_OF_A_SIGN
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            found.setdefault(encode(b"\0" * before + raw).decode("ascii")[first:last])
    return tuple(found)
