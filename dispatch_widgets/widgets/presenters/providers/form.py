"""The form to add or edit a provider; a key comes only with the submission and is kept nowhere (SEC-2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...._text import clean
from ....errors import ChangedMeanwhileError, FieldProblem, InvalidInputError, NotFoundError
from ....pasted_providers import read_pasted
from ....presets import PRESETS, find_preset
from ....secrets import API_KEY_FIELD
from ....service.file import AwaitingMigrationError
from ..shared.failures import refused
from ..shared.file_version import version_now, version_seen
from ..shared.views import Action, Answer, Focus, Form, Note
from .form_fields import FormFields
from .form_input import TYPED, VARIABLE, FormInput, as_chosen, as_saved, first_variable, merged
from .form_saving import FormSaving, other_problems
from .form_words import dropped_words, free_name
from .key_place import KeyPlace, unanswered_values
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

    from ....service import SettingsService
    from ....settings.schema import Provider
    from ..hub.hub import Hub
    from ..shared.arguments import Arguments
    from ..shared.file_version import VersionSeen
    from ..shared.views import ActionArgs
    from .checks import Checks
    from .form_saving import Saved
    from .keyring import Keyring

NAME = "provider"
_TEST_TITLE = "Asks the server for its models once; nothing is saved"
_FIELD_OF_PROBLEM = {API_KEY_FIELD: "key", "credentials.baseUrl": "base_url"}
_FIELD_NAMES = frozenset({"name", "type", "key", "variable", "base_url"})


class ProviderForm:
    """The form of the Providers tab.

    Args:
        hub: The service's hub.
        keyring: Whether there is a keyring.
        checks: The tests of form values.
        saved: Called with what was saved; returns the answer that says where to go next.
    """

    def __init__(self, hub: Hub, keyring: Keyring, checks: Checks, saved: Callable[[Saved], Answer]) -> None:
        self._hub = hub
        self._keyring = keyring
        self._checks = checks
        self._saved = saved
        self._fields = FormFields(hub.service, keyring)
        self._saving = FormSaving(hub.service, keyring)

    @property
    def _service(self) -> SettingsService:
        return self._hub.service

    # ---- the form

    def form(self, args: Arguments, values: Mapping[str, str], changed: str) -> Form:
        """The form, filled from a preset or provider and from ``values``.

        With ``reload``, changes of the file by other programs are taken in.

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
        if "preset" in values and values["preset"] != args.text("filled", values["preset"]):
            changed = "preset"  # a reply that filled the form for this preset was replaced by this one
        tested = self._checks.filled(args.text("check", ""))  # the values are unchanged since the test
        given = tested if isinstance(tested, FormInput) else self._input(before, args, values, changed)
        if args.flag("reload") and before is not None:
            now = self._service.settings.provider(before.id)
            if now is None:
                form = self._made(given, "", given.sends, version_now(self._hub))
                return replace(form, note=self._deleted_note(before))
            given = merged(given, before, now, key_typed=args.flag("key_typed"))
        dropped = "" if self._same_choice(given, args) else self._dropped(given, args)
        # Without a new selection the text stays: typed values are not known here.
        sends = given.sends if changed or args.flag("reload") else args.text("sends", given.sends)
        check = args.text("check", "")
        return self._made(given, dropped, sends, version_seen(self._hub, args), check)

    def _made(
        self, given: FormInput, dropped: str, sends: str, version: VersionSeen, check: str = ""
    ) -> Form:
        before = given.before
        args: ActionArgs = {"sends": sends, "url": given.url, **version.written()}
        note = self._checks.note(check)
        if note is not None:
            args["check"] = check
        if before is not None:
            args |= {"row": before.id, "seen": self._hub.seen.token(before)}
        else:
            args["filled"] = given.place.preset
        return Form(
            NAME,
            "Add provider" if before is None else f"Edit {clean(before.name)}",
            self._fields.of(given, dropped),
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
        """The provider that is edited: as the person saw it, or as it is now if the form is new."""
        row, token = args.text("row", ""), args.text("seen", "")
        if not row:
            return None
        try:
            return self._hub.seen.provider(token) if token else self._service.provider(row)
        except ChangedMeanwhileError:
            if not args.flag("reload"):
                raise
            return self._service.provider(row)  # the fields are filled again, so this is what is seen now

    def _input(
        self, before: Provider | None, args: Arguments, values: Mapping[str, str], changed: str = ""
    ) -> FormInput:
        """The values of the fields: what a page sent, else what the provider or the preset says."""
        # Typed values come only with a submission; until then the form's last ones are used.
        if before is not None:
            known = {} if args.flag("reload") or "url" not in args else {"base_url": args.text("url")}
            return as_saved(before, known | dict(values))
        preset = find_preset(values.get("preset", args.text("preset", PRESETS[0].key)))
        chosen = as_chosen(preset)
        if not values:
            return chosen
        given = FormInput(
            preset,
            None,
            name=values.get("name", ""),
            type=values.get("type", chosen.type) if preset is None else preset.type,
            source=values.get("source", chosen.source),
            variable=values.get("variable", chosen.variable),
            url=values.get("base_url", args.text("url", chosen.url)),
            in_keyring=bool(values.get("keyring")),
        )
        if changed != "preset":
            return given
        return replace(chosen, name=given.name, in_keyring=given.in_keyring)

    # ---- a key is only for the server that it was typed for (SEC-8)

    def _key_place(self, args: Arguments) -> KeyPlace | None:
        """The server that the key in the page's field was submitted for; None if it was not submitted."""
        written = args.text("key_for", "")
        values = unanswered_values(written)
        if values is None:
            return KeyPlace.read(written)
        return self._input(self._before(args), args, values).place

    def _same_choice(self, given: FormInput, args: Arguments) -> bool:
        """Whether a refused key was submitted for the same preset and type; URLs are compared at saving."""
        place = self._key_place(args)
        return place is None or place.choice == given.place.choice

    def _dropped(self, given: FormInput, args: Arguments) -> str:
        """The message about a refused key that was submitted for another server; empty if it was not."""
        place = self._key_place(args)
        if place is None or place.leads_to(given.place):
            return ""
        keep = clean(given.before.masked_key) if given.before is not None else ""
        return dropped_words("The key sent before", place.host, keep=keep)

    def key_for(self, values: Mapping[str, str], args: Arguments) -> str:
        """The server that a key is submitted for; an earlier one stays while the base URL is corrected."""
        place = self._input(self._before(args), args, values).place
        earlier = self._key_place(args)
        return (place if earlier is None or place.is_done or not earlier.host else earlier).written()

    # ---- saving

    def submit(self, values: Mapping[str, str], key: str, args: Arguments) -> Answer:
        """Save the values, or test them; fields that are not changed stay as they are in the file."""
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
            name = given.name or (given.preset.name if given.preset is not None else "")
            problems = [FieldProblem("key", dropped)] if given.needs_key else []
            problems += other_problems(given, name)
            answer = self._refused(InvalidInputError(problems), given) if problems else Answer(ok=False)
            return replace(answer, clear=("key", *answer.clear), focus=Focus(field="key"))
        if given.sends != args.text("sends", ""):
            return self._asked_anew(given, given.sends or "Where the key goes has changed.")
        work = self._tested if args.flag("test") else self._saved_or_refused
        return work(given, key, args)

    def _saved_or_refused(self, given: FormInput, key: str, args: Arguments) -> Answer:
        try:
            return self._saved(self._saving.save(given, key, again=args.flag("again")))
        except InvalidInputError as error:
            return self._refused(error, given)
        except ChangedMeanwhileError as error:
            return self._asked_anew(given, error.message, drop_key=True, typed=bool(key))
        except NotFoundError as error:
            note = Note("error", error.message, error.hint)
            return Answer(ok=False, note=note) if given.before is None else self._deleted(given.before)

    def _tested(self, given: FormInput, key: str, args: Arguments) -> Answer:
        """Send the request that saving would send, under the same rules."""
        try:
            candidate = self._saving.candidate(given, key)
            token = self._checks.start(candidate, given)
        except InvalidInputError as error:
            return self._refused(error, given)
        form = self._made(given, "", given.sends, version_seen(self._hub, args), token)
        return Answer(ok=False, form=form, note=form.note, say=f"Asking {candidate.host}")

    def _corrected(self, given: FormInput, args: Arguments) -> Answer:
        """The form with a test's suggestion filled in; the key in it now counts as typed for this server."""
        type_ = args.text("use_type", "") or given.type
        url = args.text("use_url", "") or given.url
        preset = given.preset if given.preset is not None and given.preset.type == type_ else None
        fixed = replace(given, type=type_, url=url, preset=preset)
        key_for = fixed.place.written() if args.text("key_for", "") else ""
        return self._refilled(fixed, args, key_for=key_for)

    def _pasted(self, text: str, args: Arguments) -> Answer:
        """The form, filled from a pasted text. The text is not kept; the page already has the key."""
        found = read_pasted(text)
        place = int(args.text("paste")) if args.text("paste").isdecimal() else 0
        if place >= len(found.providers):
            return Answer(ok=False, note=nothing_note(found), key_for=args.text("key_for", ""))
        provider = found.providers[place]
        own_name = provider.preset is not None and provider.name == provider.preset.name
        given = FormInput(
            provider.preset,
            None,
            name="" if own_name else free_name(provider.name, self._service),
            type=provider.type,
            source=VARIABLE if provider.variable else TYPED,
            variable=provider.variable or first_variable(),
            url=provider.base_url,
            in_keyring=False,
        )
        key = provider.key.get_secret_value() if provider.key is not None else ""
        position = key_in(text, key)
        note = taken_note(found, place, args, key_taken=position is not None)
        answer = self._refilled(
            given, args, key_for=given.place.written(), more=paste_args(found, place, args)
        )
        return replace(answer, note=note, clear=("key",), pasted_key=position)

    def _next_of_paste(self, answer: Answer, args: Arguments) -> Answer:
        """The answer to a save; the form stays open while the pasted text has another provider."""
        row = answer.focus.row if answer.focus is not None else ""
        saved = self._service.settings.provider(row)
        note = next_note(args, saved.name if saved is not None else "It")
        if note is None:
            return answer
        empty = as_chosen(PRESETS[0])
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
        self, given: FormInput, args: Arguments, *, key_for: str, more: ActionArgs | None = None
    ) -> Answer:
        form = _with_args(self._made(given, "", given.sends, version_seen(self._hub, args)), more or {})
        return Answer(ok=False, form=form, refill=True, key_for=key_for, focus=Focus(action="test"))

    # ---- answers to a form that was not saved

    @staticmethod
    def _refused(error: InvalidInputError, given: FormInput) -> Answer:
        problems = []
        for each in error.problems:
            field = _FIELD_OF_PROBLEM.get(each.field, each.field)
            if field == "key" and given.source == VARIABLE:
                field = "variable"
            problems.append(FieldProblem(field, each.message))
        named = InvalidInputError(problems, message=error.message, hint=error.hint)
        return refused(named, _FIELD_NAMES)

    def _asked_anew(
        self, given: FormInput, words: str, *, drop_key: bool = False, typed: bool = False
    ) -> Answer:
        """The form with the provider as it is now; a key typed for another host is dropped (SEC-8)."""
        before = given.before
        now = None if before is None else self._service.settings.provider(before.id)
        if before is not None and now is None:
            return self._deleted(before)
        fresh = given if before is None or now is None else merged(given, before, now)
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
        """The note that the provider is gone, with what can be done with the typed values."""
        name = clean(before.name)
        elsewhere = self._service.saved_by == "another program"
        words = f"Another program deleted {name}." if elsewhere else f"{name} was deleted meanwhile."
        again = Action("save", "Add it again", {"again": True}, kind="save")
        actions = (again, Action("back", "Back", kind="close"))
        return Note("warn", words, "What you typed is still here.", actions)


# ---- helpers


def _with_args(form: Form, args: ActionArgs) -> Form:
    return replace(form, args={**args, **(form.args or {})}) if args else form
