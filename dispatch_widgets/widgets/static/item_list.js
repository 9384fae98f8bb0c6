// Generated from dispatch_widgets/widgets/js by build.mjs: do not edit.
// Sources: item_list.js list/countdown.js list/keyboard.js list/manage.js list/manage_row.js list/no_rows.js list/notes.js list/rail.js list/store.js pick/by_hand.js pick/filter.js pick/frame.js pick/keyboard.js pick/model_row.js pick/nothing.js pick/pick.js pick/pointer.js pick/selection.js pick/selection_bar.js pick/sort.js pick/tools.js pick/virtual_rows.js shared/elements.js shared/focus.js shared/gestures.js shared/presses.js shared/standing_alone.js shared/text.js shared/waiting.js
// SHA-256 of them and of what follows: 20c703abc38371c0e7112198a740aabf1280669e1b4abb2430d0e13486b0f4a6
// shared/text.js
var TAIL = 24;
var END = 12;
var HEAD = 7;
var SHORT_ID = 14;
var LONGEST_SHOWN = 2e3;
var UNSEEN = (
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g
);
var RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
function clean(text) {
  const shown = String(text ?? "").replace(/[\t\r\n\u2028\u2029]+/g, " ").replace(UNSEEN, "");
  return shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown;
}
function turns(text) {
  return RIGHT_TO_LEFT.test(text);
}
function isLongWord(text) {
  return /^\S{25,}$/.test(text);
}
function splitId(id) {
  if (id.length <= SHORT_ID) return ["", "", id];
  const whole = (cut) => cut + Number(/[\udc00-\udfff]/.test(id[cut] ?? ""));
  const slash = id.lastIndexOf("/");
  const part = slash > 0 ? id.length - slash : 0;
  const tail = part > 1 && part <= TAIL ? slash : id.length - TAIL;
  const head = whole(Math.min(Math.max(tail, HEAD), id.length - 1));
  const end = whole(Math.max(head, id.length - END));
  return [id.slice(0, head), id.slice(head, end), id.slice(end)];
}
function words(query) {
  return [...new Set(clean(query).toLowerCase().split(/\s+/).filter(Boolean))];
}
function findWords(text, wanted) {
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
function marksOfParts(marks, parts) {
  let from = 0;
  return parts.map((part) => {
    const start = from;
    from += part.length;
    const within = (place) => Math.min(Math.max(place - start, 0), part.length);
    return marks.map((mark) => mark.map(within)).filter(([first, last]) => first < last);
  });
}
function plain(value) {
  if (Array.isArray(value)) return value.map(plain).join("");
  return typeof value === "object" && value !== null ? value.text ?? "" : String(value ?? "");
}
var numbers = new Intl.NumberFormat("en-US");
function grouped(number) {
  return numbers.format(number);
}

// shared/elements.js
var SUPPRESS = "data-lm-suppress-shortcuts";
var FOCUSABLE = /* @__PURE__ */ new Set(["a", "button", "input", "select"]);
var TONE_ICONS = { ok: "check", warn: "warn", error: "error", info: "info" };
function uniqueId() {
  return `dw-${Math.random().toString(36).slice(2, 10)}`;
}
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== void 0) node.setAttribute(name, value);
  }
  if (FOCUSABLE.has(tag) || "tabindex" in attributes) node.setAttribute(SUPPRESS, "true");
  node.append(...children.flat().filter((child) => child !== null && child !== void 0));
  return node;
}
function icon(name, extra = "") {
  return h("i", { class: `dw-icon dw-i-${name} ${extra}`.trim(), "aria-hidden": "true" });
}
function marked(text, wanted = []) {
  return markedAt(text, findWords(text, wanted));
}
function markedAt(text, marks) {
  const nodes = [];
  let at = 0;
  for (const [start, end] of marks) {
    nodes.push(text.slice(at, start), h("mark", {}, text.slice(start, end)));
    at = end;
  }
  nodes.push(text.slice(at));
  const filled = nodes.filter((node) => node !== "");
  return turns(text) ? [h("bdi", {}, filled)] : filled;
}
function isTitledById(row) {
  return Boolean(row.mono) || isLongWord(clean(row.title));
}
function title(row, wanted = []) {
  const text = clean(row.title);
  if (!isTitledById(row)) return marked(text, wanted);
  return longId(text, wanted, row.mono ? "dw-id" : "dw-id dw-label-id");
}
function longId(text, wanted = [], classes = "dw-id") {
  const id = clean(text);
  const parts = splitId(id).filter(Boolean);
  const marks = marksOfParts(findWords(id, wanted), parts);
  const spans = parts.map((part, index) => {
    const nodes = markedAt(part, marks[index]);
    return h("span", {}, nodes.length > 1 ? h("span", {}, nodes) : nodes);
  });
  const start = spans.length > 1 ? h("span", { class: "dw-id-start" }, spans.slice(0, -1)) : null;
  return h("span", { class: classes, title: id }, start, spans.at(-1));
}
function run(piece, wanted) {
  if (typeof piece !== "object" || piece === null) return marked(clean(piece), wanted);
  if (piece.id) return [longId(piece.text, wanted)];
  const nodes = marked(clean(piece.text), wanted);
  if (piece.since !== void 0 || piece.until !== void 0) {
    if (nodes.length) nodes.push(" ");
    nodes.push(h("span", { class: "dw-num", "data-since": piece.since, "data-until": piece.until }));
  }
  const classes = [piece.mono && "dw-mono", piece.wide && "dw-wide-only"].filter(Boolean).join(" ");
  let inner = nodes;
  if (piece.bold) inner = [h("b", { class: classes || null }, nodes)];
  else if (classes) inner = [h("span", { class: classes }, nodes)];
  return piece.spin ? [h("span", { class: "dw-spin", "aria-hidden": "true" }), ...inner] : inner;
}
function rich(value, wanted) {
  return (Array.isArray(value) ? value : [value ?? ""]).flatMap((piece) => run(piece, wanted));
}
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
    title: clean(action.title) || (action.only ? label : null)
  };
  return action.only ? h("button", { ...attributes, "aria-label": label }) : h("button", attributes, label);
}
function badge(spec) {
  if (!spec) return null;
  const shown = spec.icon ?? TONE_ICONS[spec.tone];
  const classes = spec.tone ? `dw-badge dw-tone-${spec.tone}` : "dw-badge dw-plain";
  return h("span", { class: classes }, shown ? icon(shown) : null, clean(spec.text));
}

// shared/focus.js
function isShown(node) {
  return node.isConnected && node.getClientRects().length > 0;
}
function isField(node) {
  return Boolean(node?.matches?.("input, select, textarea") || node?.isContentEditable);
}

// shared/gestures.js
var SHARED = /* @__PURE__ */ Symbol.for("dispatch-widgets.gestures");
var MODIFIERS = /* @__PURE__ */ new Set(["Alt", "AltGraph", "CapsLock", "Control", "Fn", "Meta", "NumLock", "Shift"]);
function isGesture(event, moving = false) {
  if (event.type === "focusin") return !moving && isField(event.target);
  if (event.type === "keydown" && (event.repeat || MODIFIERS.has(event.key))) return false;
  const presses = event.type === "pointerdown" || event.key === "Enter" || event.key === " ";
  return !presses || !event.target.closest?.("button[aria-busy=true]");
}
function gestures() {
  if (globalThis[SHARED]) return globalThis[SHARED];
  const page = Math.random().toString(36).slice(2);
  const state = { page, count: 0, pressed: "", held: "", moving: false, asked: 0 };
  const onEvent = (event) => {
    if (isGesture(event, state.moving)) state.count += 1;
  };
  for (const name of ["pointerdown", "keydown", "focusin", "input"])
    document.addEventListener(name, onEvent, true);
  globalThis[SHARED] = state;
  return state;
}
function thisPage() {
  return gestures().page;
}
function lastGesture() {
  const { page, count, held } = gestures();
  return held || `${page}:${count}`;
}
function lastPress() {
  return gestures().pressed;
}
function mayMove(gesture) {
  if (!gesture) return !isField(document.activeElement);
  return lastGesture() === (gesture === thisPage() ? lastPress() : gesture);
}
function answerWithFocus(gesture, attempt) {
  const state = gestures();
  state.asked += 1;
  const mine = state.asked;
  const work = (tries) => {
    if (state.asked !== mine || !mayMove(gesture)) return;
    state.moving = true;
    const moved = attempt();
    state.moving = false;
    if (!moved && tries > 0) setTimeout(work, 50, tries - 1);
  };
  work(20);
}

// shared/presses.js
var TO_AND_FRO = "[aria-pressed], [aria-expanded], [role], .widget-toggle-button";
function isSlip(event) {
  return event.type === "click" ? event.detail > 1 : Boolean(event.repeat);
}
function ignoreSlips(root) {
  const onEvent = (event) => {
    if (!isSlip(event) || event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    const pressed = event.target.closest?.("button");
    if (!pressed || pressed.matches(TO_AND_FRO)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  root.addEventListener("click", onEvent, true);
  root.addEventListener("keydown", onEvent, true);
  return () => {
    root.removeEventListener("click", onEvent, true);
    root.removeEventListener("keydown", onEvent, true);
  };
}

// list/countdown.js
function countdown(seconds) {
  const left = Math.max(0, Math.ceil(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(left / 3600), Math.floor(left % 3600 / 60)];
  return hours ? `${hours}:${two(minutes)}:${two(left % 60)}` : `${minutes}:${two(left % 60)}`;
}
function withCountdown(text, until) {
  if (until === void 0 || until === null) return text;
  const clock = { until, bold: true };
  if (typeof text === "string" && text.includes("{until}")) {
    const [before, ...after] = text.split("{until}");
    return [before, clock, after.join("")];
  }
  return [...Array.isArray(text) ? text : [text ?? ""], " ", clock];
}
function tick(root, now, onEnd) {
  const ended = /* @__PURE__ */ new WeakSet();
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
  const timer = setInterval(update, 1e3);
  return { update, stop: () => clearInterval(timer) };
}

// list/keyboard.js
function moveIndex(key, index, count, page = 10) {
  if (!count) return null;
  const to = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    PageDown: index + page,
    PageUp: index - page,
    Home: 0,
    End: count - 1
  }[key];
  return to === void 0 ? null : Math.min(count - 1, Math.max(0, to));
}
function isChord(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}

// list/notes.js
function noteItem(item) {
  if (item.ok === void 0) return h("li", {}, item.icon && icon(item.icon), h("span", {}, rich(item.text)));
  const sign = item.ok ? icon("check", "dw-yes") : icon("close", "dw-no");
  const said = h("span", { class: "dw-sr" }, item.ok ? "Works: " : "Fails: ");
  return h("li", {}, sign, h("span", {}, said, rich(item.text)));
}
function noteControls(spec, tabindex) {
  const controls = [];
  if (spec.select) {
    const chosen = spec.select.value ?? spec.select.options[0]?.[0];
    const options = spec.select.options.map(
      ([value, text]) => h("option", { value, selected: value === chosen }, clean(text))
    );
    const attributes = {
      class: "dw-select",
      "aria-label": clean(spec.select.label),
      "data-key": "note:select",
      tabindex
    };
    controls.push(h("select", attributes, options));
  }
  for (const action of spec.actions ?? []) controls.push(button(action, `note:${action.action}`, tabindex));
  return controls;
}
function noteCheck(spec) {
  const attributes = { type: "checkbox", "data-key": "note:check", tabindex: "0" };
  const box = h("input", { ...attributes, checked: Boolean(spec.value) });
  return h("label", { class: "dw-check" }, box, clean(spec.label));
}
function note(spec, role = null) {
  const asks = Boolean(
    spec.select || spec.check || spec.actions?.some((action) => ["primary", "danger"].includes(action.style))
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
  if (spec.check) body.append(noteCheck(spec.check));
  const controls = noteControls(spec, asks ? "0" : "-1");
  const classes = ["dw-note", spec.tone && `dw-tone-${spec.tone}`, sign && `dw-i-${sign}`, tall && "dw-tall"];
  const actions = controls.length ? h("div", { class: "dw-note-actions" }, controls) : null;
  return h("div", { class: classes.filter(Boolean).join(" "), role }, body, actions);
}
function noteData(node) {
  const select = node?.querySelector('[data-key="note:select"]');
  const check = node?.querySelector('[data-key="note:check"]');
  return { ...select && { select: select.value }, ...check && { check: check.checked } };
}
function noteChanges(node) {
  const { select, check } = noteData(node);
  const option = node?.querySelector('[data-key="note:select"]')?.selectedOptions[0];
  const box = node?.querySelector('[data-key="note:check"]');
  return {
    ...option && !option.defaultSelected && { select },
    ...box && box.checked !== box.defaultChecked && { check }
  };
}
function restoreNote(node, { select, check }) {
  const choice = node?.querySelector('[data-key="note:select"]');
  if (choice && [...choice.options].some((option) => option.value === select)) choice.value = select;
  const box = node?.querySelector('[data-key="note:check"]');
  if (box && check !== void 0) box.checked = check;
}

// list/manage_row.js
var PARTS = {
  tile: (row) => row.tile && h("span", { class: "dw-tile", "aria-hidden": "true" }, clean(row.tile)),
  main: (row) => {
    const name = h("span", { class: "dw-name" }, title(row));
    const first = h("div", { class: "dw-title" }, name, badge(row.badge));
    const parts = row.line ?? [];
    const hasId = parts.some((part) => part?.id);
    const second = parts.length ? h("div", { class: hasId ? "dw-line dw-flexline" : "dw-line" }, line(parts)) : null;
    return h("div", { class: "dw-main", role: "gridcell" }, first, second);
  },
  meta: (row) => {
    if (!row.meta) return null;
    const lines = row.meta.map(
      (parts) => h("div", { class: "dw-line" }, line(Array.isArray(parts) ? parts : [parts]))
    );
    return h("div", { class: "dw-meta", role: "gridcell" }, lines);
  },
  cells: (row, columns) => columns.slice(1).map(([key]) => {
    const cell = row.cells?.[key] ?? "";
    const tone = cell.tone ? ` dw-${cell.tone}` : "";
    const text = clean(plain(cell));
    return h("span", { class: `dw-cell dw-${key}${tone}`, role: "gridcell", title: text || null }, text);
  }),
  acts: (row, _columns, place) => {
    if (!row.actions?.length && !row.tag && !place) return null;
    const buttons2 = (row.actions ?? []).map((action) => button(action, `row:${action.action}`, "-1"));
    const tag = row.tag ? h("span", { class: "dw-badge dw-plain" }, clean(row.tag)) : null;
    return h("div", { class: "dw-acts", role: "gridcell" }, buttons2, tag);
  },
  note: (row) => row.note && note(row.note, "gridcell")
};
var PART_DATA = {
  tile: (row) => row.tile,
  main: (row) => [row.title, row.mono, row.badge, row.line],
  meta: (row) => row.meta,
  cells: (row, columns) => [row.cells, columns],
  acts: (row, _columns, place) => [row.actions, row.tag, place],
  note: (row) => row.note
};
var ROW_KEYS = { Enter: "edit", Delete: "delete", R: "refresh" };
function iconPlaces(rows) {
  const icons = (row) => row.actions?.every((action) => action.only) ? row.actions.length : 0;
  return rows.reduce((most, row) => Math.max(most, icons(row)), 0);
}
function rowKeys(row) {
  const usable = (row.actions ?? []).filter((action) => !action.disabled).map((action) => action.action);
  return Object.entries(ROW_KEYS).filter(([, action]) => usable.includes(action)).map(([key]) => key).join(" ");
}
function newRow(id) {
  const node = h("div", { role: "row", tabindex: "-1" });
  node.dwId = id;
  return { node, row: null, data: {}, nodes: {} };
}
function drawRow(drawn, row, columns, places) {
  if (drawn.row === row && drawn.columns === columns && drawn.places === places) return;
  Object.assign(drawn, { row, columns, places });
  drawn.node.className = ["dw-row", row.state && `dw-${row.state}`].filter(Boolean).join(" ");
  const keys = rowKeys(row);
  if (keys) drawn.node.setAttribute("aria-keyshortcuts", keys);
  else drawn.node.removeAttribute("aria-keyshortcuts");
  let changed = false;
  for (const [part, draw] of Object.entries(PARTS)) {
    const data = JSON.stringify(PART_DATA[part](row, columns, places > 0)) ?? "";
    if (drawn.data[part] === data) continue;
    const kept = part === "note" ? noteChanges(drawn.nodes.note?.[0]) : {};
    drawn.data[part] = data;
    drawn.nodes[part] = [draw(row, columns, places > 0)].flat().filter(Boolean);
    if (part === "note") restoreNote(drawn.nodes.note[0], kept);
    changed = true;
  }
  if (!changed) return;
  const wanted = Object.keys(PARTS).flatMap((part) => drawn.nodes[part]);
  for (const node of [...drawn.node.childNodes]) if (!wanted.includes(node)) node.remove();
  wanted.forEach((node, index) => {
    if (drawn.node.childNodes[index] !== node)
      drawn.node.insertBefore(node, drawn.node.childNodes[index] ?? null);
  });
}
function controlsOf(rowNode) {
  const found = [...rowNode.querySelectorAll(":scope > .dw-note [data-key], :scope > .dw-acts [data-key]")];
  const inNote = (node) => node.closest(".dw-note") ? 0 : 1;
  return found.filter((node) => !node.disabled).sort((a, b) => inNote(a) - inNote(b));
}

// list/no_rows.js
var buttons = (actions) => (actions ?? []).map((action) => button(action, `own:${action.action}`));
function emptyParts(spec, place) {
  const pick = place === "pick";
  return [
    spec.title && h("h3", { class: pick ? "dw-h" : "dw-h dw-h-l" }, clean(spec.title)),
    spec.text && h("p", { class: pick ? "dw-text dw-sub" : "dw-text" }, clean(spec.text)),
    spec.actions?.length && h("div", { class: "dw-actions" }, buttons(spec.actions))
  ].filter(Boolean);
}
function asking(spec) {
  const text = h("span", { class: "dw-text" }, rich({ text: spec.text, since: spec.since }));
  const spinner = h("span", { class: "dw-spin", "aria-hidden": "true" });
  return h("div", { class: "dw-asking" }, spinner, text, buttons(spec.actions));
}

// list/manage.js
var LONG_LIST = 12;
var MANY_ROWS = 60;
function headings(columns) {
  const names = columns.map(([, text]) => h("span", { role: "columnheader" }, clean(text)));
  const actions = h("span", { role: "columnheader" }, h("span", { class: "dw-sr" }, "Actions"));
  return [...names, actions];
}
function renderManage({ model, el, store, voice }) {
  const list = h("div", { class: "dw-list", role: "grid" });
  const heading = h("div", { class: "dw-colrow", role: "row" });
  const nothing = h("div", { class: "dw-empty" });
  const drawn = /* @__PURE__ */ new Map();
  const rowOf = (node) => drawn.get(node.closest(".dw-row")?.dwId);
  let current = null;
  let nothingDrawn = "";
  el.append(list, nothing, voice);
  const setCurrent = (id) => {
    current = id;
    for (const [key, { node }] of drawn) node.tabIndex = key === id ? 0 : -1;
  };
  const focusRow = (id) => {
    setCurrent(id);
    drawn.get(id)?.node.focus();
  };
  const drawRows = (columns) => {
    const wanted = new Set(store.rows.map((row) => row.id));
    for (const [id, { node }] of [...drawn]) {
      if (wanted.has(id)) continue;
      node.remove();
      drawn.delete(id);
    }
    const places = iconPlaces(store.rows);
    list.style.setProperty("--dw-places", places);
    let after = columns.length ? heading : null;
    for (const row of store.rows) {
      if (!drawn.has(row.id)) drawn.set(row.id, newRow(row.id));
      const item = drawn.get(row.id);
      drawRow(item, row, columns, places);
      const place = after ? after.nextSibling : list.firstChild;
      if (place !== item.node) list.insertBefore(item.node, place);
      after = item.node;
    }
  };
  const update = () => {
    const columns = model.get("columns") ?? [];
    const many = store.rows.length > MANY_ROWS && "dw-many";
    const long = store.rows.length > LONG_LIST && "dw-long";
    list.className = ["dw-list", model.get("variant"), long, many].filter(Boolean).join(" ");
    list.setAttribute("aria-label", clean(model.get("label")));
    const focused = list.contains(document.activeElement) ? document.activeElement : null;
    const before = focused && {
      id: focused.closest(".dw-row")?.dwId,
      key: focused.dataset.key,
      index: [...drawn.keys()].indexOf(focused.closest(".dw-row")?.dwId)
    };
    heading.replaceChildren(...columns.length ? headings(columns) : []);
    if (columns.length && list.firstChild !== heading) list.prepend(heading);
    else if (!columns.length) heading.remove();
    drawRows(columns);
    if (!drawn.has(current)) current = store.rows[0]?.id ?? null;
    setCurrent(current);
    restoreFocus(before);
    drawNothing();
    clock.update();
  };
  const drawNothing = () => {
    const busy = model.get("busy");
    const spec = store.rows.length ? null : busy ?? model.get("empty");
    list.hidden = !store.rows.length;
    nothing.hidden = !spec;
    const data = JSON.stringify([Boolean(busy), spec]);
    if (data !== nothingDrawn)
      nothing.replaceChildren(...spec ? busy ? [asking(spec)] : emptyParts(spec, "manage") : []);
    nothingDrawn = data;
  };
  const restoreFocus = (before) => {
    if (!before || list.contains(document.activeElement) && !document.activeElement.disabled) return;
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
  const press = (event, item, name) => {
    const action = item.row.actions?.find((candidate) => candidate.action === name && !candidate.disabled);
    if (!action || isSlip(event)) return;
    const node = controlsOf(item.node).find((control) => control.dataset.action === name);
    store.act(name, item.row.id, {}, node);
  };
  const safeAnswer = (node) => node.querySelector(".dw-note [data-action='keep']:enabled");
  const answerSafely = (event, node) => {
    if (!isSlip(event)) safeAnswer(node).click();
  };
  list.addEventListener("click", (event) => {
    const pressed = event.target.closest("button[data-action]");
    const item = pressed && rowOf(pressed);
    if (!item) return;
    const inNote = pressed.closest(".dw-note");
    store.act(pressed.dataset.action, item.row.id, inNote ? noteData(inNote) : {}, pressed);
  });
  nothing.addEventListener("click", (event) => {
    const pressed = event.target.closest("button[data-action]");
    if (pressed) store.act(pressed.dataset.action, "", {}, pressed);
  });
  list.addEventListener("focusin", (event) => {
    const item = rowOf(event.target);
    if (item) setCurrent(item.row.id);
  });
  list.addEventListener("keydown", (event) => {
    const item = rowOf(event.target);
    if (!item || isChord(event)) return;
    const onRow = event.target === item.node;
    const inSelect = event.target.tagName === "SELECT";
    const controls = controlsOf(item.node);
    const at = controls.indexOf(event.target);
    const ids = store.rows.map((row) => row.id);
    const to = inSelect ? null : moveIndex(event.key, ids.indexOf(item.row.id), ids.length);
    if (event.key === "ArrowRight" && controls[at + 1]) controls[at + 1].focus();
    else if (event.key === "ArrowLeft" && !onRow) (controls[at - 1] ?? item.node).focus();
    else if (to !== null) focusRow(ids[to]);
    else if (event.key === "Enter" && onRow) press(event, item, "edit");
    else if (event.key === "Delete") press(event, item, "delete");
    else if (event.key === "Escape" && safeAnswer(item.node)) answerSafely(event, item.node);
    else if (event.key.toLowerCase() === "r" && !inSelect) press(event, item, "refresh");
    else return;
    event.preventDefault();
  });
  const clock = tick(el, store.now, (node) => {
    const row = rowOf(node)?.row;
    if (!row?.note?.until) return;
    if (row.note.until_said) voice.textContent = clean(row.note.until_said);
    store.act("elapsed", row.id);
  });
  const receive = (message) => {
    if (message.kind !== "focus") return;
    answerWithFocus(message.gesture, () => {
      const id = message.id || current;
      const item = drawn.get(id);
      if (!item || !isShown(item.node)) return false;
      const control = message.action && controlsOf(item.node).find(({ dataset }) => [dataset.action, dataset.key].includes(message.action));
      if (message.action && !control) return false;
      setCurrent(id);
      (control || item.node).focus();
      return true;
    });
  };
  return { update, receive, stop: clock.stop };
}

// list/rail.js
var REST_MS = 300;
var TYPING_MS = 600;
function railItem(row, id, current) {
  const title2 = clean(row.title);
  const sign = row.badge && icon(row.badge.icon ?? TONE_ICONS[row.badge.tone] ?? "info", `dw-tone-${row.badge.tone}`);
  const said = row.badge ? h("span", { class: "dw-sr" }, clean(row.badge.text)) : null;
  const count = !row.badge && row.count ? h("span", { class: "dw-num" }, clean(row.count)) : null;
  const attributes = {
    class: "dw-rail-item",
    role: "option",
    id,
    "aria-selected": String(row.id === current),
    title: row.badge ? `${title2}: ${clean(row.badge.text)}` : title2
  };
  return h("div", attributes, h("span", {}, marked(title2)), sign, said, count);
}
function railOption(row, current) {
  const text = [clean(row.title), clean(row.badge?.text ?? row.count)].filter(Boolean).join(" · ");
  return h("option", { value: row.id, selected: row.id === current }, text);
}
function renderRail({ model, el, store }) {
  const id = uniqueId();
  const list = h("div", { class: "dw-rail-list", role: "listbox", tabindex: "0" });
  const select = h("select", { class: "dw-select dw-rail-select" });
  el.append(list, select);
  const typed = { text: "", timer: 0 };
  let timer = 0;
  let optionData = "";
  const update = () => {
    const label = clean(model.get("label"));
    const current = model.get("current");
    list.replaceChildren(...store.rows.map((row, index2) => railItem(row, `${id}-${index2}`, current)));
    list.setAttribute("aria-label", label);
    select.setAttribute("aria-label", label);
    const options = store.rows.map((row) => railOption(row, current));
    const data = options.map((option) => option.outerHTML).join("");
    if (data !== optionData) select.replaceChildren(...options);
    optionData = data;
    select.value = current;
    const index = store.rows.findIndex((row) => row.id === current);
    if (index >= 0) list.setAttribute("aria-activedescendant", `${id}-${index}`);
    else list.removeAttribute("aria-activedescendant");
  };
  const choose = (rowId, waitMs = 0) => {
    if (rowId === void 0) return;
    model.set("current", rowId);
    update();
    list.children[store.rows.findIndex((row) => row.id === rowId)]?.scrollIntoView({ block: "nearest" });
    clearTimeout(timer);
    timer = setTimeout(() => store.act("choose", rowId, {}, [list, select].find(isShown)), waitMs);
  };
  const chooseByLetter = (letter) => {
    clearTimeout(typed.timer);
    typed.text += letter.toLowerCase();
    typed.timer = setTimeout(() => {
      typed.text = "";
    }, TYPING_MS);
    choose(store.rows.find((row) => clean(row.title).toLowerCase().startsWith(typed.text))?.id, REST_MS);
  };
  list.addEventListener("click", (event) => {
    const item = event.target.closest(".dw-rail-item");
    if (item) choose(store.rows[[...list.children].indexOf(item)]?.id);
  });
  list.addEventListener("keydown", (event) => {
    if (isChord(event)) return;
    const ids = store.rows.map((row) => row.id);
    const to = moveIndex(event.key, ids.indexOf(model.get("current")), ids.length);
    if (to !== null) choose(ids[to], REST_MS);
    else if (event.key === "Enter" || event.key === " ") choose(model.get("current"));
    else if (event.key.length === 1) chooseByLetter(event.key);
    else return;
    event.preventDefault();
  });
  select.addEventListener("change", () => choose(select.value));
  model.on("change:current", update);
  const receive = (message) => answerWithFocus(message.gesture, () => {
    const shown = [list, select].find(isShown);
    shown?.focus();
    return Boolean(shown);
  });
  const stop = () => {
    clearTimeout(timer);
    clearTimeout(typed.timer);
    model.off("change:current", update);
  };
  return { update, receive, stop };
}

// shared/waiting.js
var SAID_AFTER_MS = 1e3;
var FORGOTTEN_AFTER_MS = 6e4;
var WAITS = "dw-waits";
function waitFor(node, forget, { saidMs = SAID_AFTER_MS, forgottenMs = FORGOTTEN_AFTER_MS } = {}) {
  node?.setAttribute("aria-busy", "true");
  const said = setTimeout(() => node?.dispatchEvent(new CustomEvent(WAITS, { bubbles: true })), saidMs);
  const end = () => {
    clearTimeout(said);
    clearTimeout(forgotten);
    node?.removeAttribute("aria-busy");
  };
  const forgotten = setTimeout(() => {
    end();
    forget();
  }, forgottenMs);
  return end;
}
function openPresses(times) {
  const waiting = /* @__PURE__ */ new Map();
  const begin = (key, node) => {
    if (waiting.has(key)) return null;
    const press = Math.random().toString(36).slice(2);
    waiting.set(key, { press, end: waitFor(node, () => waiting.delete(key), times) });
    return press;
  };
  const answered = (press) => {
    for (const [key, found] of [...waiting]) {
      if (found.press !== press) continue;
      found.end();
      waiting.delete(key);
    }
  };
  const stop = () => {
    for (const { end } of waiting.values()) end();
    waiting.clear();
  };
  return { begin, answered, stop };
}

// list/store.js
var MISSED_AFTER_MS = 1e3;
var decode = (buffer) => JSON.parse(new TextDecoder().decode(buffer));
function applyPatch(rows, changed) {
  const news = new Map(changed.map((row) => [row.id, row]));
  return rows.map((row) => news.get(row.id) ?? row);
}
function openSender(send, times) {
  const { begin, answered, stop } = openPresses(times);
  const act = (action, id = "", data = {}, node = null) => {
    const press = begin(JSON.stringify([action, id, data]), node);
    if (press) send({ kind: "action", action, id, data, press });
  };
  return { act, answered, stop };
}
function openStore(model) {
  const store = { rows: [], revision: -1, clockOffset: 0, lastView: null, views: /* @__PURE__ */ new Set() };
  const sender = openSender((message) => model.send({ ...message, gesture: lastGesture() }));
  store.act = sender.act;
  store.now = () => Date.now() / 1e3 + store.clockOffset;
  const take = (rows, state) => {
    store.rows = rows;
    store.revision = state.revision;
    store.clockOffset = state.now - Date.now() / 1e3;
    for (const view of store.views) view.update();
  };
  const loadAll = () => {
    const state = decode(model.get("_rows"));
    if (state.revision >= store.revision) take(state.rows, state);
  };
  let timer = 0;
  const catchUp = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (store.revision < model.get("_revision")) model.send({ kind: "rows" });
    }, MISSED_AFTER_MS);
  };
  const onMessage = (message, buffers) => {
    if (message?.kind === "patch") {
      const patch = decode(buffers[0]);
      if (patch.base === store.revision) take(applyPatch(store.rows, patch.rows), patch);
      else if (patch.base > store.revision) model.send({ kind: "rows" });
    } else if (message?.kind === "answered") {
      sender.answered(message.press);
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
    sender.stop();
    model.off("change:_rows", loadAll);
    model.off("change:_revision", catchUp);
    model.off("msg:custom", onMessage);
  };
  return store;
}

// pick/by_hand.js
var ASK_OWNER = "Which provider serves it?";
function openByHand(pick) {
  const { ui } = pick;
  let prefilled = "";
  let ownersDrawn = "";
  const owner = h("select", { class: "dw-select dw-owner", "aria-label": "Provider", hidden: true });
  const question = h("div", { class: "dw-msg dw-error dw-i-error", role: "alert", hidden: true });
  ui.typedKind.after(owner);
  ui.byHand.append(question);
  const ask = (words2) => {
    question.textContent = words2;
    question.hidden = !words2;
    owner.classList.toggle("dw-invalid", Boolean(words2));
    if (words2) owner.setAttribute("aria-invalid", "true");
    else owner.removeAttribute("aria-invalid");
  };
  const drawOwners = (owners) => {
    const data = JSON.stringify(owners);
    if (data === ownersDrawn) return;
    ownersDrawn = data;
    const chosen = owner.value;
    const options = [["", "Choose a provider"], ...owners];
    owner.replaceChildren(...options.map(([value, name]) => h("option", { value }, clean(name))));
    owner.value = owners.some(([value]) => value === chosen) ? chosen : "";
    owner.hidden = !owners.length;
    ui.byHand.classList.toggle("dw-owned", owners.length > 0);
    if (!owners.length) ask("");
  };
  const draw = (query) => {
    const options = pick.options();
    ui.byHand.hidden = !options.by_hand;
    ui.addTyped.textContent = options.by_hand_label;
    drawOwners(options.owners ?? []);
    const offersId = Boolean(pick.store.rows.length && query && !pick.counts.all);
    if (ui.typed.value === prefilled && document.activeElement !== ui.typed) {
      prefilled = offersId ? query : "";
      ui.typed.value = prefilled;
    }
    ui.addTyped.classList.toggle("mod-primary", offersId);
  };
  const empty = () => {
    ui.typed.value = "";
    prefilled = "";
    if (pick.state.query.trim() && !pick.counts.all) pick.search("");
  };
  const add = () => {
    const text = ui.typed.value.trim();
    if (!text) return ui.typed.focus();
    if (!owner.hidden && !owner.value) {
      ask(ASK_OWNER);
      return owner.focus();
    }
    const whose = owner.hidden ? {} : { provider: owner.value };
    pick.act("add_by_hand", "", { model: text, kind: ui.typedKind.value, ...whose });
  };
  owner.addEventListener("change", () => ask(""));
  ui.addTyped.addEventListener("click", add);
  ui.typed.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (!event.repeat) add();
    event.preventDefault();
    event.stopPropagation();
  });
  return { draw, empty };
}

// pick/filter.js
var KINDS = ["chat", "embedding", "other"];
function haystack(row) {
  const parts = [row.title, ...(row.line ?? []).map(plain), row.from, row.search];
  return parts.filter(Boolean).map(clean).join(" ").toLowerCase();
}
function hasKind(row, chip) {
  return chip === "all" || (chip === "new" ? Boolean(row.new) : (row.kind ?? "other") === chip);
}
function countKinds(rows) {
  const counts = { all: rows.length, chat: 0, embedding: 0, other: 0, new: 0 };
  for (const row of rows) {
    counts[KINDS.includes(row.kind) ? row.kind : "other"] += 1;
    if (row.new) counts.new += 1;
  }
  return counts;
}
function search(rows, hay, query) {
  const wanted = words(query);
  if (!wanted.length) return rows;
  return rows.filter((_, index) => wanted.every((word) => hay[index].includes(word)));
}

// pick/frame.js
var searchField = (id) => h("input", {
  type: "search",
  placeholder: "Search id, name, owner",
  "aria-label": "Search models",
  role: "combobox",
  "aria-expanded": "true",
  "aria-autocomplete": "list",
  "aria-controls": id,
  autocomplete: "off",
  spellcheck: "false"
});
var clearButton = () => h("button", {
  type: "button",
  tabindex: "-1",
  class: "dw-btn dw-quiet dw-only dw-i-close",
  "aria-label": "Clear the search",
  title: "Clear the search"
});
var typedField = () => h("input", {
  type: "text",
  class: "dw-input dw-mono",
  "aria-label": "Model id",
  placeholder: "Type a model id",
  spellcheck: "false",
  autocomplete: "off",
  maxlength: "512"
});
var kindChoice = () => h(
  "select",
  { class: "dw-select", "aria-label": "Kind" },
  h("option", {}, "chat"),
  h("option", {}, "embedding")
);
function pickFrame() {
  const id = uniqueId();
  const box = (name, ...children) => h("div", { class: name }, ...children);
  const parts = {
    id,
    search: searchField(id),
    clear: clearButton(),
    sort: h("select", { class: "dw-select dw-sort", "aria-label": "Sort by" }),
    chips: h("div", { class: "dw-chips", role: "radiogroup", "aria-label": "Kind" }),
    count: h("span", { class: "dw-sub" }),
    columns: h("div", { class: "dw-cols", "aria-hidden": "true" }),
    view: h("div", { class: "dw-view", id, role: "listbox", tabindex: "0" }),
    pad: h("div", { class: "dw-pad", role: "presentation" }),
    noteBox: box("dw-note-box"),
    nothing: box("dw-nomatch"),
    picked: box("dw-picked"),
    typed: typedField(),
    typedKind: kindChoice(),
    addTyped: h("button", { type: "button", class: "dw-btn" })
  };
  parts.tools = box("dw-tools", box("dw-search", icon("search"), parts.search, parts.clear), parts.sort);
  parts.filter = box("dw-filter", parts.chips, parts.count);
  parts.view.append(parts.pad);
  const notListed = h("span", { class: "dw-sub" }, "Not listed?");
  parts.byHand = box("dw-byhand", notListed, parts.typed, parts.typedKind, parts.addTyped);
  const below = [parts.nothing, parts.picked, parts.byHand];
  parts.list = box("dw-list", parts.columns, parts.noteBox, parts.view, ...below);
  return parts;
}

// pick/keyboard.js
function meaning(event, { inField, inList, query, hasSelection, current, count, page }) {
  if (event.isComposing || !event.key) return null;
  const moves = !inField || inList || ["ArrowDown", "PageDown"].includes(event.key);
  const to = moves && !isChord(event) ? moveIndex(event.key, current, count, page) : null;
  if (to !== null && event.shiftKey && inList) return ["run", to];
  if (to !== null && event.key === "ArrowUp" && inField && current === 0) return ["leave"];
  if (to !== null) return ["go", to];
  if (event.key === " " && (inList || !inField)) return ["toggle"];
  const isAll = event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey);
  if (isAll && (inList || !inField || !query)) return ["all"];
  if (event.key === "Enter") return ["enter"];
  if (event.key === "Escape" && query) return ["clear"];
  if (event.key === "Escape" && hasSelection) return ["unselect"];
  return null;
}
function listenToKeys(pick) {
  const { ui, state, selection, rows, voice } = pick;
  const enter = () => {
    const row = pick.shown[state.current];
    const chosen = selection.ids();
    if (!pick.options().add) selection.toggle(state.current);
    else if (chosen.length) selection.add(chosen);
    else if (row && !row.have) selection.add([row.id]);
    else if (row) voice.textContent = `${clean(row.title)} is in the catalog already`;
  };
  const commands = {
    run: (to) => {
      selection.runTo(to);
      rows.goTo(to);
    },
    leave: () => {
      Object.assign(state, { current: -1, anchor: -1 });
      rows.draw();
    },
    go: (to) => {
      state.anchor = -1;
      rows.goTo(to);
    },
    toggle: () => selection.toggle(state.current),
    all: selection.all,
    enter,
    clear: () => pick.search(""),
    unselect: () => selection.select([])
  };
  const moving = ["run", "go"];
  const onKey = (event) => {
    const found = meaning(event, {
      inField: event.target === ui.search,
      inList: state.current >= 0,
      query: state.query,
      hasSelection: selection.ids().length > 0,
      current: state.current,
      count: pick.shown.length,
      page: rows.page()
    });
    if (!found) return;
    const [command, to] = found;
    if (!event.repeat || moving.includes(command)) commands[command](to);
    event.preventDefault();
    event.stopPropagation();
  };
  ui.search.addEventListener("keydown", onKey);
  ui.view.addEventListener("keydown", (event) => {
    onKey(event);
    const types = event.key.length === 1 && event.key !== " " && !isChord(event);
    if (types && !event.defaultPrevented) ui.search.focus();
  });
  ui.view.addEventListener("focus", () => {
    if (state.current < 0 && pick.shown.length && ui.view.matches(":focus-visible"))
      rows.goTo(rows.firstInSight());
  });
}

// pick/tools.js
var REST_MS2 = 300;
var ORDERS = {
  name: "By name",
  created: "Newest first",
  context: "Largest context",
  price: "Cheapest first"
};
var CHIPS = [
  ["all", "All"],
  ["chat", "Chat"],
  ["embedding", "Embedding"],
  ["other", "Other"],
  ["new", "New"]
];
function countText(shown, total) {
  const noun = total === 1 ? "model" : "models";
  return shown === total ? `${grouped(total)} ${noun}` : `${grouped(shown)} of ${grouped(total)} ${noun}`;
}
function openTools(pick) {
  const { ui, state, store, voice } = pick;
  let timer = 0;
  const drawCount = () => {
    const total = pick.options().total ?? store.rows.length;
    ui.count.textContent = store.rows.length ? countText(pick.shown.length, total) : "";
    ui.clear.hidden = !state.query;
  };
  const sayCount = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      voice.textContent = ui.count.textContent;
    }, REST_MS2);
  };
  const chip = (key, text, number) => {
    const on = key === state.chip;
    const attributes = {
      type: "button",
      class: "dw-chip",
      role: "radio",
      "aria-checked": String(on),
      tabindex: on ? "0" : "-1",
      "data-chip": key
    };
    return h("button", attributes, `${text} `, h("span", { class: "dw-num" }, number));
  };
  const drawChips = () => {
    const unknown = !store.rows.length;
    const some = store.rows.some((row) => row.new);
    const focused = ui.chips.contains(document.activeElement);
    const offered = CHIPS.filter(([key]) => key !== "new" || some);
    ui.chips.replaceChildren(
      ...offered.map(([key, text]) => chip(key, text, unknown ? "–" : grouped(pick.counts[key])))
    );
    if (focused) ui.chips.querySelector('[tabindex="0"]').focus();
  };
  const setChip = (key) => {
    state.chip = key;
    pick.refilter();
  };
  const drawOrders = (orders, order) => {
    const choices = orders.map((key) => h("option", { value: key, selected: key === order }, ORDERS[key]));
    ui.sort.replaceChildren(...choices);
  };
  ui.sort.addEventListener("change", () => {
    state.order = ui.sort.value;
    pick.refilter();
  });
  ui.chips.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-chip]");
    if (pressed) setChip(pressed.dataset.chip);
  });
  ui.chips.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const keys = [...ui.chips.children].map((node) => node.dataset.chip);
    setChip(keys[(keys.indexOf(state.chip) + step + keys.length) % keys.length]);
    ui.chips.querySelector('[tabindex="0"]').focus();
    event.preventDefault();
  });
  return { drawCount, drawChips, drawOrders, sayCount, setChip, stop: () => clearTimeout(timer) };
}

// pick/nothing.js
var SHOW_ALL_KINDS = { action: "", label: "Show all kinds" };
var SEARCH_ALL = { action: "search_all", label: "Search all providers" };
var CLEAR_SEARCH = { action: "clear_search", label: "Clear search" };
function noMatch(query, counts, chip, options) {
  if (counts.all) {
    const kind = CHIPS.find(([key]) => key === chip)[1].toLowerCase();
    const title2 = `None of the ${grouped(counts.all)} found is of the kind ${kind}`;
    return { title: title2, actions: [SHOW_ALL_KINDS] };
  }
  const place = options.where ? ` at ${clean(options.where)}` : "";
  const how = options.add ? "add it by hand" : "type it below";
  return {
    title: `Nothing${place} matches “${query}”`,
    text: `Servers do not list everything that they serve.${options.by_hand ? ` If the id is right, ${how}.` : ""}`,
    actions: [options.search_all ? SEARCH_ALL : CLEAR_SEARCH]
  };
}
function openNothing(pick) {
  const { ui, model, state, store } = pick;
  let noteDrawn = "";
  let contentDrawn = "";
  const drawNote = (spec) => {
    ui.noteBox.hidden = !spec;
    const data = JSON.stringify(spec);
    if (noteDrawn === data) return;
    noteDrawn = data;
    const focused = ui.noteBox.contains(document.activeElement) && document.activeElement.dataset.key;
    const chosen = noteData(ui.noteBox);
    ui.noteBox.replaceChildren(...spec ? [note(spec)] : []);
    restoreNote(ui.noteBox, chosen);
    if (focused)
      (ui.noteBox.querySelector(`[data-key="${focused}"]:not(:disabled)`) ?? pick.focusable()).focus();
  };
  const content = (busy, empty, spec) => {
    if (!store.rows.length && busy) return ["busy", busy];
    if (!store.rows.length && empty && !spec) return ["empty", empty];
    if (store.rows.length && !pick.shown.length)
      return ["empty", noMatch(state.query.trim(), pick.counts, state.chip, pick.options())];
    return ["", null];
  };
  const draw = () => {
    const [spec, busy, empty] = [model.get("note"), model.get("busy"), model.get("empty")];
    drawNote(spec);
    const [kind, said] = content(busy, empty, spec);
    ui.nothing.hidden = !kind;
    const data = JSON.stringify([kind, said]);
    if (data !== contentDrawn) {
      const drawn = kind === "busy" ? [asking(said)] : kind ? emptyParts(said, "pick") : [];
      const focused = ui.nothing.contains(document.activeElement);
      ui.nothing.replaceChildren(...drawn);
      if (focused) pick.focusable().focus();
    }
    contentDrawn = data;
  };
  const onClick = (event) => {
    const pressed = event.target.closest("button[data-action]");
    if (!pressed) return;
    const { action } = pressed.dataset;
    if (action === "") pick.tools.setChip("all");
    else if (action === "clear_search") ui.clear.click();
    else if (action === "search_all") pick.act(action, "", { query: state.query }, pressed);
    else pick.act(action, "", noteData(pressed.closest(".dw-note")), pressed);
  };
  ui.nothing.addEventListener("click", onClick);
  ui.noteBox.addEventListener("click", onClick);
  return { draw };
}

// pick/pointer.js
function listenToPointer(pick) {
  const { ui, state, selection } = pick;
  const indexOf = (event) => event.target.closest(".dw-model")?.dwIndex;
  ui.view.addEventListener("click", (event) => {
    const index = indexOf(event);
    if (index === void 0) return;
    if (event.shiftKey && pick.options().multiple) {
      selection.runTo(index);
    } else {
      state.current = index;
      selection.toggle(index);
    }
  });
  ui.view.addEventListener("dblclick", (event) => {
    const row = pick.shown[indexOf(event)];
    if (row && !row.have) selection.add([row.id]);
  });
  ui.view.addEventListener("mousedown", (event) => {
    if (event.shiftKey || event.detail > 1) event.preventDefault();
  });
}

// pick/selection.js
function selectRun(before, rows, from, to) {
  const run2 = rows.slice(Math.min(from, to), Math.max(from, to) + 1).filter((row) => !row.have);
  return [.../* @__PURE__ */ new Set([...before, ...run2.map((row) => row.id)])];
}
function openSelection(pick) {
  const { model, state } = pick;
  const ids = () => model.get("selected") ?? [];
  const select = (chosen) => {
    model.set("selected", pick.options().multiple ? chosen : chosen.slice(-1));
    model.save_changes();
    pick.drawSelection();
  };
  const toggle = (index) => {
    const row = pick.shown[index];
    if (!row || row.have) return;
    const chosen = ids();
    if (!pick.options().multiple) select([row.id]);
    else select(chosen.includes(row.id) ? chosen.filter((id) => id !== row.id) : [...chosen, row.id]);
    Object.assign(state, { anchor: index, beforeRun: ids() });
  };
  const runTo = (index) => {
    if (state.anchor < 0) Object.assign(state, { anchor: Math.max(0, state.current), beforeRun: ids() });
    state.current = index;
    if (pick.options().multiple) select(selectRun(state.beforeRun, pick.shown, state.anchor, index));
  };
  const all = () => {
    if (pick.options().multiple) select(selectRun(ids(), pick.shown, 0, pick.shown.length - 1));
  };
  const add = (chosen) => {
    if (chosen.length && pick.options().add) pick.act("add", "", { ids: chosen });
  };
  return { ids, select, toggle, runTo, all, add };
}

// pick/selection_bar.js
var mutedWide = (...children) => h("span", { class: "dw-sub dw-wide-only" }, ...children);
function hint({ multiple, add }) {
  if (!add) return h("span", { class: "dw-sub" }, "Space or a click selects");
  const more = multiple ? " one, Shift+arrow selects a run" : "";
  return h(
    "span",
    { class: "dw-sub" },
    "Space selects, Enter adds",
    h("span", { class: "dw-wide-only" }, more)
  );
}
function valueText(row, valueName) {
  const code = (content) => h("span", { class: "dw-mono" }, clean(content));
  const id = row?.mono ? row.title : plain(row?.line?.find((part) => part?.mono || part?.id) ?? row?.id);
  return mutedWide(code(valueName), " is ", code(id));
}
function barText(chosen, options, rows) {
  const { multiple, add, value_name: valueName } = options;
  if (!chosen.length) return [hint(options)];
  if (multiple) {
    const filled = add ? mutedWide("names and kinds are filled in") : null;
    return [h("b", {}, `${grouped(chosen.length)} selected`), " ", filled];
  }
  const row = rows.find((candidate) => candidate.id === chosen[0]);
  return [h("b", {}, clean(row?.title ?? "")), " ", valueName ? valueText(row, valueName) : null];
}
function barButtons(chosen, { multiple, add }) {
  const button2 = (key, style, attributes, ...label2) => h("button", { type: "button", class: `dw-btn ${style}`, "data-key": key, ...attributes }, ...label2);
  const clear = chosen.length ? button2("clear", "dw-quiet", {}, "Clear") : null;
  if (!add) return [clear];
  const number = chosen.length && multiple ? ` ${grouped(chosen.length)}` : "";
  const label = h(
    "span",
    {},
    `Add${number}`,
    h("span", { class: number ? "dw-roomy" : null }, " to catalog")
  );
  return [clear, button2("add", "mod-primary", { disabled: !chosen.length }, label)];
}
function openSelectionBar(pick) {
  const { ui, store, selection } = pick;
  const draw = () => {
    const options = pick.options();
    const chosen = selection.ids();
    const focusedKey = ui.picked.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const text = h("div", { class: "dw-picked-text" }, barText(chosen, options, store.rows));
    ui.picked.replaceChildren(text, ...barButtons(chosen, options).filter(Boolean));
    ui.picked.style.visibility = store.rows.length ? "" : "hidden";
    if (focusedKey) {
      const same = ui.picked.querySelector(`[data-key="${focusedKey}"]:not(:disabled)`);
      (same ?? ui.search).focus();
    }
  };
  ui.picked.addEventListener("click", (event) => {
    const key = event.target.closest("button")?.dataset.key;
    if (key === "clear") selection.select([]);
    else if (key === "add") selection.add(selection.ids());
  });
  return { draw };
}

// pick/sort.js
var DESCENDING = { created: true, context: true };
var collator = new Intl.Collator(void 0, { numeric: true, sensitivity: "base" });
var isKnown = (value) => value !== void 0 && value !== null;
function sortRows(rows, order) {
  const name = (row) => row.sort?.name ?? row.title ?? row.id;
  const keyed = rows.map((row, index) => ({ row, index, name: name(row), value: row.sort?.[order] }));
  const byName = (a, b) => collator.compare(a.name, b.name) || a.index - b.index;
  const sign = DESCENDING[order] ? -1 : 1;
  const byValue = (a, b) => {
    if (a.value === b.value) return byName(a, b);
    if (!isKnown(a.value)) return 1;
    if (!isKnown(b.value)) return -1;
    return sign * (a.value - b.value) || byName(a, b);
  };
  return keyed.sort(order === "name" ? byName : byValue).map((item) => item.row);
}
function usableOrders(rows) {
  const known = (key) => rows.some((row) => isKnown(row.sort?.[key]));
  return ["name", ...["created", "context", "price"].filter(known)];
}

// pick/model_row.js
function modelRow(row, columns, wanted, options) {
  const mixed = Boolean(row.from);
  const sign = options.multiple ? "dw-box" : "dw-box dw-round";
  const box = row.have ? icon("check") : h("span", { class: sign, "aria-hidden": "true" });
  const name = h("span", { class: "dw-name" }, title(row, wanted));
  const have = row.have ? h("span", { class: "dw-have" }, h("span", {}, "in catalog")) : null;
  const parts = (row.line ?? []).slice(0, 1).map((part) => {
    if (part?.mono || part?.id) return longId(part.text, wanted);
    return h("span", { class: mixed ? "dw-since" : null }, rich(part, wanted));
  });
  const from = mixed ? h("span", { class: "dw-from" }, marked(clean(row.from), wanted)) : null;
  const second = h("div", { class: "dw-line dw-flexline" }, from, parts);
  const cells = columns.slice(1).map(([key]) => {
    const given = row.cells?.[key] ?? (key === "kind" ? row.kind ?? "other" : "");
    return h("span", { class: `dw-cell dw-${key}` }, clean(plain(given)) || "–");
  });
  const main = h("div", { class: "dw-main" }, h("div", { class: "dw-title" }, name, have), second);
  const attributes = {
    class: ["dw-model", mixed && "dw-mixed", isTitledById(row) && "dw-by-id"].filter(Boolean).join(" "),
    role: "option",
    "aria-disabled": row.have ? "true" : null
  };
  return h("div", attributes, box, main, cells);
}

// pick/virtual_rows.js
var ROWS_IN_SIGHT = 7.05;
var ROW_HEIGHT = 44;
function windowOf(scrollTop, height, rowHeight, count, around = 6) {
  const start = Math.max(0, Math.floor(scrollTop / rowHeight) - around);
  return [Math.min(start, count), Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + around)];
}
function openVirtualRows(pick) {
  const { ui, state } = pick;
  const nodes = /* @__PURE__ */ new Map();
  let rowHeight = ROW_HEIGHT;
  let frame = 0;
  let top = 0;
  const height = () => ROWS_IN_SIGHT * rowHeight;
  const scrollTo = (place) => {
    const wanted = Math.max(0, Math.min(place, pick.shown.length * rowHeight - height()));
    if (wanted !== top) ui.view.scrollTop = wanted;
    top = wanted;
  };
  const nodeOf = (index, wanted) => {
    const row = pick.shown[index];
    if (!nodes.has(index)) {
      const node = modelRow(row, pick.columns, wanted, pick.options());
      node.id = `${ui.id}-${index}`;
      node.dwIndex = index;
      nodes.set(index, { node, row, query: state.query, columns: pick.columns });
    }
    return nodes.get(index).node;
  };
  const draw = () => {
    const count = pick.shown.length;
    const [start, end] = windowOf(top, height(), rowHeight, count);
    const chosen = new Set(pick.selection.ids());
    const wanted = words(state.query);
    for (const [index, { node, row, query, columns }] of nodes) {
      const isSame = row === pick.shown[index] && query === state.query && columns === pick.columns;
      if (index >= start && index < end && isSame) continue;
      node.remove();
      nodes.delete(index);
    }
    let after = null;
    for (let index = start; index < end; index += 1) {
      const node = nodeOf(index, wanted);
      node.setAttribute("aria-selected", String(chosen.has(pick.shown[index].id)));
      node.setAttribute("aria-posinset", index + 1);
      node.setAttribute("aria-setsize", count);
      node.classList.toggle("dw-current", index === state.current);
      const place = after ? after.nextSibling : ui.pad.firstChild;
      if (place !== node) ui.pad.insertBefore(node, place);
      after = node;
    }
    ui.pad.style.paddingTop = `${start * rowHeight}px`;
    ui.pad.style.height = `${count * rowHeight}px`;
    const active = state.current >= start && state.current < end ? `${ui.id}-${state.current}` : null;
    for (const field of [ui.search, ui.view]) {
      if (active) field.setAttribute("aria-activedescendant", active);
      else field.removeAttribute("aria-activedescendant");
    }
  };
  const goTo = (index) => {
    state.current = index;
    const [start, end] = [index * rowHeight, (index + 1) * rowHeight];
    if (start < top) scrollTo(start);
    else if (end > top + height()) scrollTo(end - height());
    draw();
  };
  const holdPlace = () => {
    const first = Math.floor(top / rowHeight);
    const offset = top - first * rowHeight;
    const seen = pick.shown.slice(first, first + Math.ceil(ROWS_IN_SIGHT)).map((row) => row.id);
    return () => {
      const places = new Map(pick.shown.map((row, index) => [row.id, index]));
      const kept = seen.findIndex((id) => places.has(id));
      scrollTo(kept < 0 ? 0 : (places.get(seen[kept]) - kept) * rowHeight + offset);
    };
  };
  const firstInSight = () => windowOf(top, 0, rowHeight, pick.shown.length, 0)[0];
  const page = () => Math.max(1, Math.floor(height() / rowHeight) - 1);
  ui.view.addEventListener(
    "scroll",
    () => {
      top = ui.view.scrollTop;
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(draw);
    },
    { passive: true }
  );
  const resized = new ResizeObserver(() => {
    const given = ui.pad.firstElementChild?.getBoundingClientRect().height;
    if (given && given !== rowHeight) {
      rowHeight = given;
      pick.layOut();
    }
    if (isShown(ui.view)) top = ui.view.scrollTop;
    draw();
  });
  resized.observe(ui.view);
  resized.observe(ui.search);
  const stop = () => {
    cancelAnimationFrame(frame);
    resized.disconnect();
  };
  return { draw, goTo, scrollTo, holdPlace, height, firstInSight, page, stop };
}

// pick/pick.js
var COLUMNS = [
  ["", "Model"],
  ["kind", "Kind"],
  ["context", "Context"],
  ["price", "Per 1M in / out"]
];
var DEFAULTS = { multiple: true, add: true, kinds: true, by_hand: true, by_hand_label: "Add by hand" };
function renderPick({ model, el, store, voice }) {
  const ui = pickFrame();
  el.append(ui.tools, ui.filter, ui.list, voice);
  let sorted = [];
  let hay = [];
  let sortedFrom = { rows: null, made: "", orders: [] };
  const pick = {
    model,
    store,
    ui,
    voice,
    act: (action, id, data, node) => {
      const own = action === "add" ? ui.picked.querySelector('[data-key="add"]') : ui.addTyped;
      store.act(action, id, data, node ?? own);
    },
    shown: [],
    counts: countKinds([]),
    columns: COLUMNS
  };
  pick.state = {
    query: "",
    chip: "all",
    order: "",
    current: -1,
    // the index that the keys have come to
    anchor: -1,
    // where a run of rows began
    beforeRun: []
  };
  const { state } = pick;
  pick.focusable = () => ui.tools.hidden ? ui.typed : ui.search;
  pick.options = () => ({ ...DEFAULTS, ...model.get("pick") });
  const drawColumns = () => {
    const has = (key) => key === "kind" || sorted.some((row) => plain(row.cells?.[key] ?? ""));
    const wanted = model.get("columns")?.length ? model.get("columns") : COLUMNS;
    pick.columns = wanted.filter(([key]) => key === "" || has(key));
    for (const key of ["context", "price"]) {
      ui.list.classList.toggle(`dw-no${key}`, !pick.columns.some(([name]) => name === key));
    }
    ui.columns.replaceChildren(h("span"), ...pick.columns.map(([, text]) => h("span", {}, clean(text))));
  };
  const sortAll = () => {
    const orders = sortedFrom.rows === store.rows ? sortedFrom.orders : usableOrders(store.rows);
    const order = [state.order, pick.options().sort].find((key) => orders.includes(key)) ?? "name";
    const made = JSON.stringify([order, model.get("columns")]);
    if (sortedFrom.rows === store.rows && sortedFrom.made === made) return;
    sortedFrom = { rows: store.rows, made, orders };
    sorted = sortRows(store.rows, order);
    hay = sorted.map(haystack);
    pick.tools.drawOrders(orders, order);
    drawColumns();
  };
  const filterAll = () => {
    const found = search(sorted, hay, state.query);
    pick.counts = countKinds(found);
    if (state.chip !== "all" && !sorted.some((row) => hasKind(row, state.chip))) state.chip = "all";
    pick.shown = state.chip === "all" ? found : found.filter((row) => hasKind(row, state.chip));
  };
  pick.layOut = () => {
    const some = pick.shown.length > 0;
    const none = !store.rows.length && Boolean(model.get("note"));
    ui.tools.hidden = none;
    ui.filter.hidden = none || !pick.options().kinds;
    ui.columns.hidden = !some;
    ui.view.hidden = !some;
    ui.search.setAttribute("aria-expanded", String(some));
    ui.view.setAttribute("aria-label", clean(model.get("label")) || "Models");
    ui.view.setAttribute("aria-multiselectable", String(pick.options().multiple));
    ui.view.style.height = `${pick.rows.height()}px`;
  };
  const drawAll = () => {
    pick.tools.drawCount();
    pick.tools.drawChips();
    pick.nothing.draw();
    pick.byHand.draw(state.query.trim());
    pick.bar.draw();
    pick.layOut();
    clock.update();
  };
  pick.drawSelection = () => {
    pick.bar.draw();
    pick.rows.draw();
  };
  pick.refilter = () => {
    sortAll();
    filterAll();
    Object.assign(state, { current: -1, anchor: -1 });
    drawAll();
    pick.rows.scrollTo(0);
    pick.rows.draw();
    pick.tools.sayCount();
  };
  pick.search = (query) => {
    state.query = query;
    if (ui.search.value !== query) ui.search.value = query;
    pick.refilter();
  };
  pick.selection = openSelection(pick);
  pick.rows = openVirtualRows(pick);
  pick.tools = openTools(pick);
  pick.bar = openSelectionBar(pick);
  pick.byHand = openByHand(pick);
  pick.nothing = openNothing(pick);
  const clock = tick(el, store.now, () => {
  });
  listenToKeys(pick);
  listenToPointer(pick);
  ui.search.addEventListener("input", () => pick.search(ui.search.value));
  ui.clear.addEventListener("click", () => {
    pick.search("");
    ui.search.focus();
  });
  model.on("change:selected", pick.drawSelection);
  const update = () => {
    const lookAgain = pick.rows.holdPlace();
    const currentId = pick.shown[state.current]?.id;
    sortAll();
    filterAll();
    state.current = currentId === void 0 ? -1 : pick.shown.findIndex((row) => row.id === currentId);
    state.anchor = -1;
    drawAll();
    pick.rows.draw();
    lookAgain();
    pick.rows.draw();
  };
  const focus = (id) => {
    if (!isShown(ui.search)) return false;
    ui.search.focus();
    const index = pick.shown.findIndex((row) => row.id === id);
    if (index >= 0) pick.rows.goTo(index);
    return true;
  };
  const receive = (message) => {
    if (message.kind === "filter") {
      state.chip = message.chip;
      pick.search(message.query);
    } else if (message.kind === "by_hand_done") {
      pick.byHand.empty();
    } else {
      answerWithFocus(message.gesture, () => focus(message.id));
    }
  };
  const stop = () => {
    clock.stop();
    pick.tools.stop();
    pick.rows.stop();
    model.off("change:selected", pick.drawSelection);
  };
  return { update, receive, stop };
}

// shared/standing_alone.js
var STYLES = "dispatch-widgets-css";
function dress(model, el, root) {
  if (!el.isConnected || el.parentElement.closest(".dw-panel")) return;
  root().classList.add("dw-panel", "dw-alone");
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
function standAlone(model, el, root = () => el) {
  const attached = new ResizeObserver(() => dress(model, el, root));
  attached.observe(el);
  return () => attached.disconnect();
}

// item_list.js
var MODES = {
  manage: [renderManage, "dw-manage"],
  pick: [renderPick, "dw-picklist"],
  rail: [renderRail, "dw-rail"]
};
var TRAITS = ["label", "variant", "columns", "busy", "empty", "note", "pick"];
var item_list_default = () => {
  let store = null;
  return {
    initialize({ model }) {
      store = openStore(model);
      return () => store.close();
    },
    render({ model, el }) {
      const [render, name] = MODES[model.get("mode")];
      el.classList.add("dw-itemlist", name);
      const stops = [ignoreSlips(el), standAlone(model, el)];
      const voice = h("div", { class: "dw-sr", role: "status" });
      const view = render({ model, el, store, voice });
      const use = () => {
        store.lastView = view;
      };
      el.addEventListener("pointerdown", use);
      el.addEventListener("focusin", use);
      store.views.add(view);
      for (const trait of TRAITS) model.on(`change:${trait}`, view.update);
      view.update();
      return () => {
        for (const stop of stops) stop();
        for (const trait of TRAITS) model.off(`change:${trait}`, view.update);
        store.views.delete(view);
        view.stop();
      };
    }
  };
};
export {
  item_list_default as default
};
