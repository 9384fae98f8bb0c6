/** The list of keyboard shortcuts, folded until it is opened by `?` or a click. */
import { useContext } from "preact/hooks";
import { Place } from "./context.ts";
import { QUIET } from "./focus.ts";
import { moveFocus } from "./gestures.ts";
import { Facts } from "./note.tsx";

const TYPED_IN = "textarea, input:not([type=checkbox], [type=radio])";

export function KeyList() {
  const { header } = useContext(Place).app;
  if (!header.keys?.length) return null;
  return (
    <details class="dp-keys">
      <summary {...QUIET}>{header.keys_name}</summary>
      <Facts facts={header.keys} />
    </details>
  );
}

/** Opens or closes the list of the panel that has the focus, unless `?` is typed into a field. */
export function onQuestionMark(event: KeyboardEvent): void {
  const target = event.target as Element;
  const list = (event.currentTarget as Element).querySelector<HTMLDetailsElement>(".dp-keys");
  if (event.key !== "?" || !list || target.matches(TYPED_IN) || event.defaultPrevented) return;
  event.preventDefault();
  list.open = !list.open;
  const summary = list.querySelector("summary");
  if (list.open && summary) moveFocus(summary);
}
