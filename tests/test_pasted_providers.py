"""A pasted text becomes providers with preset, type, base URL and key or variable, and the rest is said."""

from __future__ import annotations

import logging
import pickle
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch_widgets.pasted_providers import LONGEST_TEXT_CHARACTERS, PastedProvider, read_pasted

KEY = "sk-proj-0123456789abcdefghij"
PLAIN = "0123456789abcdef-lab"
LAB = "https://llm.example.edu/v1"
OPENAI = "https://api.openai.com/v1"
AZURE = "https://lab.openai.azure.com"
ANTHROPIC = "https://api.anthropic.com"


class Found(NamedTuple):
    """What of a provider is compared."""

    preset: str
    type: str
    base_url: str
    key: str = ""
    variable: str = ""


OPENAI_WITH_KEY = Found("openai", "openai-compatible", OPENAI, KEY)
OPENAI_VARIABLE = Found("openai", "openai-compatible", OPENAI, "", "OPENAI_API_KEY")
LAB_WITH_KEY = Found("", "openai-compatible", LAB, PLAIN)
LAB_VARIABLE = Found("", "openai-compatible", LAB, "", "LAB_KEY")


def found(provider: PastedProvider) -> Found:
    return Found(
        provider.preset.key if provider.preset is not None else "",
        provider.type,
        provider.base_url,
        provider.key.get_secret_value() if provider.key is not None else "",
        provider.variable,
    )


def providers_in(text: str) -> list[Found]:
    return [found(provider) for provider in read_pasted(text).providers]


@pytest.mark.req("SEC-3", "PM-2")
@pytest.mark.parametrize(
    "text",
    [
        f"OPENAI_API_KEY={KEY}",
        f"OPENAI_API_KEY='{KEY}'  # mine",
        f"export OPENAI_API_KEY={KEY}",
        f'export OPENAI_API_KEY="{KEY}"; python x.py',
        f"set -gx OPENAI_API_KEY {KEY}",
        f'set -x -g OPENAI_API_KEY "{KEY}"',
        f"setenv OPENAI_API_KEY {KEY}",
        f'$env:OPENAI_API_KEY = "{KEY}"',
        f'[Environment]::SetEnvironmentVariable("OPENAI_API_KEY", "{KEY}", "User")',
        f"set OPENAI_API_KEY={KEY}",
        f'set "OPENAI_API_KEY={KEY}"',
        f"setx OPENAI_API_KEY {KEY}",
        f"ENV OPENAI_API_KEY={KEY}",
        f"ENV OPENAI_API_KEY {KEY}",
        f"%env OPENAI_API_KEY={KEY}",
        f"      - OPENAI_API_KEY={KEY}",
        f"OPENAI_API_KEY: {KEY}",
        f'os.environ["OPENAI_API_KEY"] = "{KEY}"',
        f"process.env.OPENAI_API_KEY = '{KEY}'",
        f'{{"env": {{"OPENAI_API_KEY": "{KEY}"}}}}',
        f'client = OpenAI(api_key="{KEY}")',
        f"llm = ChatOpenAI(model='gpt-4o', openai_api_key='{KEY}')",
        f"OPENAI_API_KEY={KEY}\r\nOPENAI_API_KEY={KEY}\r\n",
        KEY,
        f"here is the key: {KEY}",
    ],
)
def test_a_key_is_taken_from_every_way_of_writing_it(text: str) -> None:
    """Env files, five shells, Docker, code, JSON and YAML give the preset with its URL, and the key."""
    assert providers_in(text) == [OPENAI_WITH_KEY]


@pytest.mark.req("SEC-3", "MD-14")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'curl {OPENAI}/models -H "Authorization: Bearer $OPENAI_API_KEY"', OPENAI_VARIABLE),
        (f'curl {OPENAI}/models -H "Authorization: Bearer %OPENAI_API_KEY%"', OPENAI_VARIABLE),
        (f"curl -H 'authorization: bearer {KEY}' {OPENAI}/models", OPENAI_WITH_KEY),
        (
            f"curl {OPENAI}/chat/completions \\\n -H \"Authorization: Bearer ${{OPENAI_API_KEY}}\" \\\n -d 'https://x.y'",
            OPENAI_VARIABLE,
        ),
        (f'curl.exe {OPENAI}/models ^\r\n -H "Authorization: Bearer {KEY}"', OPENAI_WITH_KEY),
        (f'curl {OPENAI}/models `\n -H "Authorization: Bearer $env:OPENAI_API_KEY"', OPENAI_VARIABLE),
        (f'curl --url={LAB}/models --header="Authorization: Bearer {PLAIN}"', LAB_WITH_KEY),
        (f"curl {LAB}/models -u :{PLAIN}", LAB_WITH_KEY),
        (f"curl {LAB}/models --oauth2-bearer {PLAIN}", LAB_WITH_KEY),
        (f"curl -sSH 'Authorization: Bearer {PLAIN}' {LAB}/models", LAB_WITH_KEY),
        (f'curl {LAB}/models -H "Authorization: Bearer {PLAIN}', LAB_WITH_KEY),  # a quote is missing
        (f"export LAB_KEY={PLAIN}\ncurl {LAB}/models -H 'Authorization: Bearer '$LAB_KEY", LAB_WITH_KEY),
        (f"BASE={LAB}\ncurl $BASE/models -H 'Authorization: Bearer {PLAIN}'", LAB_WITH_KEY),
        (
            f'curl {ANTHROPIC}/v1/messages -H "x-api-key: $ANTHROPIC_API_KEY" -H "anthropic-version: 1"',
            Found("anthropic", "anthropic", ANTHROPIC, "", "ANTHROPIC_API_KEY"),
        ),
        (
            f"curl https://gw.example.edu/v1/messages -H 'x-api-key: {PLAIN}'",
            Found("", "anthropic", "https://gw.example.edu", PLAIN),
        ),
        (
            f'curl "{AZURE}/openai/deployments/a/chat/completions?api-version=1" -H "api-key: {PLAIN}"',
            Found("", "openai-compatible", f"{AZURE}/openai/v1", PLAIN),
        ),
        (
            f'curl "https://generativelanguage.googleapis.com/v1beta/models/g:generateContent?key={PLAIN}"',
            Found(
                "gemini",
                "openai-compatible",
                "https://generativelanguage.googleapis.com/v1beta/openai",
                PLAIN,
            ),
        ),
    ],
)
def test_a_curl_command_gives_its_provider(text: str, expected: Found) -> None:
    """Continued lines, every header, variables in it, a login, Azure, Anthropic: URL and key are found."""
    assert providers_in(text) == [expected]


@pytest.mark.req("SEC-3", "SEC-8")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"LAB_API_KEY={PLAIN}\nLAB_BASE_URL={LAB}/chat/completions", [LAB_WITH_KEY]),
        (f"LAB_ENDPOINT={LAB}/\nLAB_TOKEN={PLAIN}", [LAB_WITH_KEY]),
        (f"OPENAI_API_KEY={PLAIN}\nOPENAI_BASE_URL={LAB}", [LAB_WITH_KEY]),
        (f"OPENAI_API_KEY={PLAIN}\nOPENAI_API_BASE={LAB}", [LAB_WITH_KEY]),
        (
            f"OPENAI_API_KEY={PLAIN}\nOPENAI_BASE_URL=https://openrouter.ai/api/v1",
            [Found("openrouter", "openai-compatible", "https://openrouter.ai/api/v1", PLAIN)],
        ),
        (
            f"ANTHROPIC_BASE_URL=https://gw.example.edu/anthropic\nANTHROPIC_AUTH_TOKEN={PLAIN}",
            [Found("", "anthropic", "https://gw.example.edu/anthropic", PLAIN)],
        ),
        (
            f"AZURE_OPENAI_ENDPOINT=https://lab.openai.azure.com/\nAZURE_OPENAI_API_KEY={PLAIN}",
            [Found("", "openai-compatible", f"{AZURE}/openai/v1", PLAIN)],
        ),
        (f"GOOGLE_API_KEY={PLAIN}", [Found("gemini", "openai-compatible",
            "https://generativelanguage.googleapis.com/v1beta/openai", PLAIN)]),
        ("OLLAMA_HOST=0.0.0.0:11434", [Found("ollama", "openai-compatible", "http://0.0.0.0:11434/v1")]),
        (f"OpenAI(base_url='{LAB}', api_key=os.environ['LAB_KEY'])", [LAB_VARIABLE]),
        (f"OpenAI(base_url='{LAB}', api_key=os.getenv('LAB_KEY', ''))", [LAB_VARIABLE]),
        (f"new OpenAI({{ apiKey: process.env.LAB_KEY, baseURL: '{LAB}' }})", [LAB_VARIABLE]),
        (f"url: {LAB}\nkey: {PLAIN}", [LAB_WITH_KEY]),
        (f"Key = {PLAIN}\n\nBase URL = {LAB}", [LAB_WITH_KEY]),
        (f"api_base: {LAB}\napi_key: os.environ/LAB_KEY", [LAB_VARIABLE]),
        (
            f'post("{LAB}/embeddings", headers={{"Authorization": f"Bearer {{os.environ[\'LAB_KEY\']}}"}})',
            [LAB_VARIABLE],
        ),
        ('OpenAI(base_url="http://localhost:11434/v1", api_key="ollama")',
         [Found("ollama", "openai-compatible", "http://localhost:11434/v1")]),
        (f"Anthropic(api_key='{PLAIN}')", [Found("anthropic", "anthropic", ANTHROPIC, PLAIN)]),
        ("OPENAI_API_KEY=", [OPENAI_VARIABLE]),
        ("OPENAI_API_KEY=your-api-key-here", [OPENAI_VARIABLE]),
        ("export OPENAI_API_KEY=<paste it here>", [OPENAI_VARIABLE]),
        (LAB, [Found("", "openai-compatible", LAB)]),
        (f"{LAB}/models {KEY}", [Found("", "openai-compatible", LAB, KEY)]),
    ],
)  # fmt: skip
def test_key_and_base_url_that_belong_together_are_one_provider(text: str, expected: list[Found]) -> None:
    """A companion names the server of its key; fields of a call or a config are one account (SEC-8)."""
    assert providers_in(text) == expected


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize(
    "other",
    [
        *(
            "-x http://proxy.example",
            "-xhttp://proxy.example",
            "-sx https://proxy.example",
            "-e https://a.example",
        ),
        *("--proxy https://proxy.example", "--proxy=https://proxy.example", "--referer https://a.example"),
        *("--doh-url https://dns.example/q", "-b 'https://a.example'", "-F f=https://a.example"),
        *("--data-urlencode u=https://a.example", "--socks5-hostname https://proxy.example"),
        *("-A 'Mozilla https://a.example'", "-o https://a.example", "--proxy-header 'X: https://a.example'"),
    ],
)
def test_a_commands_key_is_for_what_it_asks(other: str) -> None:
    """Not for its proxy, nor for another server that one of its options names."""
    text = f"curl {other} {LAB}/models -H 'Authorization: Bearer {PLAIN}'"
    assert providers_in(text) == [LAB_WITH_KEY]


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize(
    "text",
    [
        "requests.get('{url}/models', headers={{'Authorization': 'Bearer {key}'}})",
        "get('{url}/models', headers={{'Authorization': 'Bearer {key}'}}, proxies={{'https': 'http://a.example'}})",
        "http {url}/models Authorization:'Bearer {key}'",
        "wget --header='Authorization: Bearer {key}' {url}/models",
        "irm -Uri {url}/models -Headers @{{Authorization = 'Bearer {key}'}}",
    ],
)
@pytest.mark.parametrize("key", [KEY, PLAIN])
def test_a_requests_key_is_for_its_server_whatever_it_looks_like(text: str, key: str) -> None:
    """Gateways have keys like the vendors': where a text names a server, the look of a key names none."""
    assert providers_in(text.format(url=LAB, key=key)) == [Found("", "openai-compatible", LAB, key)]


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"api_key={PLAIN}\nproxy=http://proxy.example:3128", "Add its base URL"),
        (f"api_key: {PLAIN}\nwebhook_url: https://hook.example/x", "Add its base URL"),
        (f"API_KEY={PLAIN}\nHTTP_PROXY_URL=http://proxy.example:3128", "Add its base URL"),
        (f"{KEY}\n{LAB}\nhttps://other.example/v1", "Which server the text is for is not clear"),
        (f"ask({LAB}, https://other.example/v1, api_key='{KEY}')", "api_key is for is not clear"),
        (f"OPENAI_API_KEY={PLAIN}\nBASE_URL={LAB}", "OPENAI_API_KEY is for is not clear, as BASE_URL"),
        (f"BASE_URL={LAB}\nOPENAI_API_KEY={PLAIN}", "OPENAI_API_KEY is for is not clear, as BASE_URL"),
        (f"OPENAI_API_KEY={PLAIN}\nAZURE_OPENAI_ENDPOINT={LAB}", "as AZURE_OPENAI_ENDPOINT names one"),
    ],
)
def test_a_key_is_for_no_server_that_a_text_names_for_something_else(text: str, said: str) -> None:
    """Proxies, webhooks and one of several servers get no key by being there; that is said."""
    pasted = read_pasted(text)
    assert [each.key for each in pasted.providers if each.key is not None] == []
    assert said in " ".join(pasted.left)


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize(
    "text",
    [
        "OPENAI_API_KEY={key}\nOPENAI_BASE_URL=llm.example.edu/v1",
        "OPENAI_API_KEY={key}\nOPENAI_API_HOST=llm.example.edu",
        "OPENAI_BASE_URL=$GATEWAY/v1\nOPENAI_API_KEY={key}",
        "ANTHROPIC_API_KEY={key}\nANTHROPIC_API_URL=https://me:pw@llm.example.edu",
        "OpenAI(api_key='{key}', base_url=GATEWAY)",
        "OpenAI(api_key='{key}', base_url=os.environ['GATEWAY'])",
        "api_key: {key}\nbase_url: llm.example.edu/v1",
        "curl llm.example.edu/v1/models -H 'Authorization: Bearer {key}'",
        "curl -m 10 $GATEWAY/models -H 'Authorization: Bearer {key}'",
    ],
)
def test_a_key_for_a_server_that_cannot_be_made_out_is_for_no_other(text: str) -> None:
    """A base URL that cannot be used is said, and its key is not offered for the vendor's own server."""
    pasted = read_pasted(text.format(key=KEY))
    assert pasted.providers == ()
    assert "cannot be used as a base URL" in pasted.left[0] or "depends on a variable" in pasted.left[0]
    assert KEY not in "".join(pasted.left)


@pytest.mark.req("SEC-3")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$OPENAI_API_KEY", [OPENAI_VARIABLE]),
        ("{env:OPENAI_API_KEY}", [OPENAI_VARIABLE]),
        ('os.environ["OPENAI_API_KEY"]', [OPENAI_VARIABLE]),
        ("os.environ/OPENAI_API_KEY", [OPENAI_VARIABLE]),
        (f"\u200b{KEY}\ufeff", [OPENAI_WITH_KEY]),
        (f"OpenAI(api_key='{KEY}', base_url=None)", [OPENAI_WITH_KEY]),
    ],
)
def test_what_stands_alone_is_read_as_in_the_field_for_a_key(text: str, expected: list[Found]) -> None:
    """A reference in any tool's writing, or a key with marks around it, is enough."""
    assert providers_in(text) == expected


@pytest.mark.req("SEC-3")
def test_several_providers_in_a_block_are_a_list_in_its_order() -> None:
    """Each is found once; what is not about a provider is named, without its value."""
    pasted = read_pasted(
        f"""
        # the team's keys
        ANTHROPIC_API_KEY=sk-ant-api03-0123456789abcdefghij
        OPENAI_API_KEY={KEY}   # work
        DATABASE_PASSWORD=hunter2-0
        # OLD_API_KEY={PLAIN}
        GROQ_API_KEY=$GROQ_API_KEY
        TAVILY_API_KEY=tvly-0123456789
        LAB_BASE_URL={LAB}
        LAB_API_KEY={PLAIN}
        """
    )
    assert [found(provider)[:3] for provider in pasted.providers] == [
        ("anthropic", "anthropic", ANTHROPIC),
        ("openai", "openai-compatible", OPENAI),
        ("groq", "openai-compatible", "https://api.groq.com/openai/v1"),
        ("", "openai-compatible", LAB),
    ]
    assert [provider.name for provider in pasted.providers] == [
        "Anthropic",
        "OpenAI",
        "Groq",
        "llm.example.edu",
    ]
    assert pasted.providers[1].taken == ("The key was taken from OPENAI_API_KEY.",)
    assert pasted.providers[2].taken == ("The key is read from the variable GROQ_API_KEY.",)
    assert set(pasted.left) == {
        "TAVILY_API_KEY is for a provider that is not known. Add its base URL.",
        "DATABASE_PASSWORD is not about a provider.",
    }


@pytest.mark.req("SEC-3")
def test_a_litellm_config_gives_each_of_its_models_servers() -> None:
    """Two entries of model_list are two providers, the same server once."""
    pasted = read_pasted(
        "model_list:\n"
        "  - model_name: a\n    litellm_params:\n      model: openai/a\n"
        "      api_base: https://a.example.edu/v1\n      api_key: os.environ/A_KEY\n"
        "  - model_name: b\n    litellm_params:\n      api_key: os.environ/B_KEY\n"
        "      api_base: https://b.example.edu/v1\n"
        "  - model_name: c\n    litellm_params:\n      model: openai/c\n"
        "      api_base: https://a.example.edu/v1\n      api_key: os.environ/A_KEY\n"
    )
    assert [(provider.base_url, provider.variable) for provider in pasted.providers] == [
        ("https://a.example.edu/v1", "A_KEY"),
        ("https://b.example.edu/v1", "B_KEY"),
    ]


@pytest.mark.req("SEC-3", "MD-14")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "No key, variable or base URL was found"),
        ("Dear all,\nplease see below.", "No key, variable or base URL was found"),
        (f"OPENAI_API_KEY={KEY} OPENAI_ORG_ID=org-1", "OPENAI_ORG_ID is not about a provider"),
        ("LAB_API_KEY=abc-def-123\nLAB_BASE_URL=ftp://x/y", "LAB_BASE_URL says cannot be used as a base URL"),
        ("LAB_API_KEY=abc-def-123\nLAB_BASE_URL=$SERVER/v1", "depends on a variable"),
        (f'LAB_API_KEY="a b c 1 2 3"\nLAB_BASE_URL={LAB}', "cannot be a key"),
        (f"curl {LAB}/chat/completions -d '{{}}'", "What the curl command sends was not taken"),
        ("x" * (LONGEST_TEXT_CHARACTERS + 1), "too long"),
    ],
)
def test_what_is_not_taken_is_said(text: str, said: str) -> None:
    """Each thing that was left has a sentence that names it."""
    assert said in " ".join(read_pasted(text).left)


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize(
    "text",
    [
        "OPENAI_API_KEY={key}",
        "{key}={key}",
        "LAB_API_KEY={key}\nNOTE={key}\n{key}",
        "curl https://llm.example.edu/{key}/v1/models -H 'x-api-key: {key}'",
        "curl https://llm.example.edu/v1?key={key}",
        "curl https://{key}.example.edu/v1 -u {key}:{key}",
        "OpenAI(base_url='https://ann:{key}@llm.example.edu/v1', api_key='{key}')",
        '{{"name": "{key}", "url": "https://llm.example.edu/v1", "apiKey": "{key}"}}',
        "LAB_API_KEY={key} {key}\nLAB_BASE_URL={key}",
    ],
)
def test_no_key_is_printed_logged_or_pickled(
    text: str, canary: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Wherever it stands in the text: not in the repr, the notes, a name, a log line or a pickle."""
    caplog.set_level(logging.DEBUG)
    pasted = read_pasted(text.format(key=canary))
    words = [pasted.left, *((each.name, each.taken, each.key, each.variable) for each in pasted.providers)]
    assert canary not in f"{words} {caplog.text}"
    for provider in pasted.providers:
        if canary not in provider.base_url:  # it is shown nowhere but in the field that it was pasted into
            assert canary not in repr(provider)
            assert canary.encode() not in pickle.dumps(provider)


_PIECES = st.sampled_from(
    [
        *(
            "OPENAI_API_KEY",
            "LAB_BASE_URL",
            "api_key",
            "base_url",
            "Bearer ",
            "x-api-key",
            "sk-ant-1",
            "curl ",
            "-H ",
        ),
        *(
            "https://",
            "llm.example.edu",
            "/v1",
            ":99999",
            "?key=",
            "OpenAI(",
            "Anthropic(",
            "os.environ[",
            "set -gx ",
        ),
        *"=:\"'`$%{}[]()#@ \n\\\0\u200bé",
        *("${", ": ", "\\\n"),
    ]
)


@pytest.mark.req("SEC-3")
@given(st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=40).map("".join)))
def test_any_text_is_read_and_gives_what_a_form_takes(text: str) -> None:
    """Junk raises nothing, and says something; every provider has a name, a valid type and a base URL."""
    pasted = read_pasted(text)
    assert pasted.providers or pasted.left
    for provider in pasted.providers:
        assert provider.name
        assert provider.type in {"anthropic", "openai-compatible"}
        assert provider.base_url.startswith(("http://", "https://"))
        assert not (provider.key and provider.variable)


@pytest.mark.req("SEC-3")
@pytest.mark.parametrize(
    "piece",
    [
        "url=http://a\n",
        "key: a\n",
        "OPENAI_API_KEY=k\n",
        "curl http://a\n",
        "OpenAI(",
        "set -a --a ",
        "OpenAI",
        "a",
        "_",
        "your_",
        "{",
        "$",
        "curl \\\n",
        "'",
        "\\",
        "http://",
        "os.environ['",
        "-",
    ],
)
def test_a_long_text_of_one_piece_is_read_too(piece: str) -> None:
    """No pattern goes astray on repetition (the run would not end)."""
    text = piece * (LONGEST_TEXT_CHARACTERS // len(piece))
    assert read_pasted(text).left or read_pasted(text).providers
    assert read_pasted(f"OPENAI_API_KEY={text}") is not None


@pytest.mark.req("SEC-3")
def test_a_value_that_bash_quotes_with_a_dollar_is_the_value() -> None:
    """``NAME=$'value'`` is no reference to a variable."""
    (found,) = read_pasted(f"export OPENAI_API_KEY=$'{KEY}'").providers
    assert found.key is not None
    assert found.key.get_secret_value() == KEY


@pytest.mark.req("SEC-8")
def test_a_vendors_key_beside_both_of_another_is_its_own() -> None:
    """Where the other server has a key of its own, nothing is unclear."""
    text = f"OPENAI_API_KEY={KEY}\nAZURE_OPENAI_API_KEY={PLAIN}\nAZURE_OPENAI_ENDPOINT={LAB}"
    assert [each.base_url for each in read_pasted(text).providers] == ["https://api.openai.com/v1", LAB]
