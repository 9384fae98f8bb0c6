"""Normalises and checks base URLs as people type and paste them (MD-14)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, unquote, urlsplit

from ._hide_frames import hide_frames
from ._invisible import ZERO_WIDTH
from .errors import FieldProblem, InvalidInputError
from .secrets import redact

BASE_URL_FIELD = "credentials.baseUrl"
DEFAULT_PORTS = {"http": 80, "https": 443}

ANTHROPIC_BASE_URL = "https://api.anthropic.com"
"""The default base URL of the type ``anthropic`` (PM-2).
https://docs.anthropic.com/en/api/models-list"""

OPENAI_BASE_URL = "https://api.openai.com/v1"
"""The base URL that the Dispatch app used for entries of type ``openai`` without one (MIG-2).
https://platform.openai.com/docs/api-reference/models/list"""

MODELS_BASE_PATH = "/models"
"""The whole path of some base URLs: https://<resource>.services.ai.azure.com/models (MD-14).
https://learn.microsoft.com/azure/ai-foundry/model-inference/concepts/endpoints"""

_MISSING = "Type the base URL, for example https://llm.example.edu/v1."
_SCHEME = "Start it with https://, or http:// for a server on this machine."
_USER_INFO = "Leave out user name and password."
_QUERY = "Leave out everything from ? or # on."
_API_VERSION = (
    "Leave out api-version and what follows it: Azure's way without one is https://{host}/openai/v1."
)
_PORT = "The port must be between 1 and 65535."
_BLANK = "Leave out spaces, line breaks and backslashes."
_HOST = "The server's name has a character that such names do not have."
_NO_HOST = "This is no name or address that a server can have."

# The longest first, so that /chat/completions does not leave /chat behind.
_ENDPOINTS = ("/chat/completions", "/completions", "/embeddings", "/responses", "/messages", "/models")
# https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle
_AZURE_RESOURCE = re.compile(
    r"https://([\w-]+\.(?:openai|cognitiveservices|services\.ai)\.azure\.com)[/?]", re.ASCII
)
_HOST_NAME = re.compile(r"[^\W_](?:[\w-]*(?:\.[\w-]+)*)\.?")
_KEPT_MODELS = "/models was kept: it belongs to some base URLs (Azure AI Foundry). Elsewhere leave it out."
_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
# The second alternative is for a password with a slash, ? or # in it: no valid port follows the colon then.
_USER_INFO_BEFORE = re.compile(r"[^/?#]*@|[^/?#@\s]*:(?!\d*(?:[/?#\s]|$))\S*@")
_URL_IN_TEXT = re.compile(r"(?<=//)[^\s\"'<>]+")
_HIGHEST_PORT = 65535
_SPECIAL_SCHEMES = {"http", "https", "ws", "wss", "ftp"}
_SCHEME_OF_A_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_C0_AND_SPACE = "".join(map(chr, range(0x21)))
_TAB_AND_LINE_ENDS = {ord(character): None for character in "\t\n\r"}
_OPAQUE_FORBIDDEN = re.compile(r"[\0\t\n\r #/:<>?@\[\\\]^|]")
_DOMAIN_FORBIDDEN = re.compile(r"[\0-\x20\x7f#%/:<>?@\[\\\]^|]")
_MOST_PARTS = 4  # of an IPv4 address
_HIGHEST_BYTE = 255
_LONGEST_NUMBER_CHARACTERS = 100  # longer numbers are no addresses, and slow to parse
# Private networks: RFC 1122, 1918, 3927, 4193, 4291. The first two are printed by servers that listen on all
# interfaces; as a destination they are this machine.
_PRIVATE_NETWORKS = (
    "0.0.0.0/32",
    "::/128",
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
)
# Names that public DNS does not resolve: RFC 6761, 6762, 8375, and ICANN's .internal.
_PRIVATE_SUFFIXES = (".localhost", ".local", ".home.arpa", ".internal")
# Names of this machine in the systems' hosts files: RFC 6761, Debian, Fedora.
_LOOPBACK_NAMES = frozenset(
    {
        "localhost",
        "localhost.localdomain",
        "localhost6",
        "localhost6.localdomain6",
        "ip6-localhost",
        "ip6-loopback",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseUrl:
    """A normalised base URL.

    Attributes:
        url: Without surrounding blanks and trailing slashes.
        notes: What was changed or should be known, one sentence each.
    """

    url: str
    notes: tuple[str, ...] = ()


@hide_frames
def normalise_base_url(raw: object, type: str) -> BaseUrl:  # noqa: A002 - the file's own word
    """Normalises a base URL to the form in which it is stored and requested (MD-14).

    Surrounding blanks, trailing slashes and a pasted endpoint such as ``/chat/completions`` are removed; for
    ``anthropic`` a trailing ``/v1`` too, as requests add it. ``/v1`` is never added. A ``/models`` that is
    the whole path is kept, as it may be the base itself (Azure AI Foundry). It is idempotent.

    Args:
        raw: What was typed or pasted. Blank gives the type's default, if it has one.
        type: The provider's type, ``anthropic`` or ``openai-compatible``.

    Raises:
        InvalidInputError: If it cannot be a base URL; the message does not quote it, but for the host of an
            Azure resource.
    """
    text = raw.strip().strip(ZERO_WIDTH).strip() if isinstance(raw, str) else ""
    if not text and type == "anthropic" and (raw is None or isinstance(raw, str)):
        return BaseUrl(url=ANTHROPIC_BASE_URL)
    return _normalised(text, type)


# Called at every access to the model cache (P-5). Errors are not cached.
@lru_cache(maxsize=256)
def _normalised(text: str, type: str) -> BaseUrl:  # noqa: A002 - the file's own word
    problem = _problem(text)
    if problem:
        raise InvalidInputError([FieldProblem(BASE_URL_FIELD, problem)])
    parts = urlsplit(text)
    scheme = parts.scheme.lower()
    authority = parts.netloc.lower().removesuffix(":")
    path, notes = _without_endpoints(parts.path, type)
    host = parts.hostname or ""
    if scheme == "http" and not is_private_host(host):
        notes.append(f"http: the key travels unencrypted to {host}. Use https if the server has it.")
    return BaseUrl(url=f"{scheme}://{authority}{path}", notes=tuple(notes))


def _problem(text: str) -> str:  # noqa: PLR0911 - one return for each sentence
    """What is wrong with a base URL, as a sentence; empty if it is valid."""
    if not text:
        return _MISSING
    if any(character.isspace() or not character.isprintable() or character == "\\" for character in text):
        return _BLANK
    scheme = _HAS_SCHEME.match(text)
    if scheme is None or scheme.group().lower() not in {"http://", "https://"}:
        return _SCHEME
    if "?" in text or "#" in text:
        return _problem_of_query(text)
    try:
        parts = urlsplit(text)
    except ValueError:
        return _HOST
    host = parts.hostname or ""
    if "@" in parts.netloc:
        return _USER_INFO
    if not _has_usable_port(parts):
        return _PORT
    if not host:
        return _MISSING
    if "[" not in parts.netloc and not _HOST_NAME.fullmatch(host):
        return _HOST
    # The Dispatch app refuses a whole file for one base URL that it does not accept.
    return "" if app_accepts(text) else _NO_HOST


def _has_usable_port(parts: SplitResult) -> bool:
    try:
        return parts.port is None or 1 <= parts.port <= _HIGHEST_PORT
    except ValueError:
        return False


def _problem_of_query(text: str) -> str:
    if "api-version=" not in text.lower():
        return _QUERY
    azure = _AZURE_RESOURCE.match(text.lower())
    return _API_VERSION.format(host=azure[1] if azure else "<resource>.openai.azure.com")


def app_accepts(url: str) -> bool:
    """Whether the Dispatch app accepts a base URL; otherwise it refuses the whole file (ST-7).

    It checks with zod, which uses the WHATWG URL parser (https://url.spec.whatwg.org/#host-parsing). Unusual
    spellings such as ``127.1`` are accepted and kept. Some internationalised host names are refused here that
    the app would accept.
    """
    text = url.strip(_C0_AND_SPACE).translate(_TAB_AND_LINE_ENDS)
    found = _SCHEME_OF_A_URL.match(text)
    if found is None:
        return False
    scheme, rest = found.group(1).lower(), text[found.end() :]
    if scheme == "file":
        return True
    special = scheme in _SPECIAL_SCHEMES
    if not special and not rest.startswith("//"):
        return True
    host, port = _authority(rest.lstrip("/\\") if special else rest[2:])
    if port and not (re.fullmatch("[0-9]+", port) and int(port.lstrip("0")[:6] or "0") <= _HIGHEST_PORT):
        return False
    return _is_host(host) if special else bool(host) and not _OPAQUE_FORBIDDEN.search(host)


def _authority(rest: str) -> tuple[str, str]:
    """Host and port of a URL without its scheme and slashes."""
    authority = re.split(r"[/\\?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    if authority.startswith("["):
        host, bracket, port = authority.partition("]")
        port = port[1:] if port.startswith(":") else port and "not a port"
        return host + bracket, port
    host, _, port = authority.partition(":")
    return host, port


def _is_host(host: str) -> bool:
    """Whether a host is valid by the WHATWG rules for http and https."""
    if host.startswith("["):
        return host.endswith("]") and "%" not in host and _is_ipv6(host[1:-1])
    name = _ascii_name(unquote(host))
    if not name or _DOMAIN_FORBIDDEN.search(name):
        return False
    labels = name.removesuffix(".").split(".")
    return not _is_number(labels[-1]) or ipv4_of(name) is not None


def _is_ipv6(text: str) -> bool:
    from ipaddress import IPv6Address

    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


def _is_number(label: str) -> bool:
    return bool(re.fullmatch(r"[0-9]+|0x[0-9a-f]*", label))


def ipv4_of(host: str) -> str | None:
    """Parses an IPv4 address in any notation of a lower-case host into four decimal parts, or None.

    It has one to four parts, each decimal, octal (``0``) or hexadecimal (``0x``), and the last one fills the
    rest: ``127.1``, ``0x7f.1`` and ``2130706433`` are all ``127.0.0.1``.
    """
    parts = host.removesuffix(".").split(".")
    try:
        *first, last = [_number(part) for part in parts]
    except ValueError:
        return None
    if len(parts) > _MOST_PARTS or any(number > _HIGHEST_BYTE for number in first):
        return None
    if last >= 256 ** (_MOST_PARTS + 1 - len(parts)):
        return None
    value = last + sum(number << 8 * (3 - place) for place, number in enumerate(first))
    return ".".join(str(value >> shift & _HIGHEST_BYTE) for shift in (24, 16, 8, 0))


def _number(part: str) -> int:
    if not _is_number(part) or len(part) > _LONGEST_NUMBER_CHARACTERS:
        raise ValueError
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8 if len(part) > 1 and part.startswith("0") else 10)


def _ascii_name(host: str) -> str:
    """A host name in lower-case ASCII (Punycode); empty if it is invalid."""
    name = host.lower()
    if name.isascii() and not any(label.startswith("xn--") for label in name.split(".")):
        return name
    import unicodedata

    import idna

    # Characters that this Python's Unicode version does not know are refused.
    if any(unicodedata.category(character) == "Cn" for character in name):
        return ""

    try:
        labels = idna.uts46_remap(name, std3_rules=False, transitional=False).split(".")
        letters = [character for label in labels for character in _unicode_label(label)]
        bidi = any(unicodedata.bidirectional(letter) in {"R", "AL", "AN"} for letter in letters)
        found = []
        for label in labels:
            if bidi and label:
                idna.check_bidi(_unicode_label(label), check_ltr=True)
            ascii_already = label.isascii() and not label.startswith("xn--")
            found.append(label if ascii_already else idna.alabel(label).decode())
    except (UnicodeError, IndexError):  # some invalid Punycode gives an IndexError
        return ""
    return ".".join(found)


def _unicode_label(label: str) -> str:
    import idna

    return idna.ulabel(label) if label.startswith("xn--") else label


def _without_endpoints(path: str, type: str) -> tuple[str, list[str]]:  # noqa: A002 - the file's own word
    notes: list[str] = []
    path = path.rstrip("/")
    tails = (*_ENDPOINTS, "/v1") if type == "anthropic" else _ENDPOINTS
    while tail := next((tail for tail in tails if path.lower().endswith(tail)), ""):
        if type != "anthropic" and path.lower() == MODELS_BASE_PATH:
            notes.append(_KEPT_MODELS)
            break
        path = path[: -len(tail)].rstrip("/")
        notes.append(f"{tail} was removed from the end: the base URL stops before it.")
    return path, notes


def is_private_host(host: str) -> bool:
    """Whether a host, without port and brackets, is this machine or in a private network.

    No name is looked up, so a public name that resolves to a private address counts as public.
    """
    name = host.lower().rstrip(".")
    address = _address(name)
    if address is not None:
        from ipaddress import ip_network

        mapped = getattr(address, "ipv4_mapped", None) or address
        return any(
            mapped in ip_network(network)
            for network in _PRIVATE_NETWORKS
            if (":" in network) == (mapped.version == 6)  # noqa: PLR2004 - IPv6
        )
    # A name without a dot resolves in the local network only; a bare number is an IPv4 address.
    single = "." not in name and not name.isdigit() and not name.startswith("0x")
    return name in _LOOPBACK_NAMES or name.endswith(_PRIVATE_SUFFIXES) or single


def is_loopback(host: str) -> bool:
    """Whether a host, without brackets, is this machine, in any notation that the system accepts (SEC-5).

    These are ``localhost`` and its subdomains, the machine's host name, 127.0.0.0/8, ``::1`` and the
    unspecified addresses; IPv4 also in short, decimal, octal and hexadecimal notation (``127.1``,
    ``2130706433``, ``0x7f.1``, ``0``). No name is looked up.
    """
    import socket

    name = host.lower().rstrip(".")
    if name in _LOOPBACK_NAMES or name.endswith(".localhost"):
        return True
    if name and name == socket.gethostname().lower().rstrip("."):
        return True
    address = _address(name)
    if address is None:
        try:
            address = _address(socket.inet_ntoa(socket.inet_aton(name)))
        except (OSError, UnicodeError):
            return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_loopback or mapped.is_unspecified)


def leads_here(url: str) -> bool:
    """Whether a valid URL's host is this machine (see `is_loopback`)."""
    return is_loopback(urlsplit(url).hostname or "")


def _address(host: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - ipaddress is imported at first use
    from ipaddress import ip_address

    try:
        return ip_address(ipv4_of(host) or host.partition("%")[0])
    except ValueError:
        return None


def shown_url(url: str) -> str:
    """A URL without user name, password and query, which may hold a key (SEC-1)."""
    scheme, slashes, rest = url.rpartition("//") if "//" not in url else url.partition("//")
    return f"{scheme}{slashes}{_shown_rest(rest)}"


def shown_urls(text: str) -> str:
    """A text with `shown_url` applied to every URL."""
    return _URL_IN_TEXT.sub(lambda found: _shown_rest(found.group()), text) if "//" in text else text


def _shown_rest(rest: str) -> str:
    """The part of a URL after its slashes, without user name, password and query."""
    user = _USER_INFO_BEFORE.match(rest)
    start, rest = ("…@", rest[user.end() :]) if user else ("", rest)
    query = re.search(r"[?#](?=.)", rest, re.DOTALL)
    return start + redact(f"{rest[: query.end()]}…" if query else rest)


def host_of(url: str) -> str:
    """Returns the host of a base URL, with its port and without user info; empty for an invalid URL."""
    rest = url.partition("://")[2]
    user = _USER_INFO_BEFORE.match(rest)
    return re.split(r"[/?#\\]", rest[user.end() :] if user else rest, maxsplit=1)[0]


def host_words(url: str) -> str:
    """The host of a valid base URL, as shown in questions: ``llm.example.edu``, ``http://llm.example.edu``.

    The scheme is included unless it is the usual one: http on this machine and in private networks, https
    elsewhere. So the text identifies one server. An internationalised name is shown in both forms, as two of
    them may look the same: ``bücher.example (xn--bcher-kva.example)``.
    """
    parts = urlsplit(url)
    name = parts.hostname or ""
    usual = "http" if is_private_host(name) else "https"
    shown = host_of(url) if parts.scheme == usual else f"{parts.scheme}://{host_of(url)}"
    other = _other_form(name)
    return f"{shown} ({other})" if other else shown


def _other_form(name: str) -> str:
    """An internationalised host name in Punycode, or one in Punycode in letters; empty for any other."""
    ascii_name = _ascii_name(name)
    if ascii_name != name:
        return ascii_name
    letters = ".".join(_unicode_label(label) for label in ascii_name.split("."))
    return letters if letters != ascii_name else ""
