"""The form to add or edit a provider; a key comes with the submission alone and is kept nowhere (SEC-2)."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypedDict, cast

from ...._text import clean
from ....errors import ChangedMeanwhileError, FieldProblem, InvalidInputError, NotFoundError
from ....pasted import unwrapped_key
from ....pasted_providers import read_pasted
from ....presets import PRESETS, find_preset
from ....secrets import API_KEY_FIELD, NO_KEY_NEEDED, environment_name, is_reference
from ....service.consent import check_as_seen, sending_of
from ....service.file import AwaitingMigrationError
from ....urls import host_words, normalise_base_url, shown_url
from ..shared.failures import refused
from ..shared.file_version import version_now, version_seen
from ..shared.views import Action, Answer, Field, Focus, Form, Message, Note, Option, Run
from ..status.provider_status import TYPE_LABELS
from .checks import Candidate
from .form_words import (
    IGNORED_URL,
    KEYRING_LABEL,
    dropped_words,
    first_key_hint,
    free_name,
    new_key_hint,
    sending_words,
    variable_hints,
    variables_offered,
)
from .key_place import KeyPlace
from .keyring import Keyring, kept_in_keyring
from .paste import (
    after_saving_one,
    kept_paste,
    key_in,
    next_note,
    nothing_note,
    paste_action,
    paste_args,
    taken_note,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ...._terms import ProviderType
    from ....presets import Preset
    from ....service import SettingsService
    from ....service.consent import Sending
    from ....settings.schema import Provider
    from ..hub.hub import Hub
    from ..shared.arguments import Arguments
    from ..shared.file_version import VersionSeen
    from ..shared.views import ActionArgs, Words
    from .checks import Checks

NAME = "provider"
_CUSTOM = ""
_TYPED, _VARIABLE = "typed", "variable"
KEY_SOURCE = "Where the key comes from"
_TEST_TITLE = "Asks the server for its models once; nothing is saved"
_NAME_EXAMPLE = "For example Course gateway"
_UNSAFE = "http:"  # how a note about a base URL begins that is no change of it
_URL_EXAMPLE = "https://llm.example.edu/v1"
_FIELD_OF_PROBLEM = {API_KEY_FIELD: "key", "credentials.baseUrl": "base_url"}
_FIELD_NAMES = frozenset({"name", "type", "key", "variable", "base_url"})


class _Changes(TypedDict, total=False):
    """What of a provider was changed in the form."""

    name: str
    type: ProviderType
    api_key: str
    base_url: str


@dataclass(frozen=True, slots=True, repr=False)
class Saved:
    """What a form saved.

    Attributes:
        provider: The provider as it is in the file now.
        is_new: Whether it was added.
        fetch: Whether its models have to be fetched (again).
        agreed: What the person said yes to by saving: the form said that it sends this there.
        taken_off: What was typed around the key or the base URL and is not saved, in sentences.
    """

    provider: Provider
    is_new: bool
    fetch: bool
    agreed: Sending | None
    taken_off: str


@dataclass(frozen=True, slots=True)
class _Input:
    """What is in the fields, but for the key.

    Attributes:
        preset: What is chosen when adding; None for Custom and when editing.
        before: The provider as it was when the form was filled; None when adding.
        name: The name.
        type: The type.
        source: ``typed`` or ``variable``: where the key comes from.
        variable: The variable's name.
        url: The base URL; empty where there is no field for one.
        in_keyring: Whether a typed key is to go into the keyring.
    """

    preset: Preset | None
    before: Provider | None
    name: str
    type: str
    source: str
    variable: str
    url: str
    in_keyring: bool

    @property
    def has_url(self) -> bool:
        """Whether there is a field for a base URL."""
        return self.type != "anthropic" or self.preset is None

    @property
    def place(self) -> KeyPlace:
        """Where a key would go."""
        chosen = self.preset.key if self.preset is not None else _CUSTOM
        return KeyPlace(preset=chosen, type=self.type, url=self.url if self.has_url else "")

    @property
    def needs_key(self) -> bool:
        """Whether a key is asked for and typed."""
        return self.source == _TYPED and (self.preset is None or self.preset.needs_key)

    @property
    def full_url(self) -> str:
        """Where requests would go; empty while nobody can know."""
        try:
            return normalise_base_url(self.url if self.has_url else "", self.type).url
        except InvalidInputError:
            return ""

    @property
    def sends(self) -> str:
        """What the form says about where saving sends what, and how; empty if nothing is to be said."""
        if not self.full_url:
            return ""
        words = [sending_words(self.variable, self.full_url)] if self.source == _VARIABLE else []
        notes = normalise_base_url(self.url if self.has_url else "", self.type).notes
        return " ".join(filter(None, [*words, *(note for note in notes if note.startswith(_UNSAFE))]))


class ProviderForm:
    """The form of the Providers tab.

    Args:
        hub: What presenters share.
        keyring: Whether there is a keyring.
        checks: The tests of what forms hold.
        saved: Called with what was saved; says where the person goes next.
    """

    def __init__(self, hub: Hub, keyring: Keyring, checks: Checks, saved: Callable[[Saved], Answer]) -> None:
        self._hub = hub
        self._keyring = keyring
        self._checks = checks
        self._saved = saved

    @property
    def _service(self) -> SettingsService:
        return self._hub.service

    # ---- the form

    def form(self, args: Arguments, values: Mapping[str, str], changed: str) -> Form:
        """The form: as a preset or provider fills it, with what was chosen in it, or read anew (``reload``).

        Raises:
            AwaitingMigrationError: If nothing can be added before the file is converted.
            NotFoundError: If the provider is gone.
        """
        return _with_args(self._form(args, values, changed), kept_paste(args))

    def _form(self, args: Arguments, values: Mapping[str, str], changed: str) -> Form:
        if self._service.awaiting_migration:
            raise AwaitingMigrationError
        self._keyring.find_out()
        before = self._before(args)
        tested = self._checks.filled(args.text("check", ""))  # nothing was changed since
        given = tested if isinstance(tested, _Input) else self._input(before, args, values, changed)
        if args.flag("reload") and before is not None:
            now = self._service.settings.provider(before.id)
            if now is None:
                form = self._made(given, "", given.sends, version_now(self._hub))
                return replace(form, note=self._deleted_note(before))
            given = _merged(given, before, now, key_typed=args.flag("key_typed"))
        dropped = "" if self._same_choice(given, args) else self._dropped(given, args)
        # Where nothing was chosen it still says what it said; what is typed is not known here.
        sends = given.sends if changed or args.flag("reload") else args.text("sends", given.sends)
        check = args.text("check", "")
        return self._made(given, dropped, sends, version_seen(self._hub, args), check)

    def _made(self, given: _Input, dropped: str, sends: str, version: VersionSeen, check: str = "") -> Form:
        before = given.before
        args: ActionArgs = {"sends": sends, "url": given.url, **version.written()}
        note = self._checks.note(check)
        if note is not None:
            args["check"] = check
        if before is not None:
            args |= {"row": before.id, "seen": self._hub.seen.token(before)}
        return Form(
            NAME,
            "Add provider" if before is None else f"Edit {clean(before.name)}",
            self._fields(given, dropped),
            save="Save and fetch models" if before is None else "Save",
            back="Providers",
            args=args,
            test=Action("test", "Test", {"test": True}, kind="save", title=_TEST_TITLE),
            paste=paste_action() if before is None else None,
            foot="" if before is None else "A new key or URL fetches the list again.",
            note=note,
            revision=version.revision,
            seen=version.saved,
        )

    def _before(self, args: Arguments) -> Provider | None:
        """The provider that is edited: as the person saw it, or as it is now if they see it first."""
        row, token = args.text("row", ""), args.text("seen", "")
        if not row:
            return None
        try:
            return self._hub.seen.provider(token) if token else self._service.provider(row)
        except ChangedMeanwhileError:
            if not args.flag("reload"):
                raise
            return self._service.provider(row)  # its fields are filled anew, and that is what is seen now

    def _input(
        self, before: Provider | None, args: Arguments, values: Mapping[str, str], changed: str = ""
    ) -> _Input:
        """What is in the fields: what a page sent, else what the provider or the preset says."""
        # What is typed comes with a Save alone; until then it is what the form said last.
        if before is not None:
            known = {} if args.flag("reload") or "url" not in args else {"base_url": args.text("url")}
            return _edited(before, known | dict(values))
        preset = find_preset(values.get("preset", args.text("preset", PRESETS[0].key)))
        as_chosen = _as_chosen(preset)
        if not values:
            return as_chosen
        given = _Input(
            preset,
            None,
            name=values.get("name", ""),
            type=values.get("type", as_chosen.type) if preset is None else preset.type,
            source=values.get("source", as_chosen.source),
            variable=values.get("variable", as_chosen.variable),
            url=values.get("base_url", args.text("url", as_chosen.url)),
            in_keyring=bool(values.get("keyring")),
        )
        if changed != "preset":
            return given
        return replace(as_chosen, name=given.name, in_keyring=given.in_keyring)

    def _fields(self, given: _Input, dropped: str) -> tuple[Field, ...]:
        before, preset = given.before, given.preset
        fields = []
        if before is None:
            options = (*(Option(each.key, each.name) for each in PRESETS), Option(_CUSTOM, "Custom"))
            chosen = preset.key if preset is not None else _CUSTOM
            fields.append(Field("preset", "Preset", "choice", chosen, options, follows=True))
        example = _NAME_EXAMPLE if preset is None else self._free_name(preset)
        fields.append(Field("name", "Name", value=given.name, placeholder=example, beside=before is None))
        if preset is None:
            types = _types(before)
            fields.append(
                Field("type", "Type", "choice", given.type, types, beside=before is not None, follows=True)
            )
        sources = (Option(_TYPED, "Paste it"), Option(_VARIABLE, "Environment variable"))
        fields.append(Field("source", KEY_SOURCE, "radio", given.source, sources, follows=True))
        fields.append(self._key_field(given, dropped))
        if given.needs_key and self._keyring.is_there:
            ticked = "true" if given.in_keyring else ""
            fields.append(Field("keyring", KEYRING_LABEL, "check", ticked, follows=True))
        if given.has_url:
            fields.append(_url_field(given))
        return tuple(fields)

    def _key_field(self, given: _Input, dropped: str) -> Field:
        if given.source == _VARIABLE:
            own = given.preset.key_variable if given.preset is not None else None
            own = given.before.key_variable if given.before is not None else own
            options = variables_offered(own)
            return Field(
                "variable",
                "Key",
                "choice",
                given.variable,
                options,
                other=True,
                messages=variable_hints(given.variable, given.full_url),
                follows=True,
            )
        messages = [Message(self._key_hint(given))]
        if dropped and not given.needs_key:
            messages.insert(0, Message(dropped))
        return Field(
            "key",
            "Key",
            "key",
            placeholder=_key_placeholder(given),
            messages=tuple(messages),
            problem=dropped if given.needs_key else "",
            emptied=bool(dropped),
        )

    def _key_hint(self, given: _Input) -> Words:
        in_keyring = given.in_keyring and given.needs_key and self._keyring.is_there
        if given.before is None:
            return first_key_hint(given.preset, in_keyring=in_keyring)
        count = sum(entry.provider_id == given.before.id for entry in self._service.catalog)
        return new_key_hint(count, in_keyring=in_keyring)

    def _free_name(self, preset: Preset) -> str:
        return free_name(preset.name, (there.name for there in self._service.settings.providers))

    # ---- a key belongs to the server that it was typed for (SEC-8)

    @staticmethod
    def _same_choice(given: _Input, args: Arguments) -> bool:
        """Whether a refused key was submitted for what is chosen now; what is typed counts at saving."""
        place = _place_of(args.text("key_for", ""))
        return place is None or place.choice == given.place.choice

    @staticmethod
    def _dropped(given: _Input, args: Arguments) -> str:
        """What is said of a key that was submitted for another server, and refused; empty if it was not."""
        place = _place_of(args.text("key_for", ""))
        if place is None or place.leads_to(given.place):
            return ""
        keep = clean(given.before.masked_key) if given.before is not None else ""
        return dropped_words("The key sent before", place.host, keep=keep)

    def key_for(self, values: Mapping[str, str], args: Arguments) -> str:
        """What a key is submitted for; an earlier place stays while the base URL is being mended."""
        place = self._input(self._before(args), args, values).place
        earlier = _place_of(args.text("key_for", ""))
        return _written(place if earlier is None or place.is_done or not earlier.host else earlier)

    # ---- saving

    def submit(self, values: Mapping[str, str], key: str, args: Arguments) -> Answer:
        """Save what is in the fields, or test it; what is not changed stays as it is in the file."""
        if args.text("paste", ""):
            return self._pasted(key, args)
        answer = self._submitted(values, key, args)
        if answer.ok:
            return self._next_of_paste(answer, args)
        kept = kept_paste(args)
        return answer if answer.form is None else replace(answer, form=_with_args(answer.form, kept))

    def _submitted(self, values: Mapping[str, str], key: str, args: Arguments) -> Answer:
        given = self._input(self._before(args), args, values)
        self._checks.stop(args.text("check", ""))
        if args.flag("stop_test"):
            form = self._made(given, "", args.text("sends", ""), version_seen(self._hub, args))
            return Answer(ok=False, say="Cancelled", form=form)
        if args.text("use_url", "") or args.text("use_type", ""):
            return self._corrected(given, args)
        dropped = self._dropped(given, args)
        if key and dropped:
            problems = {"key": dropped} if given.needs_key else {}
            return Answer(ok=False, problems=problems, clear=("key",), focus=Focus(field="key"))
        if given.sends != args.text("sends", ""):
            return self._asked_anew(given, given.sends or "Where the key goes has changed.")
        work = self._tested if args.flag("test") else self._saved_or_refused
        return work(given, key, args)

    def _saved_or_refused(self, given: _Input, key: str, args: Arguments) -> Answer:
        cleaned = unwrapped_key(key if given.source == _TYPED else "")
        typed = cleaned.value or (key if given.source == _TYPED else "")
        try:
            return self._save(given, typed, args, cleaned.notes)
        except InvalidInputError as error:
            return self._refused(error, given)
        except ChangedMeanwhileError as error:
            return self._asked_anew(given, error.message, drop_key=True, typed=bool(key))
        except NotFoundError as error:
            note = Note("error", error.message, error.hint)
            return Answer(ok=False, note=note) if given.before is None else self._deleted(given.before)

    def _save(self, given: _Input, typed: str, args: Arguments, taken_off: tuple[str, ...]) -> Answer:
        service, before, again = self._service, given.before, args.flag("again")
        renamed: tuple[str, ...] = ()
        url = given.url if given.has_url else ""
        name = given.name if given.name.strip() or given.preset is None else self._free_name(given.preset)
        if before is None or again:
            key = self._key(given, typed, name) or self._key_saved_before(given, again=again)
            provider = service.add_provider(
                name=name, type=cast("ProviderType", given.type), api_key=key, base_url=url or None
            )
            fetch = True
        else:
            changes = self._changes(before, given, self._key(given, typed, name), url)
            if given.source == _VARIABLE and changes.keys() <= {"name"}:
                # What it said is about the host that was there; nothing else would tell that it is another.
                check_as_seen(service.provider(before.id), before)
            service.reload()
            renamed = self._saved_over(before, given) if "name" in changes else ()
            provider = (
                service.update_provider(before.id, **changes, seen=before)
                if changes
                else service.provider(before.id)
            )
            fetch = bool(changes.keys() - {"name"})
        agreed = sending_of(provider) if given.source == _VARIABLE else None
        changed = provider.credentials != (before.credentials if before is not None else None)
        notes = (*taken_off, *(_changes_to(url, given.type) if changed else ()), *renamed)
        is_new = before is None or again
        return self._saved(Saved(provider, is_new, fetch, agreed, " ".join(notes)))

    def _key(self, given: _Input, typed: str, name: str) -> str:
        """What the file gets as the key; empty to keep the one that is there."""
        if given.source == _VARIABLE:
            variable = environment_name(unwrapped_key(given.variable).value) or given.variable.strip()
            return f"${{{variable}}}" if variable else ""
        if typed and given.in_keyring and given.needs_key and not is_reference(typed):
            self._check_fields(given, name)  # nothing goes into the keyring that is not saved then
            return kept_in_keyring(typed, name)
        if typed:
            return typed
        return NO_KEY_NEEDED if given.preset is not None and not given.preset.needs_key else ""

    def _check_fields(self, given: _Input, name: str) -> None:
        problems = [] if name.strip() else [FieldProblem("name", "Give it a name.")]
        try:
            normalise_base_url(given.url if given.has_url else "", given.type)
        except InvalidInputError as error:
            problems += error.problems
        if problems:
            raise InvalidInputError(problems)

    @staticmethod
    def _key_saved_before(given: _Input, *, again: bool) -> str:
        """The key of a provider that is added again; a reference is not taken over unseen (SEC-4)."""
        if given.before is None or not again:
            return ""
        credentials = given.before.credentials
        key = credentials.api_key.get_secret_value()
        if is_reference(key):
            return ""
        place = KeyPlace(preset="", type=given.before.type, url=credentials.base_url or "")
        if key == NO_KEY_NEEDED or place.leads_to(given.place):
            return key
        words = dropped_words("The key saved before", place.host)
        raise InvalidInputError([FieldProblem(API_KEY_FIELD, words)])

    def _saved_over(self, before: Provider, given: _Input) -> tuple[str, ...]:
        """That a name which another program gave meanwhile is replaced."""
        now = self._service.settings.provider(before.id)
        if now is None or now.name in {before.name, given.name}:
            return ()
        name = clean(now.name, 60)
        return (f"Another program had named it {name} meanwhile; your name took the place of that.",)

    @staticmethod
    def _changes(before: Provider, given: _Input, key: str, url: str) -> _Changes:
        changes: _Changes = {}
        if given.name != before.name:
            changes["name"] = given.name
        if given.type != before.type:
            changes["type"] = cast("ProviderType", given.type)
        if key and key != f"${{{before.key_variable}}}":
            changes["api_key"] = key
        if url != shown_url(before.credentials.base_url or "") or ("type" in changes and url):
            changes["base_url"] = url
        return changes

    # ---- what is tried before it is saved

    def _tested(self, given: _Input, key: str, args: Arguments) -> Answer:
        """Ask the server what saving would ask it, under the same rules."""
        try:
            candidate = self._candidate(given, key)
            token = self._checks.start(candidate, given)
        except InvalidInputError as error:
            return self._refused(error, given)
        form = self._made(given, "", given.sends, version_seen(self._hub, args), token)
        return Answer(ok=False, form=form, note=form.note, say=f"Asking {candidate.host}")

    def _candidate(self, given: _Input, key: str) -> Candidate:
        typed = key if given.source == _TYPED else ""
        url = given.url if given.has_url else ""
        where = normalise_base_url(url, given.type).url
        api_key = self._key(replace(given, in_keyring=False), typed, given.name)
        return Candidate(
            type=given.type,
            api_key=api_key or self._kept_key(given),
            base_url=url,
            host=clean(host_words(where), 80),
            is_preset=given.preset is not None and where == given.preset.base_url,
        )

    def _kept_key(self, given: _Input) -> str:
        """The saved key of a provider that is edited; it is tried at no other server than its own (SEC-8)."""
        before = given.before
        if before is None:
            return ""
        place = KeyPlace(preset="", type=before.type, url=before.credentials.base_url or "")
        if not place.leads_to(given.place):
            words = f"The saved key is for {place.host}. To test another server, enter the key for it."
            raise InvalidInputError([FieldProblem(API_KEY_FIELD, words)])
        key = before.credentials.api_key.get_secret_value()
        if is_reference(key) and self._service.needs_consent(before.id) is not None:
            words = "This key goes nowhere before you press Send in the provider's row."
            raise InvalidInputError([FieldProblem(API_KEY_FIELD, words)])
        return key

    def _corrected(self, given: _Input, args: Arguments) -> Answer:
        """The form with what a test has suggested; the key in it is for this server as it was before."""
        type_ = args.text("use_type", "") or given.type
        url = args.text("use_url", "") or given.url
        preset = given.preset if given.preset is not None and given.preset.type == type_ else None
        fixed = replace(given, type=type_, url=url, preset=preset)
        key_for = _written(fixed.place) if args.text("key_for", "") else ""
        return self._refilled(fixed, args, key_for=key_for)

    def _pasted(self, text: str, args: Arguments) -> Answer:
        """The form as a pasted text fills it. The text is not kept, and the page has the key already."""
        found = read_pasted(text)
        place = int(args.text("paste")) if args.text("paste").isdecimal() else 0
        if place >= len(found.providers):
            return Answer(ok=False, note=nothing_note(found), key_for=args.text("key_for", ""))
        provider = found.providers[place]
        own_name = provider.preset is not None and provider.name == provider.preset.name
        given = _Input(
            provider.preset,
            None,
            name="" if own_name else provider.name,
            type=provider.type,
            source=_VARIABLE if provider.variable else _TYPED,
            variable=provider.variable or _first_variable(),
            url=provider.base_url,
            in_keyring=False,
        )
        key = provider.key.get_secret_value() if provider.key is not None else ""
        position = key_in(text, key)
        note = taken_note(found, place, args, key_taken=position is not None)
        answer = self._refilled(
            given, args, key_for=_written(given.place), more=paste_args(found, place, args)
        )
        return replace(answer, note=note, clear=("key",), pasted_key=position)

    def _next_of_paste(self, answer: Answer, args: Arguments) -> Answer:
        """What a save is answered with; while the pasted text has another provider, the form stays for it."""
        row = answer.focus.row if answer.focus is not None else ""
        saved = self._service.settings.provider(row)
        note = next_note(args, saved.name if saved is not None else "It")
        if note is None:
            return answer
        empty = _as_chosen(PRESETS[0])
        form = self._made(empty, "", empty.sends, version_now(self._hub))
        return Answer(
            ok=False,
            say=answer.say,
            form=_with_args(form, after_saving_one(args)),
            refill=True,
            clear=("key",),
            note=note,
            focus=Focus(action="next_pasted"),
        )

    def _refilled(
        self, given: _Input, args: Arguments, *, key_for: str, more: ActionArgs | None = None
    ) -> Answer:
        form = _with_args(self._made(given, "", given.sends, version_seen(self._hub, args)), more or {})
        return Answer(ok=False, form=form, refill=True, key_for=key_for, focus=Focus(action="test"))

    # ---- what a form that was not saved says

    @staticmethod
    def _refused(error: InvalidInputError, given: _Input) -> Answer:
        problems = []
        for each in error.problems:
            field = _FIELD_OF_PROBLEM.get(each.field, each.field)
            if field == "key" and given.source == _VARIABLE:
                field = "variable"
            problems.append(FieldProblem(field, each.message))
        named = InvalidInputError(problems, message=error.message, hint=error.hint)
        return refused(named, _FIELD_NAMES)

    def _asked_anew(
        self, given: _Input, words: str, *, drop_key: bool = False, typed: bool = False
    ) -> Answer:
        """The provider as it is now; a key that was typed for another host is let go (SEC-8)."""
        before = given.before
        now = None if before is None else self._service.settings.provider(before.id)
        if before is not None and now is None:
            return self._deleted(before)
        fresh = given if before is None or now is None else _merged(given, before, now)
        enter = "enter the key once more and " if typed else ""
        note = Note("warn", words, f"Look at the base URL. If it is right, {enter}press Save again.")
        clear = ("key",) if drop_key else ()
        return Answer(
            ok=False,
            note=note,
            form=self._made(fresh, "", fresh.sends, version_now(self._hub)),
            clear=clear,
            focus=Focus(action="save"),
        )

    def _deleted(self, before: Provider) -> Answer:
        return Answer(ok=False, note=self._deleted_note(before), focus=Focus(action="save"))

    def _deleted_note(self, before: Provider) -> Note:
        """That the provider is gone, and what can be done with what was typed."""
        name = clean(before.name)
        elsewhere = self._service.saved_by == "another program"
        words = f"Another program deleted {name}." if elsewhere else f"{name} was deleted meanwhile."
        again = Action("save", "Add it again", {"again": True}, kind="save")
        actions = (again, Action("back", "Back", kind="close"))
        return Note("warn", words, "What you typed is still here.", actions)


# ---- the parts of it


def _with_args(form: Form, args: ActionArgs) -> Form:
    return replace(form, args={**args, **(form.args or {})}) if args else form


def _as_chosen(preset: Preset | None) -> _Input:
    """What is in the fields when a preset was just chosen; its name stands in the placeholder only."""
    variable = preset.key_variable if preset is not None else None
    is_set = bool(variable and os.environ.get(variable, "").strip())
    return _Input(
        preset,
        None,
        name="",
        type=preset.type if preset is not None else "openai-compatible",
        source=_VARIABLE if is_set else _TYPED,
        variable=variable or _first_variable(),
        url=preset.base_url if preset is not None and preset.type != "anthropic" else "",
        in_keyring=False,
    )


def _edited(before: Provider, values: Mapping[str, str]) -> _Input:
    """What is in the fields when a provider is edited."""
    variable = before.key_variable
    return _Input(
        None,
        before,
        name=values.get("name", before.name),
        type=values.get("type", before.type),
        source=values.get("source", _VARIABLE if variable else _TYPED),
        variable=values.get("variable", variable or _first_variable()),
        url=values.get("base_url", shown_url(before.credentials.base_url or "")),
        in_keyring=bool(values.get("keyring")),
    )


def _first_variable() -> str:
    """The variable to begin with where none is named; empty if none is set."""
    return next((option.value for option in variables_offered(None)), "")


def _merged(given: _Input, before: Provider, now: Provider, *, key_typed: bool = False) -> _Input:
    """What another program has changed, in the fields that nobody has touched here."""
    old, new = _edited(before, {}), _edited(now, {})
    untouched_key = not key_typed and (given.source, given.variable) == (old.source, old.variable)
    return replace(
        given,
        before=now,
        name=new.name if given.name == old.name else given.name,
        type=new.type if given.type == old.type else given.type,
        url=new.url if given.url == old.url else given.url,
        source=new.source if untouched_key else given.source,
        variable=new.variable if untouched_key else given.variable,
    )


def _types(before: Provider | None) -> tuple[Option, ...]:
    types = ["openai-compatible", "anthropic"]
    if before is not None and not before.is_known:
        types.append(before.type)
    return tuple(Option(each, TYPE_LABELS.get(each, clean(each))) for each in types)


def _key_placeholder(given: _Input) -> str:
    if given.before is not None:
        return f"Leave empty to keep {clean(given.before.masked_key)}"
    needless = given.preset is not None and not given.preset.needs_key
    return "Not needed: leave it empty" if needless else "Paste the key"


def _url_field(given: _Input) -> Field:
    messages: list[Message] = []
    try:
        normal = normalise_base_url(given.url, given.type)
    except InvalidInputError:
        pass  # said at saving
    else:
        version = "/v1" if given.type == "anthropic" else ""
        read = ("Models are read from ", Run(f"{normal.url}{version}/models", mono=True))
        messages = [Message(read, about=("base_url",))]
        messages += [
            Message(note, "warn" if note.startswith(_UNSAFE) else "", ("base_url",)) for note in normal.notes
        ]
    if given.type == "anthropic":
        messages.append(Message(IGNORED_URL, "warn" if given.url else ""))
    return Field(
        "base_url",
        "Base URL",
        value=given.url,
        placeholder=_URL_EXAMPLE,
        messages=tuple(messages),
        mono=True,
    )


def _changes_to(url: str, type: str) -> tuple[str, ...]:  # noqa: A002 - the file's own word
    """What was changed in a base URL that was typed."""
    return tuple(note for note in normalise_base_url(url, type).notes if not note.startswith(_UNSAFE))


def _written(place: KeyPlace) -> str:
    return json.dumps([place.preset, place.type, place.url])


def _place_of(key_for: str) -> KeyPlace | None:
    try:
        preset, type_, url = json.loads(key_for)
        return KeyPlace(preset=str(preset), type=str(type_), url=str(url))
    except (ValueError, TypeError):
        return None
