/** Code for the next cell. Its task and library are chosen here, for this window only. */
import { useContext } from "preact/hooks";
import { Actions } from "./action.tsx";
import { Place } from "./context.ts";
import { Select } from "./select.tsx";
import type { Snippet, Snippets } from "./types.ts";
import { Text } from "./words.tsx";

export function SnippetsBox({ snippets }: { readonly snippets: Snippets }) {
  const { panel } = useContext(Place);
  const { window } = panel;
  const { first } = snippets;
  const { task = first, library } = window.get("snippet")[first] ?? {};
  const ofTask = ofOne(snippets, task) ?? ofOne(snippets, first) ?? [];
  const shown = ofTask.find((each) => each.library === library) ?? ofTask[0];
  if (!shown) return null;
  // Kept by the view's first task, so that the choice lapses when the view puts another task first.
  const choose = (chosen: { readonly task?: string; readonly library?: string }): void =>
    window.set("snippet", { [first]: { task: shown.task, library: shown.library, ...chosen } });
  return (
    <>
      <div class="dp-snippet-choices">
        <Select
          aria-label={snippets.task}
          value={shown.task}
          options={[...new Set(snippets.all.map((each) => each.task))].map((each) => ({
            value: each,
            label: each,
          }))}
          onChoose={(chosen) => choose({ task: chosen })}
        />
        <Select
          aria-label={snippets.library}
          value={shown.library}
          options={ofTask.map((each) => ({ value: each.library, label: each.name }))}
          onChoose={(chosen) => choose({ library: chosen })}
        />
        <Actions actions={snippets.actions?.map((action) => ({ ...action, args: { text: shown.code } }))} />
      </div>
      {shown.note && (
        <p class="dp-sub">
          <Text words={shown.note} />
        </p>
      )}
      <pre class="dp-snippet">
        <code>{shown.code}</code>
      </pre>
    </>
  );
}

function ofOne({ all }: Snippets, task: string): ReadonlyArray<Snippet> | undefined {
  const found = all.filter((each) => each.task === task);
  return found.length > 0 ? found : undefined;
}
