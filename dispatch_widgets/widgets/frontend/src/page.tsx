/** A tab as its view says it. */
import type { ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import { Place } from "./context.ts";
import { FormBox } from "./form.tsx";
import { Empty, Message, NoteBox } from "./note.tsx";
import { BUSY, NO_KERNEL } from "./panel.ts";
import { SectionBox } from "./section.tsx";

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
      {view.sections?.map((section) => (
        <SectionBox key={section.id} section={section} />
      ))}
    </Body>
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
