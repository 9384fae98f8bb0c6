/** A tab: its view, or the form that is open in it. */
import { useContext } from "preact/hooks";
import { Place } from "./context.ts";
import { FormBox } from "./form.tsx";
import { ADD, AddModels, isModels } from "./list/add_models.tsx";
import { isPicker, Picker } from "./list/picker.tsx";
import { BUSY } from "./no_answer.ts";
import { Empty, Message, NoteBox, Questions } from "./note.tsx";
import { SectionBox } from "./section.tsx";
import type { View } from "./types.ts";

export function Page() {
  const { app, panel } = useContext(Place);
  const form = panel.forms.current;
  return (
    <div class="dp-body">{form ? <FormBox state={form} /> : <Sections late={app.late.has(panel.tab)} />}</div>
  );
}

function Sections({ late }: { readonly late: boolean }) {
  const { panel } = useContext(Place);
  const { view } = panel;
  return (
    <>
      {view.notes?.map((note) => [
        <NoteBox key={String(note.title)} note={note} />,
        <Questions key={`${note.title}?`} actions={note.actions} />,
      ])}
      {(late || panel.waiting.isLate("")) && <Message note={{ tone: "", title: BUSY }} />}
      {view.empty && <Empty empty={view.empty} />}
      <Parts view={view} />
    </>
  );
}

function Parts({ view }: { readonly view: View }) {
  if (isPicker(view)) return <Picker view={view} />;
  return (
    <>
      {view.sections?.map((section) =>
        isModels(view) && section.id === ADD ? (
          <AddModels key={section.id} view={view} section={section} />
        ) : (
          <SectionBox key={section.id} section={section} />
        ),
      )}
    </>
  );
}
