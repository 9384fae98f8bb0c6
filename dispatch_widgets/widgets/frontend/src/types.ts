// Written by write_types.py from presenters/*/views.py and page_messages.py: do not edit.

export type Tab = "providers" | "models" | "router" | "settings";

export type Tone = "" | "ok" | "info" | "warn" | "error";

export type Icon = "" | "refresh" | "plus" | "edit" | "trash" | "check" | "warn" | "error" | "info" | "clock" | "search" | "offline" | "file" | "copy" | "back" | "next" | "undo" | "close" | "external" | "server" | "env" | "play";

export type Style = "" | "primary" | "danger" | "quiet" | "link";

export type Kind = "chat" | "embedding" | "other";

export type ArgumentValue = string | number | boolean | ReadonlyArray<string>;

export type ActionArgs = Readonly<Record<string, ArgumentValue>>;

export interface Run {
  readonly text: string;
  readonly mono?: boolean;
  readonly model_id?: boolean;
  readonly bold?: boolean;
  readonly wide_only?: boolean;
  readonly spinner?: boolean;
  readonly since?: number;
  readonly until?: number;
  readonly href?: string;
}

export type Words = string | ReadonlyArray<string | Run>;

export interface Badge {
  readonly text: string;
  readonly tone?: Tone;
  readonly icon?: Icon;
}

export interface Action {
  readonly name: string;
  readonly label: string;
  readonly args?: ActionArgs;
  readonly kind?: "act" | "form" | "go" | "copy" | "insert" | "close" | "save" | "fill" | "paste";
  readonly icon?: Icon;
  readonly style?: Style;
  readonly icon_only?: boolean;
  readonly off?: string;
  readonly title?: string;
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

export interface Choice {
  readonly label: string;
  readonly options: ReadonlyArray<Option>;
  readonly shared?: string;
  readonly value?: string;
  readonly action?: Action;
  readonly off?: string;
  readonly invalid?: boolean;
}

export interface CheckBox {
  readonly label: string;
  readonly ticked?: boolean;
}

export interface Step {
  readonly text: Words;
  readonly ok?: boolean;
}

export interface Fact {
  readonly name: string;
  readonly value: Words;
}

export interface Note {
  readonly tone: Tone;
  readonly title: Words;
  readonly text?: Words;
  readonly actions?: ReadonlyArray<Action>;
  readonly icon?: Icon;
  readonly until?: number;
  readonly until_said?: string;
  readonly steps?: ReadonlyArray<Step>;
  readonly facts?: ReadonlyArray<Fact>;
  readonly choice?: Choice;
  readonly check?: CheckBox;
  readonly alert?: boolean;
}

export interface Done {
  readonly words: string;
  readonly undo?: Action;
}

export interface EmptyState {
  readonly title: string;
  readonly text: Words;
  readonly actions?: ReadonlyArray<Action>;
}

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

export interface Row {
  readonly id: string;
  readonly title: string;
  readonly subtitle?: ReadonlyArray<Words>;
  readonly details?: ReadonlyArray<ReadonlyArray<Words>>;
  readonly cells?: Readonly<Record<string, Cell>>;
  readonly badge?: Badge;
  readonly tile?: string;
  readonly mono?: boolean;
  readonly tag?: string;
  readonly waiting?: boolean;
  readonly stale?: boolean;
  readonly note?: Note;
  readonly choice?: Choice;
  readonly done?: Done;
  readonly actions?: ReadonlyArray<Action>;
  readonly fixed?: boolean;
  readonly opens?: Action;
  readonly leads?: Action;
}

export interface Finder {
  readonly label: string;
  readonly nothing: string;
  readonly sorts: ReadonlyArray<Option>;
  readonly orders: Readonly<Record<string, ReadonlyArray<number>>>;
  readonly clear: string;
  readonly found: string;
  readonly did_you_mean: string;
  readonly sort: string;
  readonly page_rows: number;
  readonly page: string;
  readonly page_before: string;
  readonly page_after: string;
}

export interface BulkAction {
  readonly action: Action;
  readonly rows?: ReadonlyArray<string>;
  readonly choice?: Choice;
}

export interface Selection {
  readonly actions: ReadonlyArray<BulkAction>;
  readonly hint: string;
  readonly all: string;
  readonly selected: string;
  readonly clear: string;
}

export interface Column {
  readonly key: string;
  readonly title: string;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
}

export interface CodeLine {
  readonly text: string;
  readonly number?: number;
  readonly mark?: "" | "removed" | "added" | "here";
  readonly pointer?: number;
}

export interface Code {
  readonly title: string;
  readonly lines: ReadonlyArray<CodeLine>;
  readonly left_out?: number;
}

export interface Snippet {
  readonly task: string;
  readonly library: string;
  readonly name: string;
  readonly code: string;
  readonly note?: Words;
}

export interface Snippets {
  readonly all: ReadonlyArray<Snippet>;
  readonly first: string;
  readonly task: string;
  readonly library: string;
  readonly actions?: ReadonlyArray<Action>;
}

export interface Comparison {
  readonly before: Code;
  readonly after: Code;
  readonly open?: boolean;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly fact?: Words;
  readonly text?: Words;
  readonly done?: Done;
  readonly actions?: ReadonlyArray<Action>;
  readonly progress?: Progress;
  readonly notes?: ReadonlyArray<Note>;
  readonly columns?: ReadonlyArray<Column>;
  readonly rows?: ReadonlyArray<Row>;
  readonly finder?: Finder;
  readonly selection?: Selection;
  readonly options?: Readonly<Record<string, ReadonlyArray<Option>>>;
  readonly row_actions?: ReadonlyArray<Action>;
  readonly empty?: EmptyState;
  readonly facts?: ReadonlyArray<Fact>;
  readonly code?: Code;
  readonly snippets?: Snippets;
  readonly comparison?: Comparison;
  readonly foot?: Words;
  readonly name?: string;
}

export interface Spoken {
  readonly number: number;
  readonly words: string;
}

export interface View {
  readonly tab: Tab;
  readonly title: string;
  readonly attention?: number;
  readonly notes?: ReadonlyArray<Note>;
  readonly empty?: EmptyState;
  readonly sections?: ReadonlyArray<Section>;
  readonly spoken?: Spoken;
  readonly forms?: number;
}

export interface Message {
  readonly text: Words;
  readonly tone?: Tone;
  readonly about?: ReadonlyArray<string>;
}

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly kind?: "text" | "choice" | "radio" | "check" | "key";
  readonly value?: string;
  readonly options?: ReadonlyArray<Option>;
  readonly other?: boolean;
  readonly placeholder?: string;
  readonly messages?: ReadonlyArray<Message>;
  readonly problem?: string;
  readonly emptied?: boolean;
  readonly mono?: boolean;
  readonly beside?: boolean;
  readonly follows?: boolean;
}

export interface Form {
  readonly name: string;
  readonly title: string;
  readonly fields: ReadonlyArray<Field>;
  readonly save: string;
  readonly back: string;
  readonly args?: ActionArgs;
  readonly test?: Action;
  readonly paste?: Action;
  readonly foot?: string;
  readonly note?: Note;
  readonly revision?: number;
  readonly seen?: string;
}

export interface Focus {
  readonly section?: string;
  readonly row?: string;
  readonly action?: string;
  readonly field?: string;
}

export interface Opening {
  readonly form?: string;
  readonly tab?: Tab | "";
  readonly args?: ActionArgs;
}

export interface FileOnDisk {
  readonly path: string;
  readonly home: string;
  readonly size_bytes: number;
}

export interface TextRange {
  readonly start: number;
  readonly end: number;
}

export interface Answer {
  readonly ok?: boolean;
  readonly say?: string;
  readonly focus?: Focus;
  readonly question?: Note;
  readonly open?: Opening;
  readonly copy?: string;
  readonly file?: FileOnDisk;
  readonly problems?: Readonly<Record<string, string>>;
  readonly note?: Note;
  readonly form?: Form;
  readonly clear?: ReadonlyArray<string>;
  readonly added?: ReadonlyArray<string>;
  readonly key_for?: string;
  readonly refill?: boolean;
  readonly pasted_key?: TextRange;
}

export interface Header {
  readonly file?: string;
  readonly folder?: string;
  readonly why?: string;
  readonly saved?: string;
  readonly copy_path?: Action;
  readonly bar?: Note;
  readonly revision?: number;
  readonly changed_at?: string;
  readonly changed_outside?: Note;
  readonly titles?: Readonly<Record<string, string>>;
  readonly keys?: ReadonlyArray<Fact>;
  readonly keys_name?: string;
}

export interface ModelRow {
  readonly id: string;
  readonly kind: Kind;
  readonly name?: string;
  readonly shown_id?: string;
  readonly owner?: string;
  readonly created?: string;
  readonly ends?: string;
  readonly features?: string;
  readonly output?: string;
  readonly context?: string;
  readonly price?: string;
  readonly new?: boolean;
  readonly by_created?: number;
  readonly by_context?: number;
  readonly by_price?: number;
}

export interface Busy {
  readonly text: string;
  readonly since: number;
  readonly cancel: Action;
}

export interface ListState {
  readonly provider_id: string;
  readonly mark?: string;
  readonly fact?: Words;
  readonly where?: string;
  readonly refresh?: Action;
  readonly busy?: Busy;
  readonly note?: Note;
  readonly empty?: EmptyState;
  readonly owners?: ReadonlyArray<Option>;
  readonly search_all?: boolean;
  readonly in_catalog?: ReadonlyArray<string>;
}

export interface ListWords {
  readonly name: string;
  readonly providers: string;
  readonly search: string;
  readonly searched: string;
  readonly clear_search: string;
  readonly end_search: string;
  readonly sort: string;
  readonly orders: ReadonlyArray<Option>;
  readonly show_kind: string;
  readonly kinds: ReadonlyArray<Option>;
  readonly columns: ReadonlyArray<Column>;
  readonly loading: string;
  readonly all_shown: string;
  readonly one_shown: string;
  readonly some_shown: string;
  readonly page: string;
  readonly page_before: string;
  readonly page_after: string;
  readonly left_out: string;
  readonly in_catalog: string;
  readonly had_already: string;
  readonly not_listed: string;
  readonly nothing_matches: string;
  readonly nothing_at: string;
  readonly nothing_why: string;
  readonly nothing_by_hand: string;
  readonly did_you_mean: string;
  readonly no_such_kind: string;
  readonly all_kinds: string;
  readonly no_such_feature: string;
  readonly search_all: string;
  readonly by_hand: string;
  readonly typed: string;
  readonly typed_here: string;
  readonly typed_kind: string;
  readonly typed_kinds: ReadonlyArray<Option>;
  readonly typed_owner: string;
  readonly no_owner: string;
  readonly ask_owner: string;
  readonly hint: string;
  readonly hint_more: string;
  readonly selected: string;
  readonly selected_more: string;
  readonly value_is: Words;
  readonly unselect: string;
  readonly features: ReadonlyArray<Option>;
  readonly show_feature: string;
  readonly any_feature: string;
  readonly details: string;
  readonly no_details: string;
  readonly facts: ReadonlyArray<Column>;
  readonly had_too: string;
  readonly lost: string;
  readonly use_for: string;
  readonly use_for_none: string;
  readonly label: string;
  readonly given_kind: string;
  readonly given_kinds: ReadonlyArray<Option>;
}

export interface ModelsView {
  readonly tab: Tab;
  readonly title: string;
  readonly attention?: number;
  readonly notes?: ReadonlyArray<Note>;
  readonly empty?: EmptyState;
  readonly sections?: ReadonlyArray<Section>;
  readonly spoken?: Spoken;
  readonly forms?: number;
  readonly words?: ListWords;
  readonly lists?: ReadonlyArray<ListState>;
  readonly first?: string;
  readonly tasks?: ReadonlyArray<Option>;
  readonly add?: Action;
  readonly take_out?: Action;
  readonly add_by_hand?: Action;
}

export interface Picked {
  readonly provider_id?: string;
  readonly model?: string;
  readonly unlisted?: boolean;
  readonly kind?: Kind;
}

export interface PickerView {
  readonly tab: Tab;
  readonly title: string;
  readonly attention?: number;
  readonly notes?: ReadonlyArray<Note>;
  readonly empty?: EmptyState;
  readonly sections?: ReadonlyArray<Section>;
  readonly spoken?: Spoken;
  readonly forms?: number;
  readonly words?: ListWords;
  readonly lists?: ReadonlyArray<ListState>;
  readonly fact?: Words;
  readonly refresh?: Action;
  readonly kinds?: boolean;
  readonly pick?: Action;
  readonly pick_by_hand?: Action;
  readonly picked?: Picked;
  readonly newest_first?: boolean;
  readonly use?: Action;
  readonly task_fact?: string;
  readonly done?: Done;
}

export interface ShowTab {
  readonly id: string;
  readonly kind: "show";
  readonly tab: Tab;
}

export interface Act {
  readonly id: string;
  readonly kind: "act";
  readonly tab: Tab | "";
  readonly name: string;
  readonly args: ActionArgs;
}

export interface OpenForm {
  readonly id: string;
  readonly kind: "form";
  readonly tab: Tab;
  readonly name: string;
  readonly args: ActionArgs;
  readonly values: Readonly<Record<string, string>>;
  readonly changed: string;
}

export interface Submit {
  readonly id: string;
  readonly kind: "submit";
  readonly tab: Tab;
  readonly form: string;
  readonly args: ActionArgs;
  readonly values: Readonly<Record<string, string>>;
  readonly key?: string;
}

export interface FetchModels {
  readonly id: string;
  readonly kind: "models";
  readonly tab: Tab;
  readonly provider: string;
  readonly mark: string;
}

export type FromPage = ShowTab | Act | OpenForm | Submit | FetchModels;

export interface AskedForm {
  readonly name: string;
  readonly args: ActionArgs;
}

export interface Asked {
  readonly n: number;
  readonly tab: Tab;
  readonly form?: AskedForm;
}

export interface ModelsReply {
  readonly mark: string;
  readonly left_out: number;
}

export interface Reply {
  readonly id: string;
  readonly answer?: Answer;
  readonly form?: Form;
  readonly models?: ModelsReply;
}
