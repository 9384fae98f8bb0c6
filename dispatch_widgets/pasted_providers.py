"""Finds providers in pasted text: an env block, shell lines, a curl command, a snippet of code or a config.

Each provider comes with preset, type, base URL, key or variable, and a name; and in words with what was taken
and what was not. Nothing here is sent, logged or stored, and nothing that is printed holds a key (SEC-1).
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qs, urlsplit

from ._text import clean
from .errors import InvalidInputError
from .pasted import unwrapped_key
from .presets import OTHER_COMPANIONS, PRESETS, SERVER_WORDS, find_preset, local_presets, preset_for_url
from .secrets import Secret, environment_name, key_problem, redact
from .urls import host_of, leads_here, normalise_base_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._terms import ProviderType
    from .presets import Preset

LONGEST_TEXT_CHARACTERS = 100_000
"""Of a longer text nothing is taken."""
_MOST_ACCOUNTS = 100  # more are no block of settings, and nobody adds them at once
_MOST_LEFT = 10  # notes on what was not taken
_LONGEST_VARIABLE_CHARACTERS = 64

_QUOTED = r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|`[^`\n]*`'
# A name, and after = or : its value, in env blocks, shells, code, JSON, YAML and TOML.
_PLAIN = r"[^\s\"'`,;(){}\[\]]*"
_FIELD = re.compile(
    r"(?<![\w$.%-])(?P<name>[A-Za-z_][\w-]{0,80})[\"'\])]{0,3}[ \t]*(?:=|:|=>)[ \t]*"
    r"(?:[fFrRbBuU]{1,2}(?=[\"']))?"
    rf"(?P<value>{_QUOTED}|(?:Bearer[ \t]+)?{_PLAIN}(?:\{{[^\s\"'{{}}]*\}}{_PLAIN})*)"
)
_MADE = re.compile(
    r"\b(?P<client>\w{0,30}(?:OpenAI|Anthropic|Mistral|Groq|Together|Fireworks|DeepSeek|XAI)\w{0,30})\("
)
_COMMENT = re.compile(r"^[ \t]*(?:#|//|::|REM\b).*$", re.MULTILINE | re.IGNORECASE)
_URL = re.compile(r"https?://[^\s\"'`<>\\,;)}\]]+")
_CURL = re.compile(r"(?<![\w./-])curl(?:\.exe)?[ \t]+[^\n]*(?:(?<=[\\^`])\r?\n[^\n]*)*", re.IGNORECASE)
_BODIES = frozenset(
    {
        *("-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--data-urlencode", "--json"),
        *("-F", "--form", "--form-string"),
    }
)
# The options of curl 7.88 that have a value; of the long ones those that are read or name another server.
_SHORT_WITH_VALUE = frozenset("ACDEFHKPQTUXYbcdemortuwxyz")
_LONG_WITH_VALUE = frozenset(
    {
        *(each for each in _BODIES if each.startswith("--")),
        *("--header", "--user", "--oauth2-bearer", "--url", "--request", "--output", "--cookie", "--referer"),
        *("--proxy", "--preproxy", "--proxy1.0", "--proxy-header", "--proxy-user", "--noproxy", "--doh-url"),
        *("--socks4", "--socks4a", "--socks5", "--socks5-hostname", "--connect-to", "--resolve"),
        "--user-agent",
    }
)
_CONTINUED = re.compile(r"[\\^`]\r?\n")
_TOKEN = re.compile(rf"(?:{_QUOTED}|[^\s\"'`])+")
_ONE_NAME = re.compile(r"[A-Za-z_]\w*")
_CAMEL_CASE_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

# Ways of setting or reading a variable that have no = or : between name and value, or a call around the name.
_REWRITTEN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\$env:(?=\w+[ \t]*=)", re.IGNORECASE), ""),  # PowerShell
    (re.compile(r"\$env:(\w+)", re.IGNORECASE), r"${\1}"),
    (
        re.compile(
            r"(?:\[[\w.]+\]::)?SetEnvironmentVariable\([ \t]*[\"'](\w+)[\"'][ \t]*,[ \t]*", re.IGNORECASE
        ),
        r"\1=",
    ),
    (re.compile(r"^[ \t]*set[ \t]+(?:-[\w-]+[ \t]+)+(\w+)[ \t]+", re.MULTILINE), r"\1="),  # fish
    (re.compile(r"^[ \t]*(?:setenv|setx|ENV)[ \t]+(\w+)[ \t]+(?=\S)", re.MULTILINE), r"\1="),
    (re.compile(r"^([ \t]*set[ \t]+)\"(\w+=[^\"\n]*)\"", re.MULTILINE | re.IGNORECASE), r"\1\2"),  # cmd
    (re.compile(r"os\.environ\[[ \t]*[\"'](\w+)[\"'][ \t]*\](?=[ \t]*=[^=])"), r"\1"),
    (re.compile(r"process\.env\.(\w+)(?=[ \t]*=[^=])"), r"\1"),
    (
        re.compile(
            r"(?:os\.environ(?:\.get)?[\[(]|(?:os\.)?getenv\(|userdata\.get\()"
            r"[ \t]*[\"'](\w+)[\"'][^\])\n]{0,80}[\])]"
        ),
        r"${\1}",
    ),
    (re.compile(r"process\.env\.(\w+)"), r"${\1}"),
    (re.compile(r"(?<==)\$(?=[\"'])"), ""),  # bash: NAME=$'value'
    (re.compile(r"\$?\{\$\{(\w+)\}\}"), r"${\1}"),
    (re.compile(r"(?<=\w)\\/|\\/(?=/)"), "/"),  # a slash as some write it in JSON
)
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)(?::?-[^}]*)?\}?|%([A-Za-z_]\w*)%")
_PLACEHOLDER = re.compile(
    r"^<|\.{3}|…|\*{3}|x{4,}|\$\{|\{\{|your[-_ ]?[\w -]{0,40}(?:key|token|secret)"
    r"|(?:change|replace)[-_ ]?me|placeholder"
    r"|^(?:empty|none|null|fake|dummy|test|not[-_]needed|no[-_]key[-_\w]*|ollama|lm-studio"
    r"|(?:my|the)?[-_ ]?(?:api[-_ ]?)?(?:key|token|secret))$",
    re.IGNORECASE,
)

# The endings of names, the longest first.
_KEY_WORDS = (
    *("API_KEY", "APIKEY", "AUTH_TOKEN", "ACCESS_TOKEN", "SECRET_KEY", "API_TOKEN"),
    *("TOKEN", "SECRET", "KEY"),
)
_URL_WORDS = sorted(SERVER_WORDS, key=len, reverse=True)
_BARE_BASE_URLS = frozenset({"BASE_URL", "BASEURL", "API_BASE", "API_BASE_URL", "API_URL", "API_ENDPOINT"})
_NO_URL = frozenset({"", "none", "null"})
_KEY_HEADERS = frozenset({"X_API_KEY", "X_GOOG_API_KEY", "AUTHORIZATION"})
# Variables that vendors' tools read too, beside the one of the preset.
_OTHER_NAMES = {
    "GOOGLE": "gemini",
    "CLAUDE": "anthropic",
    "OLLAMA": "ollama",
    "LM_STUDIO": "lmstudio",
    "LMSTUDIO": "lmstudio",
    "VLLM": "vllm",
    "LITELLM": "litellm",
    "LITELLM_PROXY": "litellm",
}
_PRESET_OF_WORD = {
    **_OTHER_NAMES,
    **{p.key_variable.removesuffix("_API_KEY"): p.key for p in PRESETS if p.key_variable is not None},
}
_COMPANION_WORDS = {name: key.removesuffix("_API_KEY") for name, key in OTHER_COMPANIONS.items()}
# The beginnings of keys that tell the vendor; see `_key_shapes`.
_PRESET_OF_KEY = (
    ("sk-ant-", "anthropic"),
    ("sk-or-", "openrouter"),
    ("sk-proj-", "openai"),
    ("sk-svcacct-", "openai"),
    ("gsk_", "groq"),
    ("xai-", "xai"),
    ("AIza", "gemini"),
    ("fw_", "fireworks"),
    ("tgp_", "together"),
)
# https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle
_AZURE = re.compile(
    r"(https://[\w-]+\.(?:openai|cognitiveservices|services\.ai)\.azure\.com)(?:[/?:].*)?$", re.ASCII
)
_VERSIONED = re.compile(r"(.*?/v[0-9]+(?:beta)?(?:/openai)?)/.+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PastedProvider:
    """A provider that was found in a pasted text.

    Attributes:
        preset: Its preset; None for a custom one.
        type: Its type.
        base_url: Its base URL, as it is stored.
        key: The key; None if none was found, or it is in a variable.
        variable: The environment variable that the key is in; empty if there is none.
        name: A name for it: the preset's, one from the text, or the host.
        taken: What was taken from where, one sentence each.
    """

    preset: Preset | None
    type: ProviderType
    base_url: str
    key: Secret | None = None
    variable: str = ""
    name: str
    taken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PastedText:
    """What was found in a pasted text.

    Attributes:
        providers: The providers, in the text's order.
        left: What was not taken and why, one sentence each.
    """

    providers: tuple[PastedProvider, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(slots=True, repr=False)
class _Account:
    """What a text says of one account."""

    word: str = ""  # of its variables: OPENAI of OPENAI_API_KEY; empty where the fields have no such word
    key: str = ""
    key_from: str = ""
    url: str = ""
    url_from: str = ""
    type: str = ""
    preset: str = ""
    name: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.key or self.url or self.key_from)


@dataclass(slots=True, repr=False)
class _Reading:
    """A text that is being read."""

    accounts: list[_Account] = field(default_factory=list)
    assigned: dict[str, str] = field(default_factory=dict)  # variables and their values
    others: dict[str, None] = field(default_factory=dict)  # variables that are not about a provider
    used: set[str] = field(default_factory=set)  # variables that another part of the text refers to
    left: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)  # to be masked in all words
    last: dict[str, _Account] = field(default_factory=dict)  # the last account by its word

    def begin(self, account: _Account) -> _Account:
        """Adds an account; of too many the last ones are dropped."""
        self.last[account.word] = account
        if len(self.accounts) < _MOST_ACCOUNTS:
            self.accounts.append(account)
        else:
            self.left.append(f"More than {_MOST_ACCOUNTS} providers are not read at once.")
        return account

    def account(self, word: str, *, without: str = "") -> _Account:
        """The account of a word; a new one if there is none, or if it has a field already.

        Without a word, fields belong to the account that was begun last.
        """
        last = self.last.get(word)
        if last is not None and not (without and getattr(last, without)):
            return last
        return self.begin(_Account(word))


def read_pasted(text: str) -> PastedText:
    """Finds the providers in a pasted text; never raises.

    Args:
        text: Any text.
    """
    if len(text) > LONGEST_TEXT_CHARACTERS:
        return PastedText(left=("The text is too long to be read. Paste the lines about the provider.",))
    reading = _Reading()
    commands = [found.group() for found in _CURL.finditer(text)]
    rest = _COMMENT.sub("", _CURL.sub("", text))
    for pattern, new in _REWRITTEN:
        rest = pattern.sub(new, rest)
    _read_fields(reading, rest)
    for command in commands:
        _read_curl(reading, command)
    if all(account.is_empty for account in reading.accounts):
        _read_bare(reading, rest)
    _join_halves(reading)
    _drop_unclear(reading)
    for account in reading.accounts:
        name = _reference_in(unwrapped_key(account.key).value)
        if name and name != account.key_from:
            reading.used.add(name)
    providers = [provider for account in reading.accounts if (provider := _provider(reading, account, rest))]
    return _in_words(reading, providers)


# ---- fields: NAME=value, name: value, name=value in a call


def _read_fields(reading: _Reading, text: str) -> None:
    made = [(found.start(), found) for found in _MADE.finditer(text)]
    fields = [(found.start(), found) for found in _FIELD.finditer(text)]
    for _, found in sorted([*made, *fields], key=lambda each: each[0]):
        client = found.groupdict().get("client")
        if client is None:
            _read_field(reading, found["name"], _unquoted(found["value"]), text)
        else:
            preset, type_ = _of_client(client)
            reading.begin(_Account(preset=preset, type=type_))


def _read_field(reading: _Reading, name: str, value: str, text: str) -> None:
    words = _in_capitals(name)
    is_variable = name == name.upper() and len(name) > 1
    if is_variable:
        reading.assigned.setdefault(name, value)
    kind, word = _kind_of(words)
    shown = name if len(name) <= _LONGEST_VARIABLE_CHARACTERS else "A long name"
    if kind == "key" and (value or is_variable):
        account = reading.account(word, without="key_from")
        account.key, account.key_from = value, shown
        if words == "X_API_KEY" and "anthropic-version" in text.lower():
            account.type = "anthropic"
    elif kind == "url" and value.lower() not in _NO_URL:
        account = reading.account(word, without="url")
        account.url, account.url_from = value, shown
    elif words == "NAME" and value:
        reading.account("").name = clean(value, 60)
    elif is_variable and value:
        reading.others[shown] = None


def _kind_of(words: str) -> tuple[str, str]:
    """Whether a field is a ``key`` or a ``url``, or empty, and the word before that in its name."""
    if words in _KEY_HEADERS:
        return "key", ""
    if words in _COMPANION_WORDS:
        return "url", _COMPANION_WORDS[words]
    for kind, endings in (("key", _KEY_WORDS), ("url", _URL_WORDS)):
        for ending in endings:
            if words == ending:
                return kind, ""
            if words.endswith(f"_{ending}"):
                return kind, words.removesuffix(f"_{ending}")
    return "", ""


def _of_client(client: str) -> tuple[str, str]:
    """The preset and the type that a client's class is for."""
    name = client.lower()
    if "azure" in name:
        return "", "openai-compatible"
    preset = next((each for each in PRESETS if each.key in name or each.name.lower() in name), None)
    return (preset.key, preset.type) if preset is not None else ("", "")


# ---- curl


def _read_curl(reading: _Reading, command: str) -> None:
    account = _Account()
    urls = []
    for option, value in _options(_words_of(_CONTINUED.sub(" ", command))):
        if option in {"", "--url"}:
            urls.append(_with_values(value, reading.assigned))
        else:
            _read_option(reading, account, option, value)
    # One that cannot be used is taken as one all the same: the key is for no other server.
    named = (url for url in urls if not url.isdigit())
    account.url, account.url_from = next(filter(_URL.match, urls), next(named, "")), "the command's URL"
    parts = _parts(account.url)
    key = parse_qs(parts.query).get("key", [""])[0] if parts is not None else ""
    if key and not account.key:
        account.key, account.key_from = key, "the command's URL"
    if parts is not None and parts.path.rstrip("/").endswith("/messages"):
        account.type = account.type or "anthropic"
    if account.is_empty:
        reading.left.append("A curl command without a URL was left out.")
    else:
        reading.begin(account)


def _words_of(command: str) -> list[str]:
    """The words of a command line, also of one that was cut off within quotes."""
    for missing in ("", '"', "'"):
        try:
            return shlex.split(command + missing)
        except ValueError:
            continue
    return [_unquoted(found.group()) for found in _TOKEN.finditer(command)]


def _read_option(reading: _Reading, account: _Account, option: str, value: str) -> None:
    if option in _BODIES:
        reading.left.append("What the curl command sends was not taken.")
    elif option in {"-H", "--header"}:
        _read_header(account, value)
    elif option in {"-u", "--user"}:
        account.key, account.key_from = value.partition(":")[2] or value, "the login of the command"
    elif option == "--oauth2-bearer":
        account.key, account.key_from = value, "the login of the command"


def _parts(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _options(tokens: list[str]) -> Iterator[tuple[str, str]]:
    """The options of a command and their values; an empty option for what stands alone."""
    rest = iter(tokens[1:])
    for token in rest:
        if token.startswith("--"):
            option, has_value, value = token.partition("=")
            if has_value or option in _LONG_WITH_VALUE:
                yield option, value or next(rest, "")
        elif token.startswith("-"):
            letters = token[1:]
            at = next((place for place, letter in enumerate(letters) if letter in _SHORT_WITH_VALUE), None)
            if at is not None:
                yield f"-{letters[at]}", letters[at + 1 :] or next(rest, "")
        else:
            yield "", token


def _read_header(account: _Account, header: str) -> None:
    name, _, value = header.partition(":")
    words = _in_capitals(name)
    if words in _KEY_HEADERS or words == "API_KEY":
        account.key, account.key_from = value.strip(), f"the header {clean(name.strip(), 40)}"
    elif words == "ANTHROPIC_VERSION":
        account.type = "anthropic"


def _with_values(text: str, assigned: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda found: assigned.get(found[1] or found[2]) or found.group(), text)


# ---- a URL, a key or a reference alone


def _read_bare(reading: _Reading, text: str) -> None:
    urls = _URL.findall(text)
    words = (unwrapped_key(word.strip(",;")).value for word in text.split())
    key = next((word for word in words if word.startswith(tuple(start for start, _ in _PRESET_OF_KEY))), "")
    url = urls[0] if urls and (not key or len(set(urls)) == 1) else ""
    if url or key:
        reading.begin(
            _Account(key=key, key_from="the text" if key else "", url=url, url_from="the text" if url else "")
        )
        return
    variable = _reference_in(unwrapped_key(text).value)
    if variable:
        _, word = _kind_of(variable)
        reading.begin(_Account(word=word, key=f"${{{variable}}}", key_from="the text"))


# ---- from what was read to providers


def _join_halves(reading: _Reading) -> None:
    """Joins a key without a URL and a URL without a key that follow each other, if neither has a word."""
    joined: list[_Account] = []
    for account in reading.accounts:
        before = joined[-1] if joined else None
        halves = before is not None and not (before.word or account.word or account.preset)
        if before is not None and halves and not account.is_empty:
            if before.key_from and not before.url and account.url and not account.key_from:
                before.url, before.url_from = account.url, account.url_from
                continue
            if before.url and not before.key_from and account.key_from and not account.url:
                before.key, before.key_from = account.key, account.key_from
                continue
        joined.append(account)
    reading.accounts = joined


def _drop_unclear(reading: _Reading) -> None:
    """Drops keys that may be for a server named elsewhere: OPENAI_API_KEY beside BASE_URL (SEC-8)."""
    servers = [account for account in reading.accounts if account.url and not account.key_from]
    for account in list(reading.accounts):
        if not account.key_from or account.url or not account.word:
            continue
        named = next((each.url_from for each in servers if _may_be_for(account.word, each)), "")
        if named:
            reading.left.append(
                f"Which server {account.key_from} is for is not clear, as {named} names one. "
                "Paste the lines of one provider."
            )
            reading.keys.add(unwrapped_key(account.key).value)
            reading.accounts.remove(account)


def _may_be_for(word: str, server: _Account) -> bool:
    if not server.word:
        return _in_capitals(server.url_from) in _BARE_BASE_URLS
    return server.word.endswith(f"_{word}")  # AZURE_OPENAI_ENDPOINT beside OPENAI_API_KEY


def _provider(reading: _Reading, account: _Account, text: str) -> PastedProvider | None:
    if account.is_empty or (account.key_from in reading.used and not account.url):
        return None
    key, variable = _key_of(reading, account)
    preset = find_preset(account.preset or _PRESET_OF_WORD.get(account.word, "")) or _preset_of_key(key)
    if not (account.url or account.word or account.preset):
        urls = _named_urls(text)
        if len(urls) > 1:
            reading.left.append(f"Which server {account.key_from} is for is not clear. Type its base URL.")
            return None
        account.url, account.url_from = urls.pop() if urls else "", "the text"
    type_ = account.type or (preset.type if preset is not None else _type_of(account, key))
    url, notes = _base_url(reading, account, type_)
    if account.url and not url:  # what was named is another server than the preset's (SEC-8)
        return None
    preset, url, notes = _settled(preset, url, type_, notes, has_key=bool(key or variable))
    if not url:
        if account.key_from and not account.url:
            reading.left.append(f"{account.key_from} is for a provider that is not known. Add its base URL.")
        return None
    taken = [f"The base URL was taken from {account.url_from}."] if account.url and account.url_from else []
    taken += notes
    if key:
        taken.append(f"The key was taken from {account.key_from}.")
    elif variable:
        taken.append(f"The key is read from the variable {variable}.")
    type_ = preset.type if preset is not None else type_
    return PastedProvider(
        preset=preset,
        type="anthropic" if type_ == "anthropic" else "openai-compatible",
        base_url=url,
        key=Secret(key) if key else None,
        variable=variable,
        name=account.name or (preset.name if preset is not None else host_of(url)),
        taken=tuple(taken),
    )


def _settled(
    preset: Preset | None, url: str, type_: str, notes: list[str], *, has_key: bool
) -> tuple[Preset | None, str, list[str]]:
    """The preset and base URL that go together, and notes on that, where the text may have named one only."""
    if url:
        preset = _preset_of_url(url, type_, has_key=has_key)
    elif preset is not None and preset.type != type_:
        preset = None
    if preset is None or (url and preset.is_local):
        return preset, url, notes
    changed = url not in {"", preset.base_url}
    return preset, preset.base_url, [f"The base URL is the usual one of {preset.name}."] if changed else []


def _key_of(reading: _Reading, account: _Account) -> tuple[str, str]:
    """The key of an account, or the variable that it is in; empty what it is not."""
    named = account.key_from if account.key_from in reading.assigned else ""
    key = unwrapped_key(account.key).value
    reading.keys.add(key)
    reference = _reference_in(key)
    if reference and reading.assigned.get(reference) and reference != named:
        key = unwrapped_key(reading.assigned[reference]).value
        account.key_from = reference
        reading.keys.add(key)
        reference = _reference_in(key)
    if reference:
        return "", reference
    if key and _PLACEHOLDER.search(key):
        reading.left.append(f"What {account.key_from} says is a placeholder, not a key.")
        return "", named
    problem = key_problem(key) if key else ""
    if problem:
        reading.left.append(f"What {account.key_from} says cannot be a key. {problem}")
        return "", ""
    return key, "" if key else named


def _reference_in(key: str) -> str:
    """The variable that a key refers to, in any shell's writing; empty if it is none."""
    found = _VARIABLE.fullmatch(key)
    return environment_name(key) or ((found[1] or found[2]) if found else "")


def _preset_of_key(key: str) -> Preset | None:
    return next((find_preset(preset) for start, preset in _PRESET_OF_KEY if key.startswith(start)), None)


def _named_urls(text: str) -> set[str]:
    """The URLs of a text but for those of fields: proxies, webhooks and the like."""
    rest = _FIELD.sub(lambda each: "" if _URL.match(_unquoted(each["value"])) else each.group(), text)
    return set(_URL.findall(rest))


def _type_of(account: _Account, key: str) -> str:
    says = f"{account.word} {account.url.partition('://')[2].partition('/')[2]}".lower()
    return "anthropic" if "anthropic" in says or "claude" in says or key.startswith("sk-ant-") else ""


def _base_url(reading: _Reading, account: _Account, type_: str) -> tuple[str, list[str]]:
    """The base URL of an account as it is stored, and what was changed; empty if none can be used."""
    written, source = account.url, f"What {account.url_from} says"
    if not written:
        return "", []
    if _VARIABLE.search(written):
        reading.left.append(f"{source} depends on a variable. Type the base URL.")
        return "", []
    if "://" not in written and account.word in _OTHER_NAMES:  # OLLAMA_HOST=0.0.0.0:11434
        written = f"http://{written}"
    azure = _AZURE.match(written)
    if azure is not None:
        url = f"{azure[1]}/openai/v1"
        return url, [] if written.rstrip("/") == url else ["Azure's base URL without an API version is used."]
    try:
        made = normalise_base_url(re.split(r"[?#]", written, maxsplit=1)[0], type_)
    except InvalidInputError:
        reading.left.append(f"{source} cannot be used as a base URL.")
        return "", []
    url = made.url
    if preset_for_url(url) is None and (deeper := _VERSIONED.fullmatch(url)) is not None:
        url = deeper[1]
    if account.word in _OTHER_NAMES and leads_here(url) and not urlsplit(url).path:
        url = f"{url}/v1"
    return url, list(made.notes)


def _preset_of_url(url: str, type_: str, *, has_key: bool) -> Preset | None:
    """The preset of a base URL, if it has the type; of a local server only if no key is given for it."""
    if leads_here(url):
        there = local_presets(url)
        return there[0] if len(there) == 1 and not has_key else None
    preset = preset_for_url(url)
    return preset if preset is not None and type_ in {preset.type, ""} else None


def _in_words(reading: _Reading, providers: list[PastedProvider]) -> PastedText:
    """The result, without doubles, its words without a key."""
    unique: dict[object, PastedProvider] = {}
    for provider in providers:
        key = provider.key.get_secret_value() if provider.key is not None else ""
        unique.setdefault((provider.type, provider.base_url, key, provider.variable), provider)
    keys = [key for key in reading.keys if key]
    shown = [
        replace(
            provider,
            name=redact(provider.name, keys),
            taken=tuple(redact(words, keys) for words in provider.taken),
        )
        for provider in unique.values()
    ]
    others = [f"{name} is not about a provider." for name in reading.others if name not in reading.used]
    left = tuple(dict.fromkeys(redact(words, keys) for words in [*reading.left, *others]))
    if len(left) > _MOST_LEFT:
        left = (*left[:_MOST_LEFT], f"{len(left) - _MOST_LEFT} more were not taken.")
    if not shown and not left:
        left = ("No key, variable or base URL was found in this text.",)
    return PastedText(providers=tuple(shown), left=left)


def _in_capitals(name: str) -> str:
    return "_".join(_CAMEL_CASE_WORD.findall(name)).upper()


def _unquoted(text: str) -> str:
    quoted = len(text) > 1 and text[0] in "\"'`" and text[-1] == text[0]
    return text[1:-1] if quoted else text
