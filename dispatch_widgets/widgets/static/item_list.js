// The list of all panels: draws rows from plain data and answers with messages.
// What a row, an action and a note are is written in _rows.py, what comes back in item_list.py.
//
//   1 text   2 rows   3 elements   4 the model's rows   5 manage   6 pick   7 rail   8 the widget
//
// Everything that a server or a file says becomes text nodes, never HTML.

// 1 ---- text: pure ---------------------------------------------------------------------------------

const TAIL = 24;
const LONGEST_WHOLE_ID = 26;
const LONGEST_SHOWN = 2000;

// Control characters, marks that turn the reading direction, and characters without a width.
// The two joiners (U+200C, U+200D) stay: scripts and emoji need them.
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** A text from outside as it may be shown: one line, nothing invisible, of bounded length. */
export function clean(text) {
  const shown = String(text ?? "")
    .replace(/[\t\r\n\u2028\u2029]+/g, " ")
    .replace(UNSEEN, "");
  return shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown;
}

/** An id as [head, tail]: the tail is its last part, or its last 24 characters if that is longer. */
export function splitTail(id) {
  if (id.length <= LONGEST_WHOLE_ID) return ["", id];
  const slash = id.lastIndexOf("/");
  const part = slash > 0 ? id.length - slash : 0;
  let cut = part > 1 && part <= TAIL ? slash : id.length - TAIL;
  if (/[\udc00-\udfff]/.test(id[cut])) cut += 1; // not through a surrogate pair
  return [id.slice(0, cut), id.slice(cut)];
}

/** The words of a search, each once. */
export function words(query) {
  return [...new Set(clean(query).toLowerCase().split(/\s+/).filter(Boolean))];
}

/** Where any of the words stands in a text, as merged [start, end] pairs. */
export function findWords(text, wanted) {
  if (!wanted.length) return [];
  const longestFirst = [...wanted].sort((a, b) => b.length - a.length);
  const pattern = longestFirst.map((word) => word.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&")).join("|");
  const found = [];
  for (const match of text.matchAll(new RegExp(pattern, "gi"))) {
    const last = found.at(-1);
    if (last && last[1] === match.index) last[1] += match[0].length;
    else found.push([match.index, match.index + match[0].length]);
  }
  return found;
}

/** A number as the panels write it: 5,000. */
export function grouped(number) {
  return number.toLocaleString("en-US");
}

/** Seconds as a clock that runs down: 40:58, or 1:02:03 from an hour on. */
export function countdown(seconds) {
  const left = Math.max(0, Math.ceil(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(left / 3600), Math.floor((left % 3600) / 60)];
  return hours ? `${hours}:${two(minutes)}:${two(left % 60)}` : `${minutes}:${two(left % 60)}`;
}

/** A hint with its countdown in place of {until}, or behind it. */
export function withCountdown(text, until) {
  if (until === undefined || until === null) return text;
  const clock = { until, bold: true };
  if (typeof text === "string" && text.includes("{until}")) {
    const [before, ...after] = text.split("{until}");
    return [before, clock, after.join("")];
  }
  return [...(Array.isArray(text) ? text : [text ?? ""]), " ", clock];
}

// 2 ---- rows: pure ---------------------------------------------------------------------------------

export const KINDS = ["chat", "embedding", "other"];

const plain = (value) => {
  if (Array.isArray(value)) return value.map(plain).join("");
  return typeof value === "object" && value !== null ? (value.text ?? "") : String(value ?? "");
};

/** All that a row can be found by, in lower case. */
export function haystack(row) {
  const parts = [row.title, ...(row.line ?? []).map(plain), row.from, row.search];
  return parts.filter(Boolean).map(clean).join(" ").toLowerCase();
}

/** Whether a row answers to a chip. */
export function hasKind(row, chip) {
  return chip === "all" || (chip === "new" ? Boolean(row.new) : (row.kind ?? "other") === chip);
}

/** How many rows each chip has. */
export function countKinds(rows) {
  const counts = { all: rows.length, chat: 0, embedding: 0, other: 0, new: 0 };
  for (const row of rows) {
    counts[KINDS.includes(row.kind) ? row.kind : "other"] += 1;
    if (row.new) counts.new += 1;
  }
  return counts;
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
const DESCENDING = { created: true, context: true };

/** Rows in an order: name, created (newest first), context (largest first), price (cheapest first). */
export function sortRows(rows, order) {
  const name = (row) => row.sort?.name ?? row.title ?? row.id;
  const keyed = rows.map((row, index) => ({ row, index, name: name(row), value: row.sort?.[order] }));
  const byName = (a, b) => collator.compare(a.name, b.name) || a.index - b.index;
  const sign = DESCENDING[order] ? -1 : 1;
  const byValue = (a, b) => {
    if (a.value === b.value) return byName(a, b);
    if (a.value === undefined || a.value === null) return 1;
    if (b.value === undefined || b.value === null) return -1;
    return sign * (a.value - b.value) || byName(a, b);
  };
  return keyed.sort(order === "name" ? byName : byValue).map((item) => item.row);
}

/** Which of the orders some row has a value for; name is always one. */
export function usableOrders(rows) {
  const known = (key) => rows.some((row) => row.sort?.[key] !== undefined && row.sort[key] !== null);
  return ["name", ...["created", "context", "price"].filter(known)];
}

/** The index that a key moves to in a list of count rows, or null if it is no key that moves. */
export function moveIndex(key, index, count, page = 10) {
  if (!count) return null;
  const to = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    PageDown: index + page,
    PageUp: index - page,
    Home: 0,
    End: count - 1,
  }[key];
  return to === undefined ? null : Math.min(count - 1, Math.max(0, to));
}

/** What is selected after a run from one index to another, on top of what was selected before it. */
export function selectRun(before, rows, from, to) {
  const run = rows.slice(Math.min(from, to), Math.max(from, to) + 1).filter((row) => !row.have);
  return [...new Set([...before, ...run.map((row) => row.id)])];
}

/** Rows after a patch: changed ones take the place of those with their id. */
export function applyPatch(rows, changed) {
  const news = new Map(changed.map((row) => [row.id, row]));
  return rows.map((row) => news.get(row.id) ?? row);
}

/** Which rows of a list to draw: those in sight and some around them. */
export function windowOf(scrollTop, height, rowHeight, count, around = 6) {
  const start = Math.max(0, Math.floor(scrollTop / rowHeight) - around);
  return [Math.min(start, count), Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + around)];
}

// 3 ---- elements -----------------------------------------------------------------------------------

const SUPPRESS = "data-lm-suppress-shortcuts"; // JupyterLab fires no one-key shortcuts from here
const FOCUSABLE = new Set(["button", "input", "select"]);
// Each widget has a copy of this module: a counter would not be unique in the page.
const uniqueId = () => `dw-${Math.random().toString(36).slice(2, 10)}`;

/** An element; children are nodes or texts. Attributes that are false, null or undefined are left out. */
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  if (FOCUSABLE.has(tag) || "tabindex" in attributes) node.setAttribute(SUPPRESS, "true");
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

const icon = (name, extra = "") =>
  h("i", { class: `dw-icon dw-i-${name} ${extra}`.trim(), "aria-hidden": "true" });

function marked(text, wanted = []) {
  const nodes = [];
  let at = 0;
  for (const [start, end] of findWords(text, wanted)) {
    nodes.push(text.slice(at, start), h("mark", {}, text.slice(start, end)));
    at = end;
  }
  return [...nodes, text.slice(at)].filter((node) => node !== "");
}

function longId(text, wanted = []) {
  const id = clean(text);
  const [head, tail] = splitTail(id);
  const spans = head
    ? [h("span", {}, marked(head, wanted)), h("span", {}, marked(tail, wanted))]
    : [h("span", {}, marked(tail, wanted))];
  return h("span", { class: "dw-id", title: id }, spans);
}

function run(piece, wanted) {
  if (typeof piece !== "object" || piece === null) return marked(clean(piece), wanted);
  if (piece.id) return [longId(piece.text, wanted)];
  const nodes = marked(clean(piece.text), wanted);
  const ticking = piece.since !== undefined || piece.until !== undefined;
  if (ticking) {
    if (nodes.length) nodes.push(" ");
    nodes.push(h("span", { class: "dw-num", "data-since": piece.since, "data-until": piece.until }));
  }
  const classes = [piece.mono && "dw-mono", piece.wide && "dw-wide-only"].filter(Boolean).join(" ");
  const inner = piece.bold
    ? [h("b", { class: classes || null }, nodes)]
    : classes
      ? [h("span", { class: classes }, nodes)]
      : nodes;
  return piece.spin ? [h("span", { class: "dw-spin", "aria-hidden": "true" }), ...inner] : inner;
}

const rich = (value, wanted) =>
  (Array.isArray(value) ? value : [value ?? ""]).flatMap((piece) => run(piece, wanted));

/** Parts joined by dots; a part that is left out where it is narrow takes its dot along. */
function line(parts, wanted) {
  return parts.flatMap((part, index) => {
    const dot = index ? [h("span", { class: "dw-dot" })] : [];
    if (part?.wide)
      return [h("span", { class: "dw-wide-only" }, dot, rich({ ...part, wide: false }, wanted))];
    return [...dot, ...rich(part, wanted)];
  });
}

function button(action, key, tabindex = "0") {
  const label = clean(action.label);
  const style = { primary: "mod-primary", danger: "mod-danger", quiet: "dw-quiet" }[action.style] ?? "";
  const classes = ["dw-btn", action.icon && `dw-i-${action.icon}`, style, action.only && "dw-only"];
  const attributes = {
    type: "button",
    class: classes.filter(Boolean).join(" "),
    tabindex,
    disabled: Boolean(action.disabled),
    "data-action": action.action,
    "data-key": key,
    title: clean(action.title) || (action.only ? label : null),
  };
  return action.only ? h("button", { ...attributes, "aria-label": label }) : h("button", attributes, label);
}

function badge(spec) {
  if (!spec) return null;
  const shown = spec.icon ?? { ok: "check", warn: "warn", error: "error", info: "info" }[spec.tone];
  const classes = spec.tone ? `dw-badge dw-tone-${spec.tone}` : "dw-badge dw-plain";
  return h("span", { class: classes }, shown ? icon(shown) : null, clean(spec.text));
}

const TONE_ICONS = { ok: "check", warn: "warn", error: "error", info: "info" };

function noteItem(item) {
  const sign =
    item.ok === undefined
      ? item.icon && icon(item.icon)
      : item.ok
        ? icon("check", "dw-yes")
        : icon("close", "dw-no");
  const said = item.ok === undefined ? null : h("span", { class: "dw-sr" }, item.ok ? "Works: " : "Fails: ");
  return h("li", {}, sign, h("span", {}, said, rich(item.text)));
}

function noteControls(spec, asks) {
  const tabindex = asks ? "0" : "-1";
  const controls = [];
  if (spec.select) {
    const chosen = spec.select.value ?? spec.select.options[0]?.[0];
    const options = spec.select.options.map(([value, text]) =>
      h("option", { value, selected: value === chosen }, clean(text)),
    );
    controls.push(
      h(
        "select",
        { class: "dw-select", "aria-label": clean(spec.select.label), "data-key": "note:select", tabindex },
        options,
      ),
    );
  }
  for (const action of spec.actions ?? []) controls.push(button(action, `note:${action.action}`, tabindex));
  return controls;
}

/** A note; with a row's role it is a cell of it. */
function note(spec, role = null) {
  // What has to be answered is in the tab order; the rest is reached by the arrow keys.
  const asks = Boolean(
    spec.select || spec.check || spec.actions?.some((action) => ["primary", "danger"].includes(action.style)),
  );
  const tall = spec.tall ?? Boolean(spec.items || spec.facts || spec.check);
  const sign = spec.icon ?? TONE_ICONS[spec.tone];
  const text = withCountdown(spec.text, spec.until);
  const body = h("div", { class: "dw-note-body", role: spec.alert ? "alert" : null });
  if (spec.title) body.append(h("div", { class: "dw-note-title" }, rich(spec.title)));
  if (text) body.append(h("div", { class: "dw-note-text" }, rich(text)));
  if (spec.items) body.append(h("ul", { class: "dw-note-list" }, spec.items.map(noteItem)));
  if (spec.facts) {
    const facts = spec.facts.map(([name, value]) => [h("dt", {}, clean(name)), h("dd", {}, rich(value))]);
    body.append(h("dl", { class: "dw-facts dw-note-facts" }, facts.flat()));
  }
  if (spec.check) {
    const box = h("input", {
      type: "checkbox",
      "data-key": "note:check",
      tabindex: "0",
      checked: Boolean(spec.check.value),
    });
    body.append(h("label", { class: "dw-check" }, box, clean(spec.check.label)));
  }
  const controls = noteControls(spec, asks);
  const classes = ["dw-note", spec.tone && `dw-tone-${spec.tone}`, sign && `dw-i-${sign}`, tall && "dw-tall"];
  const actions = controls.length ? h("div", { class: "dw-note-actions" }, controls) : null;
  return h("div", { class: classes.filter(Boolean).join(" "), role }, body, actions);
}

/** What is chosen inside a note, to go with its actions. */
function noteData(node) {
  const select = node?.querySelector('[data-key="note:select"]');
  const check = node?.querySelector('[data-key="note:check"]');
  return { ...(select && { select: select.value }), ...(check && { check: check.checked }) };
}

function emptyBox(spec, place) {
  const heading = spec.title
    ? h("h3", { class: place === "pick" ? "dw-h" : "dw-h dw-h-l" }, clean(spec.title))
    : null;
  const text = spec.text
    ? h("p", { class: place === "pick" ? "dw-text dw-sub" : "dw-text" }, clean(spec.text))
    : null;
  const actions = spec.actions?.length
    ? h(
        "div",
        { class: "dw-actions" },
        spec.actions.map((action) => button(action, `own:${action.action}`)),
      )
    : null;
  return [heading, text, actions];
}

function asking(spec) {
  const text = h("span", { class: "dw-text" }, rich({ text: spec.text, since: spec.since }));
  const actions = (spec.actions ?? []).map((action) => button(action, `own:${action.action}`));
  return h(
    "div",
    { class: "dw-asking" },
    h("span", { class: "dw-spin", "aria-hidden": "true" }),
    text,
    actions,
  );
}

/** Keeps every countdown and every count of seconds below a node up to date; returns how to stop. */
function tick(root, now, onEnd) {
  const ended = new WeakSet();
  const update = () => {
    for (const node of root.querySelectorAll("[data-until],[data-since]")) {
      const { until, since } = node.dataset;
      node.textContent = until ? countdown(until - now()) : `${Math.max(0, Math.floor(now() - since))} s`;
      if (until && until <= now() && !ended.has(node)) {
        ended.add(node);
        onEnd(node);
      }
    }
  };
  const timer = setInterval(update, 1000);
  return { update, stop: () => clearInterval(timer) };
}

/** Tries something every 50 ms until it works, a second at most. */
function soon(attempt, tries = 20) {
  if (!attempt() && tries > 0) setTimeout(soon, 50, attempt, tries - 1);
}

const isShown = (node) => node.isConnected && node.getClientRects().length > 0;

// 4 ---- the model's rows ---------------------------------------------------------------------------

const decode = (buffer) => JSON.parse(new TextDecoder().decode(buffer));

/** The rows of one model, shared by all its views. */
function openStore(model) {
  const store = { rows: [], revision: -1, clockOffset: 0, lastView: null, views: new Set() };
  store.now = () => Date.now() / 1000 + store.clockOffset;

  const take = (rows, state) => {
    store.rows = rows;
    store.revision = state.revision;
    store.clockOffset = state.now - Date.now() / 1000;
    for (const view of store.views) view.update();
  };
  const loadAll = () => {
    const state = decode(model.get("_rows"));
    if (state.revision >= store.revision) take(state.rows, state);
  };
  // A change may come while this module is still loading; the revision then shows that it was missed.
  let timer = 0;
  const catchUp = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (store.revision < model.get("_revision")) model.send({ kind: "rows" });
    }, 1000);
  };
  const onMessage = (message, buffers) => {
    if (message?.kind === "patch") {
      const patch = decode(buffers[0]);
      if (patch.base === store.revision) take(applyPatch(store.rows, patch.rows), patch);
      else if (patch.base > store.revision) model.send({ kind: "rows" });
    } else if (["focus", "filter", "by_hand_done"].includes(message?.kind)) {
      const view = store.views.has(store.lastView) ? store.lastView : [...store.views][0];
      view?.receive(message);
    }
  };
  model.on("change:_rows", loadAll);
  model.on("change:_revision", catchUp);
  model.on("msg:custom", onMessage);
  loadAll();
  catchUp();
  store.close = () => {
    clearTimeout(timer);
    model.off("change:_rows", loadAll);
    model.off("change:_revision", catchUp);
    model.off("msg:custom", onMessage);
  };
  return store;
}

// 5 ---- manage: rows of their own height -----------------------------------------------------------

const MANY_ROWS = 60; // from here on rows out of sight are not laid out

/** The parts of a row, each drawn anew only when its own data changed. */
const ROW_PARTS = {
  tile: (row) => row.tile && h("span", { class: "dw-tile", "aria-hidden": "true" }, clean(row.tile)),
  main: (row) => {
    const name = row.mono ? longId(row.title) : clean(row.title);
    const title = h("div", { class: "dw-title" }, h("span", { class: "dw-name" }, name), badge(row.badge));
    const parts = row.line ?? [];
    const hasId = parts.some((part) => part?.id);
    const second = parts.length
      ? h("div", { class: hasId ? "dw-line dw-flexline" : "dw-line" }, line(parts))
      : null;
    return h("div", { class: "dw-main", role: "gridcell" }, title, second);
  },
  meta: (row) => {
    if (!row.meta) return null;
    const lines = row.meta.map((parts) =>
      h("div", { class: "dw-line" }, line(Array.isArray(parts) ? parts : [parts])),
    );
    return h("div", { class: "dw-meta", role: "gridcell" }, lines);
  },
  cells: (row, columns) =>
    columns.slice(1).map(([key]) => {
      const cell = row.cells?.[key] ?? "";
      const tone = cell.tone ? ` dw-${cell.tone}` : "";
      const text = clean(plain(cell));
      return h("span", { class: `dw-cell dw-${key}${tone}`, role: "gridcell", title: text || null }, text);
    }),
  acts: (row, _columns, place) => {
    if (!row.actions?.length && !row.tag && !place) return null;
    const buttons = (row.actions ?? []).map((action) => button(action, `row:${action.action}`, "-1"));
    const tag = row.tag ? h("span", { class: "dw-badge dw-plain" }, clean(row.tag)) : null;
    return h("div", { class: "dw-acts", role: "gridcell" }, buttons, tag);
  },
  note: (row) => row.note && note(row.note, "gridcell"),
};

const PART_DATA = {
  tile: (row) => row.tile,
  main: (row) => [row.title, row.mono, row.badge, row.line],
  meta: (row) => row.meta,
  cells: (row, columns) => [row.cells, columns],
  acts: (row, _columns, place) => [row.actions, row.tag, place],
  note: (row) => row.note,
};

/** How many icon buttons the fullest row has: rows with fewer keep the place, so that columns align. */
export function iconPlaces(rows) {
  const icons = (row) => (row.actions?.every((action) => action.only) ? row.actions.length : 0);
  return rows.reduce((most, row) => Math.max(most, icons(row)), 0);
}

function drawRow(drawn, row, columns, places) {
  drawn.node.className = ["dw-row", row.state && `dw-${row.state}`].filter(Boolean).join(" ");
  drawn.row = row;
  let changed = false;
  for (const [part, draw] of Object.entries(ROW_PARTS)) {
    const data = JSON.stringify(PART_DATA[part](row, columns, places > 0)) ?? "";
    if (drawn.data[part] === data) continue;
    const kept = part === "note" ? noteData(drawn.nodes.note?.[0]) : {};
    drawn.data[part] = data;
    drawn.nodes[part] = [draw(row, columns, places > 0)].flat().filter(Boolean);
    if (part === "note") restoreNote(drawn.nodes.note[0], kept);
    changed = true;
  }
  if (changed) {
    const wanted = Object.keys(ROW_PARTS).flatMap((part) => drawn.nodes[part]);
    for (const node of [...drawn.node.childNodes]) if (!wanted.includes(node)) node.remove();
    wanted.forEach((node, index) => {
      if (drawn.node.childNodes[index] !== node)
        drawn.node.insertBefore(node, drawn.node.childNodes[index] ?? null);
    });
  }
}

/** What was chosen in a note before it was drawn anew stays chosen, if it still can be. */
function restoreNote(node, { select, check }) {
  const choice = node?.querySelector('[data-key="note:select"]');
  if (choice && [...choice.options].some((option) => option.value === select)) choice.value = select;
  const box = node?.querySelector('[data-key="note:check"]');
  if (box && check !== undefined) box.checked = check;
}

const controlsOf = (rowNode) => {
  const found = [...rowNode.querySelectorAll(":scope > .dw-note [data-key], :scope > .dw-acts [data-key]")];
  const inNote = (node) => (node.closest(".dw-note") ? 0 : 1);
  return found.filter((node) => !node.disabled).sort((a, b) => inNote(a) - inNote(b));
};

function renderManage({ model, el, store, act, voice }) {
  const list = h("div", { class: "dw-list", role: "grid" });
  const heading = h("div", { class: "dw-colrow", "aria-hidden": "true" });
  const nothing = h("div", { class: "dw-empty" });
  const drawn = new Map();
  const rowOf = (node) => drawn.get(node.closest(".dw-row")?.dwId);
  let current = null;
  el.append(list, nothing, voice);

  const setCurrent = (id) => {
    current = id;
    for (const [key, { node }] of drawn) node.tabIndex = key === id ? 0 : -1;
  };
  const focusRow = (id) => {
    setCurrent(id);
    drawn.get(id)?.node.focus();
  };

  const update = () => {
    const columns = model.get("columns") ?? [];
    const many = store.rows.length > MANY_ROWS && "dw-many";
    list.className = ["dw-list", model.get("variant"), many].filter(Boolean).join(" ");
    list.setAttribute("aria-label", clean(model.get("label")));
    const focused = list.contains(document.activeElement) ? document.activeElement : null;
    const before = focused && {
      id: focused.closest(".dw-row")?.dwId,
      key: focused.dataset.key,
      index: [...drawn.keys()].indexOf(focused.closest(".dw-row")?.dwId),
    };

    const wanted = new Set(store.rows.map((row) => row.id));
    for (const [id, { node }] of [...drawn]) {
      if (wanted.has(id)) continue;
      node.remove();
      drawn.delete(id);
    }
    heading.replaceChildren(
      ...columns.map(([, text]) => h("span", {}, clean(text))),
      ...(columns.length ? [h("span")] : []),
    );
    if (columns.length && list.firstChild !== heading) list.prepend(heading);
    else if (!columns.length) heading.remove();
    const places = iconPlaces(store.rows);
    list.style.setProperty("--dw-places", places);
    let after = columns.length ? heading : null;
    for (const row of store.rows) {
      if (!drawn.has(row.id)) {
        const node = h("div", { role: "row", tabindex: "-1" });
        node.dwId = row.id;
        drawn.set(row.id, { node, data: {}, nodes: {} });
      }
      const item = drawn.get(row.id);
      drawRow(item, row, columns, places);
      const place = after ? after.nextSibling : list.firstChild;
      if (place !== item.node) list.insertBefore(item.node, place);
      after = item.node;
    }
    if (!drawn.has(current)) current = store.rows[0]?.id ?? null;
    setCurrent(current);
    restoreFocus(before);

    const spec = store.rows.length ? null : (model.get("busy") ?? model.get("empty"));
    list.hidden = !store.rows.length;
    nothing.hidden = !spec;
    if (spec)
      nothing.replaceChildren(
        ...(model.get("busy") ? [asking(spec)] : emptyBox(spec, "manage").filter(Boolean)),
      );
    clock.update();
  };

  const restoreFocus = (before) => {
    if (!before || (list.contains(document.activeElement) && !document.activeElement.disabled)) return;
    const item = drawn.get(before.id);
    if (!item) {
      const next = store.rows[Math.min(Math.max(before.index, 0), store.rows.length - 1)];
      if (next) focusRow(next.id);
      return;
    }
    const same = controlsOf(item.node).find((node) => node.dataset.key === before.key);
    if (same) same.focus();
    else focusRow(before.id);
  };

  const press = (item, name) => {
    const action = item.row.actions?.find((candidate) => candidate.action === name && !candidate.disabled);
    if (action) act(name, item.row.id);
    return Boolean(action);
  };

  list.addEventListener("click", (event) => {
    const pressed = event.target.closest("button[data-action]");
    const item = pressed && rowOf(pressed);
    if (!item) return;
    const inNote = pressed.closest(".dw-note");
    act(pressed.dataset.action, item.row.id, inNote ? noteData(inNote) : {});
  });
  nothing.addEventListener("click", (event) => {
    const pressed = event.target.closest("button[data-action]");
    if (pressed) act(pressed.dataset.action);
  });
  list.addEventListener("focusin", (event) => {
    const item = rowOf(event.target);
    if (item) setCurrent(item.row.id);
  });
  list.addEventListener("keydown", (event) => {
    const item = rowOf(event.target);
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    const onRow = event.target === item.node;
    const controls = controlsOf(item.node);
    const at = controls.indexOf(event.target);
    const ids = store.rows.map((row) => row.id);
    const to =
      event.target.tagName === "SELECT" ? null : moveIndex(event.key, ids.indexOf(item.row.id), ids.length);
    if (event.key === "ArrowRight" && controls[at + 1]) controls[at + 1].focus();
    else if (event.key === "ArrowLeft" && !onRow) (controls[at - 1] ?? item.node).focus();
    else if (to !== null) focusRow(ids[to]);
    else if (event.key === "Enter" && onRow) press(item, "edit");
    else if (event.key === "Delete") press(item, "delete");
    else if (event.key.toLowerCase() === "r" && event.target.tagName !== "SELECT") press(item, "refresh");
    else return;
    event.preventDefault();
  });

  const clock = tick(el, store.now, (node) => {
    const row = rowOf(node)?.row;
    if (!row?.note?.until) return;
    if (row.note.until_said) voice.textContent = clean(row.note.until_said);
    act("elapsed", row.id);
  });

  const receive = (message) => {
    if (message.kind !== "focus") return;
    soon(() => {
      const id = message.id || current;
      const item = drawn.get(id);
      if (!item || !isShown(item.node)) return false;
      const control =
        message.action && controlsOf(item.node).find((node) => node.dataset.action === message.action);
      if (message.action && !control) return false;
      setCurrent(id);
      (control || item.node).focus();
      return true;
    });
  };
  return { update, receive, stop: clock.stop };
}

// 6 ---- pick: thousands of rows of one height --------------------------------------------------------

const CHIPS = [
  ["all", "All"],
  ["chat", "Chat"],
  ["embedding", "Embedding"],
  ["other", "Other"],
  ["new", "New"],
];
const ORDERS = {
  name: "By name",
  created: "Newest first",
  context: "Largest context",
  price: "Cheapest first",
};
const PICK_COLUMNS = [
  ["", "Model"],
  ["kind", "Kind"],
  ["context", "Context"],
  ["price", "Per 1M in / out"],
];
const ROW_HEIGHT = 44; // until the style sheet says otherwise
const ROWS_IN_SIGHT = 7.05; // a sliver of the next row says that there are more
const REST_MS = 300; // typing rests this long before the count is said aloud

function modelRow(row, columns, wanted, options) {
  const mixed = Boolean(row.from);
  // Not a real box: the row itself is the option, and nothing in it can have the focus.
  const sign = options.multiple ? "dw-box" : "dw-box dw-round";
  const box = row.have ? icon("check") : h("span", { class: sign, "aria-hidden": "true" });
  const name = h(
    "span",
    { class: "dw-name" },
    row.mono ? longId(row.title, wanted) : marked(clean(row.title), wanted),
  );
  const have = row.have ? h("span", { class: "dw-have" }, h("span", {}, "in catalog")) : null;
  const parts = (row.line ?? []).slice(0, 1).map((part) => {
    if (part?.mono || part?.id) return longId(part.text, wanted);
    return h("span", { class: mixed ? "dw-since" : null }, rich(part, wanted));
  });
  const from = mixed ? h("span", { class: "dw-from" }, marked(clean(row.from), wanted)) : null;
  const second = h("div", { class: "dw-line dw-flexline" }, from, parts);
  const cells = columns.slice(1).map(([key]) => {
    const text = clean(plain(row.cells?.[key] ?? (key === "kind" ? (row.kind ?? "other") : ""))) || "–";
    return h("span", { class: `dw-cell dw-${key}` }, text);
  });
  const main = h("div", { class: "dw-main" }, h("div", { class: "dw-title" }, name, have), second);
  return h(
    "div",
    {
      class: mixed ? "dw-model dw-mixed" : "dw-model",
      role: "option",
      "aria-disabled": row.have ? "true" : null,
    },
    box,
    main,
    cells,
  );
}

/** The frame of a pick list: made once, filled by renderPick. */
function pickFrame() {
  const id = uniqueId();
  const parts = {
    id,
    search: h("input", {
      type: "search",
      placeholder: "Search id, name, owner",
      "aria-label": "Search models",
      role: "combobox",
      "aria-expanded": "true",
      "aria-autocomplete": "list",
      "aria-controls": id,
      autocomplete: "off",
      spellcheck: "false",
    }),
    clear: h("button", {
      type: "button",
      tabindex: "-1",
      class: "dw-btn dw-quiet dw-only dw-i-close",
      "aria-label": "Clear the search",
      title: "Clear the search",
    }),
    sort: h("select", { class: "dw-select dw-sort", "aria-label": "Sort by" }),
    chips: h("div", { class: "dw-chips", role: "radiogroup", "aria-label": "Kind" }),
    count: h("span", { class: "dw-sub" }),
    columns: h("div", { class: "dw-cols", "aria-hidden": "true" }),
    view: h("div", { class: "dw-view", id, role: "listbox", tabindex: "0" }),
    pad: h("div", { class: "dw-pad", role: "presentation" }),
    noteBox: h("div", { class: "dw-note-box" }),
    nothing: h("div", { class: "dw-nomatch" }),
    picked: h("div", { class: "dw-picked" }),
    typed: h("input", {
      type: "text",
      class: "dw-input dw-mono",
      "aria-label": "Model id",
      placeholder: "Type a model id",
      spellcheck: "false",
      autocomplete: "off",
      maxlength: "512",
    }),
    typedKind: h(
      "select",
      { class: "dw-select", "aria-label": "Kind" },
      h("option", {}, "chat"),
      h("option", {}, "embedding"),
    ),
    addTyped: h("button", { type: "button", class: "dw-btn" }, "Add by hand"),
  };
  parts.tools = h(
    "div",
    { class: "dw-tools" },
    h("div", { class: "dw-search" }, icon("search"), parts.search, parts.clear),
    parts.sort,
  );
  parts.filter = h("div", { class: "dw-filter" }, parts.chips, parts.count);
  parts.view.append(parts.pad);
  parts.byHand = h(
    "div",
    { class: "dw-byhand" },
    h("span", { class: "dw-sub" }, "Not listed?"),
    parts.typed,
    parts.typedKind,
    parts.addTyped,
  );
  parts.list = h(
    "div",
    { class: "dw-list" },
    parts.columns,
    parts.noteBox,
    parts.view,
    parts.nothing,
    parts.picked,
    parts.byHand,
  );
  return parts;
}

function renderPick({ model, el, store, act, voice }) {
  const ui = pickFrame();
  el.append(ui.tools, ui.filter, ui.list, voice);

  const state = { query: "", chip: "all", order: "", current: -1, anchor: -1, beforeRun: [] };
  let rows = []; // sorted
  let hay = [];
  let sortedFrom = null;
  let shown = []; // filtered
  let counts = countKinds([]);
  let columns = PICK_COLUMNS;
  let rowHeight = ROW_HEIGHT;
  let lastHeight = 0;
  let prefilled = "";
  const nodes = new Map(); // index -> { node, row, query }
  const options = () => ({ multiple: true, add: true, kinds: true, by_hand: true, ...model.get("pick") });
  const selection = () => model.get("selected") ?? [];

  // -- what is shown --

  const sortAll = () => {
    const orders = usableOrders(store.rows);
    const order = orders.includes(state.order)
      ? state.order
      : orders.includes(options().sort)
        ? options().sort
        : "name";
    const made = `${orders}/${order}`;
    if (sortedFrom?.rows === store.rows && sortedFrom.made === made) return;
    sortedFrom = { rows: store.rows, made };
    rows = sortRows(store.rows, order);
    hay = rows.map(haystack);
    const choices = orders.map((key) => h("option", { value: key, selected: key === order }, ORDERS[key]));
    ui.sort.replaceChildren(...choices);
    const has = (key) => key === "kind" || rows.some((row) => plain(row.cells?.[key] ?? ""));
    const wanted = model.get("columns")?.length ? model.get("columns") : PICK_COLUMNS;
    columns = wanted.filter(([key]) => key === "" || has(key));
    for (const key of ["context", "price"]) {
      ui.list.classList.toggle(`dw-no${key}`, !columns.some(([name]) => name === key));
    }
    ui.columns.replaceChildren(h("span"), ...columns.map(([, text]) => h("span", {}, clean(text))));
  };

  const filterAll = () => {
    const wanted = words(state.query);
    const found = wanted.length
      ? rows.filter((_, index) => wanted.every((word) => hay[index].includes(word)))
      : rows;
    counts = countKinds(found);
    if (state.chip !== "all" && !rows.some((row) => hasKind(row, state.chip))) state.chip = "all";
    shown = state.chip === "all" ? found : found.filter((row) => hasKind(row, state.chip));
  };

  const setText = () => {
    const total = options().total ?? store.rows.length;
    const noun = total === 1 ? "model" : "models";
    const all = shown.length === total;
    ui.count.textContent = store.rows.length
      ? all
        ? `${grouped(total)} ${noun}`
        : `${grouped(shown.length)} of ${grouped(total)} ${noun}`
      : "";
    ui.clear.hidden = !state.query;
  };

  const drawChips = () => {
    const unknown = !store.rows.length && model.get("busy");
    const some = store.rows.some((row) => row.new);
    const focused = ui.chips.contains(document.activeElement);
    const buttons = CHIPS.filter(([key]) => key !== "new" || some).map(([key, text]) => {
      const on = key === state.chip;
      const number = h("span", { class: "dw-num" }, unknown ? "–" : grouped(counts[key]));
      const attributes = {
        type: "button",
        class: "dw-chip",
        role: "radio",
        "aria-checked": String(on),
        tabindex: on ? "0" : "-1",
        "data-chip": key,
      };
      return h("button", attributes, `${text} `, number);
    });
    ui.chips.replaceChildren(...buttons);
    if (focused) ui.chips.querySelector('[tabindex="0"]').focus();
  };

  const drawBar = () => {
    const { multiple, add, value_name: valueName } = options();
    const chosen = selection();
    const focusedKey = ui.picked.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const text = h("div", { class: "dw-picked-text" });
    if (!chosen.length) {
      const more = multiple && add ? " one, Shift+arrow selects a run" : "";
      const hint = add
        ? ["Space selects, Enter adds", h("span", { class: "dw-wide-only" }, more)]
        : ["Space or a click selects"];
      text.append(h("span", { class: "dw-sub" }, hint));
    } else if (multiple) {
      text.append(h("b", {}, `${grouped(chosen.length)} selected`), " ");
      if (add) text.append(h("span", { class: "dw-sub dw-wide-only" }, "names and kinds are filled in"));
    } else {
      const row = store.rows.find((candidate) => candidate.id === chosen[0]);
      text.append(h("b", {}, clean(row?.title ?? "")), " ");
      if (valueName) {
        const code = (content) => h("span", { class: "dw-mono" }, clean(content));
        const id = row?.mono
          ? row.title
          : plain(row?.line?.find((part) => part?.mono || part?.id) ?? row?.id);
        text.append(h("span", { class: "dw-sub dw-wide-only" }, code(valueName), " is ", code(id)));
      }
    }
    const buttons = [];
    if (chosen.length)
      buttons.push(h("button", { type: "button", class: "dw-btn dw-quiet", "data-key": "clear" }, "Clear"));
    if (add) {
      const many = chosen.length && multiple;
      const label = many
        ? [`Add ${grouped(chosen.length)}`, h("span", { class: "dw-roomy" }, " to catalog")]
        : "Add to catalog";
      const attributes = { type: "button", class: "dw-btn mod-primary", "data-key": "add" };
      buttons.push(h("button", { ...attributes, disabled: !chosen.length }, label));
    }
    ui.picked.replaceChildren(text, ...buttons);
    ui.picked.hidden = !store.rows.length;
    if (focusedKey) {
      const same = ui.picked.querySelector(`[data-key="${focusedKey}"]:not(:disabled)`);
      (same ?? ui.search).focus();
    }
  };

  const drawNothing = () => {
    const spec = model.get("note");
    const [busy, empty] = [model.get("busy"), model.get("empty")];
    const query = state.query.trim();
    ui.noteBox.hidden = !spec;
    const noteData = JSON.stringify(spec);
    if (spec && ui.noteBox.dwData !== noteData) ui.noteBox.replaceChildren(note(spec));
    ui.noteBox.dwData = noteData;
    let content = null;
    if (!store.rows.length && busy) content = [asking(busy)];
    else if (!store.rows.length && empty && !spec) content = emptyBox(empty, "pick").filter(Boolean);
    else if (store.rows.length && !shown.length) content = noMatch(query);
    ui.nothing.hidden = !content;
    ui.nothing.replaceChildren(...(content ?? []));
    ui.nothing.style.minHeight = content && busy && lastHeight ? `${lastHeight}px` : "";
    const offersId = Boolean(store.rows.length && !shown.length && query && !counts.all);
    if (ui.typed.value === prefilled && document.activeElement !== ui.typed) {
      prefilled = offersId ? query : "";
      ui.typed.value = prefilled;
    }
    ui.addTyped.classList.toggle("mod-primary", offersId);
  };

  const noMatch = (query) => {
    if (counts.all) {
      const chip = CHIPS.find(([key]) => key === state.chip)[1].toLowerCase();
      const action = { action: "", label: "Show all kinds" };
      return emptyBox(
        { title: `None of the ${counts.all} found is of the kind ${chip}`, actions: [action] },
        "pick",
      ).filter(Boolean);
    }
    const { where, by_hand: byHand, search_all: searchAll } = options();
    const place = where ? ` at ${clean(where)}` : "";
    const spec = {
      title: `Nothing${place} matches “${query}”`,
      text: `Servers do not list everything that they serve.${byHand ? " If the id is right, add it by hand." : ""}`,
      actions: searchAll ? [{ action: "search_all", label: "Search all providers" }] : [],
    };
    return emptyBox(spec, "pick").filter(Boolean);
  };

  const draw = () => {
    const [start, end] = windowOf(ui.view.scrollTop, ui.view.clientHeight, rowHeight, shown.length);
    const chosen = new Set(selection());
    const wanted = words(state.query);
    for (const [index, drawn] of nodes) {
      if (index >= start && index < end && drawn.row === shown[index] && drawn.query === state.query)
        continue;
      drawn.node.remove();
      nodes.delete(index);
    }
    let after = null;
    for (let index = start; index < end; index += 1) {
      const row = shown[index];
      if (!nodes.has(index))
        nodes.set(index, { node: modelRow(row, columns, wanted, options()), row, query: state.query });
      const { node } = nodes.get(index);
      const isChosen = chosen.has(row.id);
      node.id = `${ui.id}-${index}`;
      node.dwIndex = index;
      node.setAttribute("aria-selected", String(isChosen));
      node.setAttribute("aria-posinset", index + 1);
      node.setAttribute("aria-setsize", shown.length);
      node.classList.toggle("dw-current", index === state.current);
      const place = after ? after.nextSibling : ui.pad.firstChild;
      if (place !== node) ui.pad.insertBefore(node, place);
      after = node;
    }
    ui.pad.style.paddingTop = `${start * rowHeight}px`;
    ui.pad.style.height = `${shown.length * rowHeight}px`;
    for (const field of [ui.search, ui.view]) {
      if (state.current >= 0) field.setAttribute("aria-activedescendant", `${ui.id}-${state.current}`);
      else field.removeAttribute("aria-activedescendant");
    }
  };

  const layOut = () => {
    const { kinds, by_hand: byHand, multiple } = options();
    const none = !store.rows.length && Boolean(model.get("note"));
    ui.tools.hidden = none;
    ui.filter.hidden = none || !kinds;
    ui.byHand.hidden = !byHand;
    ui.columns.hidden = !shown.length;
    ui.view.hidden = !shown.length;
    ui.view.setAttribute("aria-label", clean(model.get("label")) || "Models");
    ui.view.setAttribute("aria-multiselectable", String(multiple));
    ui.view.style.height = `${Math.min(shown.length, ROWS_IN_SIGHT) * rowHeight}px`;
    if (shown.length) lastHeight = Math.min(shown.length, ROWS_IN_SIGHT) * rowHeight;
  };

  let restTimer = 0;
  const sayCount = () => {
    clearTimeout(restTimer);
    restTimer = setTimeout(() => {
      voice.textContent = ui.count.textContent;
    }, REST_MS);
  };

  const drawAll = () => {
    setText();
    drawChips();
    drawNothing();
    drawBar();
    layOut();
    draw();
    clock.update();
  };

  /** After a change of search, kind or order: from the top. */
  const refilter = () => {
    sortAll();
    filterAll();
    Object.assign(state, { current: -1, anchor: -1 });
    drawAll();
    ui.view.scrollTop = 0;
    draw();
    sayCount();
  };

  /** After a change of the rows: what the person looks at stays where it is. */
  const update = () => {
    const top = Math.floor(ui.view.scrollTop / rowHeight);
    const offset = ui.view.scrollTop - top * rowHeight;
    const seen = shown.slice(top, top + Math.ceil(ROWS_IN_SIGHT)).map((row) => row.id);
    const currentId = shown[state.current]?.id;
    sortAll();
    filterAll();
    state.current = currentId === undefined ? -1 : shown.findIndex((row) => row.id === currentId);
    state.anchor = -1;
    drawAll();
    const ids = new Map(shown.map((row, index) => [row.id, index]));
    const kept = seen.findIndex((id) => ids.has(id));
    ui.view.scrollTop = kept < 0 ? 0 : (ids.get(seen[kept]) - kept) * rowHeight + offset;
    draw();
  };

  // -- what the person does --

  const select = (ids) => {
    model.set("selected", options().multiple ? ids : ids.slice(-1));
    model.save_changes();
    drawBar();
    draw();
  };
  const toggle = (index) => {
    const row = shown[index];
    if (!row || row.have) return;
    const chosen = selection();
    if (!options().multiple) select([row.id]);
    else select(chosen.includes(row.id) ? chosen.filter((id) => id !== row.id) : [...chosen, row.id]);
    Object.assign(state, { anchor: index, beforeRun: selection() });
  };
  const runTo = (index) => {
    if (state.anchor < 0)
      Object.assign(state, { anchor: Math.max(0, state.current), beforeRun: selection() });
    state.current = index;
    if (options().multiple) select(selectRun(state.beforeRun, shown, state.anchor, index));
  };
  const add = (ids) => {
    if (ids.length && options().add) act("add", "", { ids });
  };
  const goTo = (index) => {
    state.current = index;
    const [top, bottom] = [index * rowHeight, (index + 1) * rowHeight];
    if (top < ui.view.scrollTop) ui.view.scrollTop = top;
    else if (bottom > ui.view.scrollTop + ui.view.clientHeight)
      ui.view.scrollTop = bottom - ui.view.clientHeight;
    draw();
  };
  const search = (query) => {
    state.query = query;
    refilter();
  };

  const onKey = (event) => {
    const inField = event.target === ui.search;
    const inList = state.current >= 0;
    const page = Math.max(1, Math.floor(ui.view.clientHeight / rowHeight) - 1);
    // In the field Home and End are the text's until the list was entered.
    const moves = !inField || inList || ["ArrowDown", "PageDown"].includes(event.key);
    const to =
      moves && !event.ctrlKey && !event.metaKey && !event.altKey
        ? moveIndex(event.key, state.current, shown.length, page)
        : null;
    if (to !== null && event.shiftKey && inList) {
      runTo(to);
      goTo(to);
    } else if (to !== null && event.key === "ArrowUp" && inField && state.current === 0) {
      Object.assign(state, { current: -1, anchor: -1 }); // back into the field
      draw();
    } else if (to !== null) {
      state.anchor = -1;
      goTo(to);
    } else if (event.key === " " && (inList || !inField)) {
      toggle(state.current);
    } else if (
      event.key.toLowerCase() === "a" &&
      (event.ctrlKey || event.metaKey) &&
      (inList || !inField || !state.query)
    ) {
      if (options().multiple) select(selectRun(selection(), shown, 0, shown.length - 1));
    } else if (event.key === "Enter") {
      const row = shown[state.current];
      const chosen = selection();
      if (!options().add) toggle(state.current);
      else if (chosen.length) add(chosen);
      else if (row && !row.have) add([row.id]);
      else if (row) voice.textContent = `${clean(row.title)} is in the catalog already`;
    } else if (event.key === "Escape" && state.query) {
      ui.search.value = "";
      search("");
    } else if (event.key === "Escape" && selection().length) {
      select([]);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  ui.search.addEventListener("input", () => search(ui.search.value));
  ui.search.addEventListener("keydown", onKey);
  ui.view.addEventListener("keydown", (event) => {
    onKey(event);
    const types =
      event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (types && !event.defaultPrevented) ui.search.focus(); // what is typed goes into the field
  });
  ui.view.addEventListener("focus", () => {
    if (state.current < 0 && shown.length && ui.view.matches(":focus-visible"))
      goTo(windowOf(ui.view.scrollTop, 0, rowHeight, shown.length, 0)[0]);
  });
  ui.clear.addEventListener("click", () => {
    ui.search.value = "";
    search("");
    ui.search.focus();
  });
  ui.sort.addEventListener("change", () => {
    state.order = ui.sort.value;
    refilter();
  });
  const setChip = (chip) => {
    state.chip = chip;
    refilter();
  };
  ui.chips.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-chip]");
    if (chip) setChip(chip.dataset.chip);
  });
  ui.chips.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const keys = [...ui.chips.children].map((chip) => chip.dataset.chip);
    setChip(keys[(keys.indexOf(state.chip) + step + keys.length) % keys.length]);
    ui.chips.querySelector('[tabindex="0"]').focus();
    event.preventDefault();
  });
  ui.view.addEventListener("click", (event) => {
    const index = event.target.closest(".dw-model")?.dwIndex;
    if (index === undefined) return;
    if (event.shiftKey && options().multiple) {
      runTo(index);
    } else {
      state.current = index;
      toggle(index);
    }
  });
  ui.view.addEventListener("dblclick", (event) => {
    const row = shown[event.target.closest(".dw-model")?.dwIndex];
    if (row && !row.have) add([row.id]);
  });
  ui.view.addEventListener("mousedown", (event) => {
    if (event.shiftKey || event.detail > 1) event.preventDefault(); // a run of rows, not of letters
  });
  ui.picked.addEventListener("click", (event) => {
    const key = event.target.closest("button")?.dataset.key;
    if (key === "clear") select([]);
    else if (key === "add") add(selection());
  });
  const onOwnAction = (event) => {
    const pressed = event.target.closest("button[data-action]");
    if (!pressed) return;
    if (pressed.dataset.action === "") setChip("all");
    else
      act(
        pressed.dataset.action,
        "",
        pressed.dataset.action === "search_all"
          ? { query: state.query }
          : noteData(pressed.closest(".dw-note")),
      );
  };
  ui.nothing.addEventListener("click", onOwnAction);
  ui.noteBox.addEventListener("click", onOwnAction);
  const addTyped = () => {
    const text = ui.typed.value.trim();
    if (text) act("add_by_hand", "", { model: text, kind: ui.typedKind.value });
    else ui.typed.focus();
  };
  ui.addTyped.addEventListener("click", addTyped);
  ui.typed.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    addTyped();
    event.preventDefault();
    event.stopPropagation();
  });

  let frame = 0;
  const drawSoon = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(draw);
  };
  ui.view.addEventListener("scroll", drawSoon, { passive: true });
  const resized = new ResizeObserver(() => {
    const height = parseFloat(getComputedStyle(el).getPropertyValue("--dw-row-h"));
    if (height && height !== rowHeight) {
      rowHeight = height;
      layOut();
    }
    draw();
  });
  resized.observe(ui.view);
  const onSelected = () => {
    drawBar();
    draw();
  };
  model.on("change:selected", onSelected);

  const clock = tick(el, store.now, () => {});
  const receive = (message) => {
    if (message.kind === "filter") {
      Object.assign(state, { query: message.query, chip: message.chip });
      ui.search.value = message.query;
      refilter();
    } else if (message.kind === "by_hand_done") {
      ui.typed.value = "";
      prefilled = "";
    } else {
      soon(() => {
        if (!isShown(ui.search)) return false;
        ui.search.focus();
        const index = shown.findIndex((row) => row.id === message.id);
        if (index >= 0) goTo(index);
        return true;
      });
    }
  };
  const stop = () => {
    clock.stop();
    clearTimeout(restTimer);
    resized.disconnect();
    model.off("change:selected", onSelected);
  };
  return { update, receive, stop };
}

// 7 ---- rail: choose one -----------------------------------------------------------------------------

function renderRail({ model, el, store, act }) {
  const id = uniqueId();
  const list = h("div", { class: "dw-rail-list", role: "listbox", tabindex: "0" });
  const select = h("select", { class: "dw-select dw-rail-select" });
  el.append(list, select);
  let timer = 0;
  let typed = { text: "", timer: 0 };
  let optionData = "";

  const update = () => {
    const label = clean(model.get("label"));
    const current = model.get("current");
    const items = store.rows.map((row, index) => {
      const title = clean(row.title);
      const sign =
        row.badge &&
        icon(row.badge.icon ?? TONE_ICONS[row.badge.tone] ?? "info", `dw-tone-${row.badge.tone}`);
      const said = row.badge ? h("span", { class: "dw-sr" }, clean(row.badge.text)) : null;
      const count = !row.badge && row.count ? h("span", { class: "dw-num" }, clean(row.count)) : null;
      const tip = row.badge ? `${title}: ${clean(row.badge.text)}` : title;
      const attributes = {
        class: "dw-rail-item",
        role: "option",
        id: `${id}-${index}`,
        "aria-selected": String(row.id === current),
        title: tip,
      };
      return h("div", attributes, h("span", {}, title), sign, said, count);
    });
    list.replaceChildren(...items);
    list.setAttribute("aria-label", label);
    select.setAttribute("aria-label", label);
    const options = store.rows.map((row) => {
      const extra = clean(row.badge?.text ?? row.count);
      return h(
        "option",
        { value: row.id, selected: row.id === current },
        [clean(row.title), extra].filter(Boolean).join(" · "),
      );
    });
    // An open select is left alone while nothing in it changed.
    const data = options.map((option) => option.outerHTML).join("");
    if (data !== optionData) select.replaceChildren(...options);
    optionData = data;
    select.value = current;
    point();
  };
  const point = () => {
    const index = store.rows.findIndex((row) => row.id === model.get("current"));
    if (index >= 0) list.setAttribute("aria-activedescendant", `${id}-${index}`);
    else list.removeAttribute("aria-activedescendant");
  };
  const choose = (rowId, waitMs = 0) => {
    if (rowId === undefined) return;
    model.set("current", rowId);
    update();
    list.children[store.rows.findIndex((row) => row.id === rowId)]?.scrollIntoView({ block: "nearest" });
    clearTimeout(timer);
    timer = setTimeout(() => act("choose", rowId), waitMs);
  };
  list.addEventListener("click", (event) => {
    const item = event.target.closest(".dw-rail-item");
    if (item) choose(store.rows[[...list.children].indexOf(item)]?.id);
  });
  list.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const ids = store.rows.map((row) => row.id);
    const to = moveIndex(event.key, ids.indexOf(model.get("current")), ids.length);
    // Each choice may ask a server: the arrow keys wait until they rest.
    if (to !== null) choose(ids[to], REST_MS);
    else if (event.key === "Enter" || event.key === " ") choose(model.get("current"));
    else if (event.key.length === 1) {
      clearTimeout(typed.timer);
      typed.text += event.key.toLowerCase();
      typed.timer = setTimeout(() => (typed.text = ""), 600);
      choose(store.rows.find((row) => clean(row.title).toLowerCase().startsWith(typed.text))?.id, REST_MS);
    } else return;
    event.preventDefault();
  });
  select.addEventListener("change", () => choose(select.value));
  model.on("change:current", update);
  const receive = () =>
    soon(() => {
      const shown = [list, select].find(isShown);
      shown?.focus();
      return Boolean(shown);
    });
  const stop = () => {
    clearTimeout(timer);
    model.off("change:current", update);
  };
  return { update, receive, stop };
}

// 8 ---- the widget -----------------------------------------------------------------------------------

const MODES = { manage: renderManage, pick: renderPick, rail: renderRail };
const MODE_CLASSES = { manage: "dw-manage", pick: "dw-picklist", rail: "dw-rail" };
const REPEAT_MS = 500; // a second press of the same button within this time is a slip
const STYLES = "dispatch-widgets-css";

/** Standing alone, outside a panel: brings the panel's tokens and, if no panel did, its style sheet. */
function standAlone(model, el) {
  if (!el.isConnected || el.parentElement.closest(".dw-panel")) return;
  el.classList.add("dw-panel", "dw-alone");
  if (getComputedStyle(el).getPropertyValue("--dw-row-h") || document.getElementById(STYLES)) return;
  const style = h("style", { id: STYLES });
  document.head.append(style);
  const onStyles = (message) => {
    if (message?.kind !== "styles") return;
    style.textContent = message.css;
    model.off("msg:custom", onStyles);
  };
  model.on("msg:custom", onStyles);
  model.send({ kind: "styles" });
}

export default () => {
  let store = null;
  return {
    initialize({ model }) {
      store = openStore(model);
      return () => store.close();
    },
    render({ model, el }) {
      const mode = model.get("mode");
      el.classList.add("dw-itemlist", MODE_CLASSES[mode]);
      const voice = h("div", { class: "dw-sr", role: "status" });
      const pressed = new Map();
      const act = (action, id = "", data = {}) => {
        const key = JSON.stringify([action, id, data]);
        if (Date.now() - (pressed.get(key) ?? 0) < REPEAT_MS) return;
        pressed.set(key, Date.now());
        model.send({ kind: "action", action, id, data });
      };
      const view = MODES[mode]({ model, el, store, act, voice });
      const use = () => (store.lastView = view);
      el.addEventListener("pointerdown", use);
      el.addEventListener("focusin", use);
      store.views.add(view);
      const traits = ["label", "variant", "columns", "busy", "empty", "note", "pick"];
      for (const trait of traits) model.on(`change:${trait}`, view.update);
      const attached = new ResizeObserver(() => standAlone(model, el));
      attached.observe(el);
      view.update();
      return () => {
        attached.disconnect();
        for (const trait of traits) model.off(`change:${trait}`, view.update);
        store.views.delete(view);
        view.stop();
      };
    },
  };
};
