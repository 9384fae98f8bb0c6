"""The table of reasons for which servers refuse a request; words count before the status (MD-10, MD-15).

Servers disagree about statuses, field names and wording, and gateways pass on the errors of others: a wrong
key is reported with 200, 400, 401, 403 or 500. So the rows hold general phrases, not one server's sentences.
They are matched against the normalised text of the response, in which ``InvalidApiKey``,
``invalid_api_key`` and ``Invalid API-key!`` are the same (see `plain`). The first row that matches counts; if
none does, the status decides.

The responses that it is based on, with their sources, are in ``tests/data/error_answers.json`` and
``tests/data/refusals.json``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from ..errors import DiscoveryKind

_ANY_STATUS = range(100, 1000)
_NO_TROUBLE = range(100, 500)


@dataclass(frozen=True)
class Reason:
    """A reason for a refusal.

    Attributes:
        kind: The kind of failure.
        meaning: The reason in words, for the documentation.
        message: What happened, with the placeholders ``{name}`` (the provider), ``{host}``, ``{url}`` and
            ``{key}`` (masked). The status and the server's words are appended.
        hint: What to do next. ``{base_url}``, ``{proxy}`` and ``{where_the_key_went}`` are filled in from the
            request, the rest later (see `failures.Failure`).
        examples: Messages of servers, for the documentation.
        phrases: Regular expressions for the normalised text; ``…`` matches up to 40 characters between two
            words.
        within: The statuses with which the phrases count.
        statuses: The statuses that mean this if no phrase matches.
    """

    kind: DiscoveryKind
    meaning: str
    message: str
    hint: str
    examples: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    within: Container[int] = _ANY_STATUS
    statuses: Container[int] = ()

    def is_said_in(self, texts: Iterable[str]) -> bool:
        """Whether a phrase matches one of the texts, which are normalised by `plain`."""
        return bool(self.phrases) and any(self._pattern.search(text) for text in texts)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(_as_pattern(phrase) for phrase in self.phrases))


def _as_pattern(phrase: str) -> str:
    pattern = re.sub(r"\s*…\s*", "(?![a-z]).{0,40}?(?<![a-z0-9])", phrase)
    # A phrase starts at the start of a word, except in Chinese, which has no spaces between words.
    return rf"(?<![a-z0-9]){pattern}" if phrase.lstrip("(")[0].isascii() else pattern


def plain(text: str) -> str:
    """Normalises a text: lower case, one space between words, also for ``InvalidApiKey``."""
    text = re.sub(r"https?://\S+", " ", text)  # links to documentation contain words such as "key"
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return re.sub(r"[\W_]+", " ", text.lower()).strip()


# Parts of several phrases.
_PLACE = "(country|countries|regions?|territory|territories|locations?|jurisdiction|area)"
_SERVED = "(supported|available|allowed|permitted|accessible|served|offered|used|provided|eligible)"
_ACCOUNT = "(account|user|organi[sz]ation|consumer|project|workspace|tenant|team|subscription)"
_KEY = (
    "(api ?key|x api key|access key|subscription key|secret|jwt|"
    "(auth\\w* |access |api |bearer |security )?token|(auth\\w* )?credentials?|auth\\w* header|bearer)"
)
_SERVICE = "(api|service|model|feature|product|function)"
_IS_WRONG = (
    "(invalid|incorrect|wrong|not valid|not found|not correct|not recogni[sz]ed|not exist|no longer valid|"
    "expired|revoked|disabled|deactivated|deleted|leaked|malformed|unknown|mismatch)"
)
_WRONG = (
    "(invalid|incorrect|wrong|bad|expired|revoked|unknown|malformed|illegal|inactive|deleted|leaked|disabled|"
    "unrecogni[sz]ed|unauthori[sz]ed)"
)
_NONE = "(missing|no|without|provide|supply|carry|lacks?|empty|needs?|requires?|include|specify)"
_NOT_THERE = "(missing|required|empty|not (provided|present|supplied|sent|included|be empty))"
_MODEL_IS_NOT = (
    "(not|t) (be )?(found|exists?|available|supported by|a valid|valid|deployed|loaded|recogni[sz]ed|served)"
)
_PATH = "(url|uri|path|route|endpoint|page|resource|operation|method)"

NO_CREDIT: Final = Reason(
    "QUOTA",
    "The account has no credit left, or a limit on spending is reached",
    "{name} says that the account has no credit left",
    "This is about billing, not speed: top up the account, or raise its limit. {list}",
    (
        "Insufficient balance",
        "Your credit balance is too low",
        "Budget has been exceeded",
        "余额不足",
        "欠费",
    ),
    (
        "insufficient … (quota|balance|credit|fund)",
        "(balance|credit|fund)s? … (not enough|insufficient|too low|exhausted|depleted|used up|empty)",
        "(no|not enough|out of|low on|used all|used up|t have any) … credit",
        "(needs?|requires?) more credit",
        "quota … (not enough|insufficient|used up|fail)",
        "(exceed\\w*|exhaust\\w*|deplet\\w*|spent|over) … (credit|balance( |$)|budget|spending)",
        "budget … (exceed|exhaust|reach)",
        "(credit|spending|spend|billing|hard|key|usage) limits? … (reach|exceed|hit)",
        "(reached|exceeded|hit) your … usage limit",
        "free (tier|quota|trial|credit) … (exhausted|used up|expired|ended|over)",
        "payment (is )?required",
        "(add|needs?|requires?|without|no|missing|valid) … (credit card|payment method)",
        "(arrear|overdue|unpaid|credits error)",
        "in good standing",
        "(subscription|licen[sc]e|plan|trial) … (expired|lapsed|ended)",
        "billing … (not active|inactive|disabled|not enabled|to be enabled)",
        "billing (error|issue|problem|hard limit|not active)",
        "(not active|inactive) … billing",
        "(please|to|must) (re ?charge|top ?up)",
        "(余额|餘額|额度|額度|配额|点数|积分|资源包|流量包|套餐).{0,12}(不足|不够|耗尽|用尽|用完|为零)",
        "(欠费|欠費|充值|儲值|无可用资源包|账户已停)",
        "(残高|クレジット).{0,8}不足",
    ),
    statuses=(402,),
)
REGION: Final = Reason(
    "FORBIDDEN",
    "The country or region that the request comes from is not served",
    "{host} does not serve the place that the request comes from",
    "The place is told by the network's address, or by that of a VPN or proxy in between: another network "
    "may be served. Neither the key nor the base URL is at fault.{proxy} {list}",
    ("Country, region, or territory not supported", "User location is not supported", "不支持的地区"),
    (
        f"{_PLACE} … (not|isn t|aren t) (currently |yet |be )?{_SERVED}",
        f"(unsupported|restricted|blocked|prohibited|sanctioned|embargoed) … {_PLACE}",
        f"(not|t) (be )?{_SERVED} (in|for|from|within|to) … {_PLACE}",
        f"unavailable (in|for|from) … {_PLACE}",
        "(country|region|geo|geographic|geographical|location) ?(block|restrict|error)",
        "unavailable for legal reasons",
        "(地区|區域|区域|国家|國家|地域).{0,12}(不支持|不可用|限制|不允许|不提供|受限)",
        "(不支持|限制).{0,8}(地区|区域|国家)",
    ),
    statuses=(451,),
)
NETWORK: Final = Reason(
    "FORBIDDEN",
    "A firewall, an access list or a bot check stopped the request",
    "Something before {host} does not let requests from this network through",
    "It did not look at the key: have this machine's address allowed, or use the network or VPN that is "
    "expected.{proxy} {list}",
    ("Access denied due to Virtual Network/Firewall rules", "Sorry, you have been blocked", "IP 不在白名单"),
    (
        "ip( address)? … (not|isn t) (be )?(allowed|authori[sz]ed|permitted|whitelisted|in|on) ",
        "ip( address)? … (blocked|banned|denied|restricted|forbidden|blacklisted|unauthori[sz]ed)",
        "(blocked|denied|rejected|disallowed|restricted) … (ip|network|firewall|referr?er)( address)?( |$)",
        "(allow ?list|white ?list|access list|ip (address )?(restriction|filter)|security group)",
        "(virtual network|vnet|private (endpoint|link|network)|firewall|vpc service control)",
        "public (network )?access … (disabled|denied|not allowed)",
        "(only|not|t) … from … network( |$)",
        "((requires?|needs?|use|through|connect\\w*) … vpn|vpn … (required|only))( |$)",
        "(referr?er|user agent) … (blocked|not allowed|denied|forbidden)",
        "you have been blocked",
        "(request|access|page|site|url|website|connection) … (was|is|been) (blocked|rejected)",
        "request (blocked|rejected)",
        "blocked by … (cloudflare|waf|security|administrator|network|policy|organi[sz]ation)",
        "(attention required|just a moment|checking your browser|verify you are human|captcha)",
        "(enable|requires) … (java ?script|cookies)",
        "((web|dns|url) filter|web page blocked|pi hole)( |$)",
        "(waf|security (service|policy|rule|gateway|check))( |$)",
        "cloudflare to restrict access",
        "permission to access .{0,200}on this server",
        "cf mitigated challenge",
        "(incapsula|imperva|sucuri|zscaler|fortigate|fortinet|forcepoint|mod ?security)",
        "request could not be satisfied",
        "(unusual|suspicious|automated|malicious) (traffic|activity|request)",
        "(白名单|防火墙|拦截|安全验证|访问被(阻断|限制)|ip.{0,6}(受限|限制|禁止|不在))",
    ),
)
TOO_MANY: Final = Reason(
    "RATE_LIMITED",
    "Too many requests in a short time",
    "{name} answered: too many requests",
    "{list}{until}Using the models is not affected.",
    ("Rate limit reached", "RESOURCE_EXHAUSTED", "Too many requests", "请求过于频繁"),
    (
        "rate ?limit",
        "too many … (request|connection|call|attempt|token|concurrent)",
        "resource … exhausted",
        "throttl",
        "(qps|qpm|rpm|rpd|tpm|tpd) … (limit|exceed|reach)",
        "(request|token|call|quota|message)s? … (per|each|a) (second|minute|hour|day|month)( |$)",
        "(request|call|concurrenc)\\w* … limit … (reach|exceed|hit)",
        "(exceed|reach|hit)\\w* … (rate|request limit|concurrency|number of requests|frequency)",
        "requests? … too (fast|frequent|often|quickly)",
        "slow down",
        "(quota|limit)s? … (replenish|renew)\\w*",
        "(限流|流控|速率|频率|频繁|頻繁|并发|請求過多)",
        "(调用|次数|用量).{0,8}(上限|超限|超过|过多)",
        "请求.{0,8}(过多|过快|超限|上限|太多|过高)",
    ),
    statuses=(429,),
)
QUOTA_EXCEEDED: Final = replace(
    NO_CREDIT,
    examples=("You exceeded your current quota",),
    phrases=(
        "quota … (exceed|exhaust|reach)",
        "exceed\\w* … quota",
        "(key|usage|monthly) limit reached",
        "(hit|reach\\w*|exceed\\w*) … (cap|allowance)( |$)",
    ),
    statuses=(),
)
NO_SUCH_PATH_AT_GATEWAY: Final = Reason(
    "HTTP_STATUS",
    "Amazon's API Gateway has nothing at this address, or got no key",
    "{host} does not let this request through",
    "Amazon's API Gateway says this of an address that it does not have: check the base URL first, then the "
    "key. {list}",
    ("Missing Authentication Token",),
    ("missing authentication token",),
    within=(403, 404),
)
UNKNOWN_MODEL: Final = Reason(
    "UNKNOWN_MODEL",
    "The server does not know the model that was asked",
    "{host} does not know this model",
    "Check the model's id: it may have been renamed or removed, or this key may not see it. {list}",
    ("The model `x` does not exist or you do not have access to it", "Unknown model", "模型不存在"),
    (
        "(unknown|invalid|unsupported|unavailable|unrecogni[sz]ed|no such|incorrect)( \\w+){0,2} model( |$)",
        f"model( |$).{{0,120}}?{_MODEL_IS_NOT}",
        "model … (does|do|did) not exist",
        "model … (is|are) not supported( |$)(?!(in|for|with) this (endpoint|api))",
        "model … (unknown|is invalid|identifier is invalid|no longer available)",
        "model … has been (deprecated|retired|removed)",
        "not found the model",
        "server is pinned to",
        "not a valid model",
        "no (available )?(channel|endpoint|provider|deployment|instance)s? … (for|found|available) … model",
        "no (allowed |available )?(endpoints|providers) (found|are available)",
        "deployment … (not (be )?(found|exist)|does not exist)",
        "unable to access (the )?model",
        "no models? … (loaded|available)",
        "endpoint … does not exist.{0,60}model",
        "function … not found for account",
        "模型.{0,40}(不存在|未找到|找不到|无可用|不支持|无效|未部署|已下线)",
        "(不存在|未知|无效|不支持)的?.{0,4}模型",
    ),
)
BLOCKED_ACCOUNT: Final = Reason(
    "FORBIDDEN",
    "The account, project or key was blocked by the provider",
    "{name} has blocked this account",
    "Ask the provider's support, or whoever looks after the account. {list}",
    ("This organization has been disabled", "Your account is suspended", "用户已被封禁"),
    (
        f"{_ACCOUNT} … (suspend|deactivat|terminat|banned|frozen|blocked|closed|not active|inactive)",
        f"{_ACCOUNT} … (is|was|been) (disabled|locked|restricted)",
        f"(suspended|deactivated|terminated|disabled|banned) {_ACCOUNT}",
        "access (was |is |has been )?(terminated|suspended|revoked)",
        "violat\\w* … (terms|policy|policies)",
        "(账户|账号|帐号|用户|用戶).{0,10}(封禁|禁用|冻结|锁定|停用|异常|注销)",
    ),
)
WRONG_KEY: Final = Reason(
    "INVALID_CREDENTIALS",
    "The key is wrong, expired or revoked",
    "{name} refused the key {key}",
    "It may be incomplete, revoked or from another account. {list}",
    ("Incorrect API key provided", "invalid x-api-key", "token expired", "令牌已过期", "无效的令牌"),
    (
        f"{_WRONG}( \\w+){{0,3}} ({_KEY}|authentication|auth|authorization)( |$)",
        "(invalid|incorrect|wrong|expired) key( |$)",
        f"{_KEY}( |$)(\\w+ ){{0,7}}{_IS_WRONG}",
        f"key … (is|was|has) (been )?{_IS_WRONG}",
        f"valid {_KEY}( |$)",
        "(user ?name|login|email) (or|and) password",
        "(キー|トークン|認証情報).{0,12}(無効|正しく|間違|期限切れ|失効)",
        "(令牌|密钥|密鑰|key|凭证|token).{0,12}(无效|無效|错误|錯誤|不正确|过期|失效|不存在|不可用|未找到|有误|吊销)",
        "(无效|無效|错误|非法)的?.{0,8}(令牌|密钥|key|token|凭证)",
    ),
    statuses=(401,),
)
LITELLM_WITHOUT_DATABASE: Final = replace(
    WRONG_KEY,
    meaning="LiteLLM's proxy, which has no database, got another key than its own",
    hint="LiteLLM's proxy says this of every key but its own while it has no database. {list}",
    examples=("No connected db.",),
    phrases=("no (connected )?db( |$)",),
    statuses=(),
)
MISSING_KEY: Final = replace(
    WRONG_KEY,
    meaning="No key arrived where the server looks for one",
    hint="{where_the_key_went} {list}",
    examples=("Missing Authorization header", "No API key found in request", "未提供令牌"),
    phrases=(
        f"{_NONE}( \\w+){{0,4}} {_KEY}( |$)",
        f"({_KEY}|authentication key)( \\w+){{0,3}} {_NOT_THERE}",
        "(authorization|x api (key|token)) header",
        "(credential|token) (was |is )?not (sent|present|provided)",
        "not (authenticated|logged in)",
        "(auth|authentication|authorization|login) (is |was )?missing",
        "(please|must|need to) (first )?(log ?in|sign ?in|authenticate)( |$)",
        "(未登录|未登錄|未提供|未收到|缺少|请提供).{0,12}(令牌|密钥|key|token|凭证|鉴权|认证|auth)",
        "未登录",
    ),
    statuses=(),
)
NOT_ALLOWED: Final = Reason(
    "FORBIDDEN",
    "The key is right, and lacks a permission, a plan or access to a model",
    "{name} does not allow this with the key {key}",
    "The key was recognised. Ask whoever gave it out for the right that is named, or take another key. "
    "{list}",
    (
        "insufficient permissions",
        "Missing scopes: api.model.read",
        "key not allowed to access model",
        "无权限",
    ),
    (
        "permission",
        "(insufficient|missing|required|invalid|lacks?) … scopes?( |$)",
        "scopes? … (missing|required|insufficient|invalid)",
        "insufficient … (privilege|access|right|role)",
        "(not|t) have … (access|privilege|right|authori[sz]ation)",
        "(no|lacks?|without) access",
        "key … not allowed",
        "not (allowed|entitled|eligible|permitted) (to|for|on|in|by) ",
        "(not|t) agreed",
        "access … (not configured|not granted|not enabled)",
        "(cannot|can t|may not) (consume|access|use) this",
        "request not (allowed|permitted)",
        "rbac( |$)",
        "blocked at … level",
        "(requires?|upgrade) … (plan|subscription|tier)",
        "(plan|subscription|tier) … (not|t) include",
        "(not|t) (included|available|supported) … (plan|subscription|tier)",
        "unavailable (for|to) … (account|organi[sz]ation|project|key|plan)",
        "(accept|agree)\\w* … (terms|license|licence|agreement)",
        "(must be verified|verified (account|organi[sz]ation))",
        "verify your (account|organi[sz]ation|phone|email|identity)",
        "(restricted access|access … restricted)",
        "not accessible by",
        "verification (is )?required",
        "(无权|無權|没有权限|沒有權限|[无無].{0,6}(权限|權限)|权限不足|未授权访问|禁止访问|实名)",
    ),
)
NOT_SWITCHED_ON: Final = replace(
    NOT_ALLOWED,
    meaning="The service, or this way to log in to it, is not switched on for the account",
    message="{name} has not switched this on for the account",
    hint="Switch it on where the provider manages the account, or ask whoever looks after it. {list}",
    examples=("API has not been used in this project or it is disabled", "ModelNotOpen", "未开通"),
    phrases=(
        f"{_SERVICE}s? … not (been )?(used|enabled|activated|open|purchased|subscribed)",
        f"{_SERVICE}s? … (is|been) disabled",
        f"{_SERVICE} (disabled|blocked)",
        "(not activated|unpurchased|saml|sso)( |$)",
        "(key|token|local) … (authentication|auth) is (disabled|not enabled)",
        "(未开通|未激活)",
    ),
)
REFUSED_LOGIN: Final = replace(
    WRONG_KEY,
    meaning="The login failed",
    examples=("Authentication Fails", "Unauthorized", "鉴权失败"),
    phrases=(
        "(auth|authentication|authorization|login|certification|verification) … (fail|error|invalid|denied)",
        "(fail\\w*|unable|couldn t|could not|can t|cannot) … authenticate",
        "signature … (expired|invalid|wrong|mismatch|not match)",
        "(audience|issuer|tenant|organi[sz]ation|project|account) (id )?mismatch",
        "(signature|token|key|credential)s? … (cannot|could not|can t|couldn t) be verified",
        "(unauthori[sz]ed|unauthenticated|user not found)",
        "(authentication|authorization|log ?in|sign ?in) … (required|needed)",
        "(鉴权|認證|认证|身份验证|签名|授权).{0,8}(失败|失敗|错误|不通过|无效)",
        "未授权",
    ),
    statuses=(),
)
NOT_AUTHORISED: Final = replace(
    NOT_ALLOWED,
    examples=("User is not authorized to perform this action",),
    phrases=("(not|isn t) authori[sz]ed",),
    within=(200, 400, 403, 404, 405, 422),
)
BUSY: Final = Reason(
    "HTTP_STATUS",
    "The server is overloaded, or still loading a model",
    "{host} is overloaded or not ready yet",
    "{list}Nothing to change here; try again in a minute.{proxy}",
    ("Overloaded", "Model is currently loading", "服务繁忙"),
    (
        "overload",
        "(over|at|no|insufficient|out of) capacity",
        "(temporarily|currently) (unavailable|loading)",
        "(model|server|service|engine|system)s? … (busy|loading|warming)",
        "(under )?maintenance",
        "(繁忙|过载|负载已|维护中)",
    ),
    statuses=(529,),
)
BY_HAND: Final = "Some servers have no list: then type a model id by hand."
"""The hint if a server lists no models (MD-16)."""

NO_LIST_STATUSES: Final = frozenset({404, 405, 410, 501})
"""The statuses of a server without a list at the URL that was requested (MD-16)."""

NO_LIST: Final = Reason(
    "HTTP_STATUS",
    "There is nothing at this address, or the server has no list of models",
    "There is no model list at {url}",
    f"{{base_url}} {BY_HAND} {{list}}",
    ("Not Found", "no Route matched with those values", "Method Not Allowed"),
    (
        "no (route|static resource|handler|such (route|endpoint|path|page))",
        "could not route",
        f"(unknown|invalid|unsupported|unhandled|unrecogni[sz]ed|no matching) … {_PATH}( |$)",
        f"{_PATH} … (not (be )?found|does not exist|doesn t exist|not exist|not supported)",
        "cannot (get|post) ",
        "404 … not found",
        "^(error )?(page )?not found$",
        "method not allowed",
        "not implemented",
        "(接口|路径|地址|页面).{0,8}(不存在|未找到|错误)",
    ),
    within=_NO_TROUBLE,
    statuses=NO_LIST_STATUSES,
)
HTTPS_WANTED: Final = Reason(
    "TLS",
    "It is https:// that is spoken at this port",
    "{host} wants https://",
    "Begin the base URL with https:// rather than http://. {list}",
    ("Client sent an HTTP request to an HTTPS server", "The plain HTTP request was sent to HTTPS port"),
    ("http request … https",),
    within=(400, 426, 497),
    statuses=(497,),
)
OWN_HEADER: Final = Reason(
    "HTTP_STATUS",
    "The server wants a header of its own, beside the key",
    "{host} refused the request",
    "A header of that name cannot be set here. Add a model by its id and send the header from code, with "
    "client(default_headers=…), or ask the server's operator for an address that needs none. {list}",
    ("Either x-portkey-config or x-portkey-provider header is required", "missing Editor-Version header"),
    ("headers? … (missing|required|needed)", "(missing|requires?|needs?) … headers?( |$)"),
    within=_NO_TROUBLE,
)
UNEXPLAINED_403: Final = Reason(
    "HTTP_STATUS",
    "Refused, with no reason or one that is not known",
    "This key may not list models at {host}",
    "Likely reasons, in this order: the key lacks a permission or is not right; the account has no credit; "
    "the region or network is not let in; the base URL is not right.{proxy} {list}",
    statuses=(403,),
)
TROUBLE: Final = Reason(
    "HTTP_STATUS",
    "The server, or one behind it, has a problem",
    "{host} has a problem of its own",
    "{list}Nothing to change here; try again in a minute.{proxy}",
    statuses=range(500, 1000),
)
UNEXPLAINED: Final = Reason(
    "HTTP_STATUS",
    "Refused, with no reason or one that is not known",
    "{host} refused the request",
    "Check the key and the base URL. {list}",
    statuses=range(400, 500),
)
SERVER_TIMED_OUT: Final = replace(
    UNEXPLAINED,
    kind="TIMEOUT",
    message="The request to {host} timed out",
    hint="{list}Try again; a slow network can be the reason.{proxy}",
    statuses=(408,),
)
NOT_NOW: Final = replace(
    UNEXPLAINED,
    message="{host} does not take the request just now",
    hint="Nothing to change here; try again in a minute.{proxy} {list}",
    statuses=(409, 425),
)
ERROR_IN_DISGUISE: Final = Reason(
    "MALFORMED",
    "An error in the body of a success, with no reason or one that is not known",
    "{host} answered with an error in place of a list of models",
    "{list}Check the base URL and the key.",
    statuses=range(200, 300),
)

REASONS: Final = (
    # The most specific phrases come first: "Access denied" may come with each of the first three.
    NO_CREDIT,
    REGION,
    NETWORK,
    TOO_MANY,
    QUOTA_EXCEEDED,
    NO_SUCH_PATH_AT_GATEWAY,
    UNKNOWN_MODEL,
    NOT_SWITCHED_ON,
    BLOCKED_ACCOUNT,
    LITELLM_WITHOUT_DATABASE,
    WRONG_KEY,
    MISSING_KEY,
    NOT_ALLOWED,
    REFUSED_LOGIN,
    NOT_AUTHORISED,
    BUSY,
    HTTPS_WANTED,
    OWN_HEADER,
    NO_LIST,
    # By status alone.
    UNEXPLAINED_403,
    TROUBLE,
    UNEXPLAINED,
    ERROR_IN_DISGUISE,
)


def reason_for(status: int, texts: Iterable[str], *, asks_model: bool = False) -> Reason:
    """What a refusal means: by its words, and where they say nothing by its status.

    Args:
        status: The status, 200 for an error in the body of a success.
        texts: All that the server says, in the plain form.
        asks_model: Whether a model was asked, and can be the one that the server does not know.
    """
    said = list(texts)
    by_status = (SERVER_TIMED_OUT, NOT_NOW, *REASONS)
    usual = next((reason for reason in by_status if status in reason.statuses), UNEXPLAINED)
    for reason in REASONS:
        if status not in reason.within or not reason.is_said_in(said):
            continue
        if reason is UNKNOWN_MODEL and not asks_model:
            continue
        # "Not found" and "busy" are too common to overrule a status that has a meaning of its own.
        if reason.kind != "HTTP_STATUS" or usual.kind in {"HTTP_STATUS", "MALFORMED"}:
            return reason
    return usual
