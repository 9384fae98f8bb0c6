/** A tab as its view says it. */
import type { ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import { Place } from "./context.ts";
import { FormBox } from "./form.tsx";
import { ADD, AddModels, isModels } from "./list/add_models.tsx";
import { isPicker, Picker } from "./list/picker.tsx";
import { Empty, Message, NoteBox } from "./note.tsx";
import { BUSY, NO_KERNEL } from "./panel.ts";
import { SectionBox } from "./section.tsx";
import type { View } from "./types.ts";

export function Page() {
  const { panel } = useContext(Place);
  const { view } = panel;
  const form = panel.forms.current;
  if (form) {
    return (
      <Body gone={panel.link.gone && !panel.inApp}>
        <FormBox state={form} />
      </Body>
    );
  }
  return (
    <Body gone={panel.link.gone && !panel.inApp}>
      {view.notes?.map((note) => (
        <NoteBox key={String(note.title)} note={note} />
      ))}
      {panel.isLate("") && <Message note={{ tone: "", title: BUSY }} />}
      {view.empty && <Empty empty={view.empty} />}
      <Sections view={view} />
    </Body>
  );
}

function Sections({ view }: { readonly view: View }) {
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

/** The app around a panel says by itself that the kernel is gone. */
function Body({ gone, children }: { readonly gone: boolean; readonly children: ComponentChildren }) {
  return (
    <>
      {gone && <p class="dp-gone">{NO_KERNEL}</p>}
      <div class="dp-body">{children}</div>
    </>
  );
}
