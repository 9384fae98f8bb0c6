/** A button that does something in the page itself; what the kernel does is an `ActionButton`. */
import type { ComponentProps } from "preact";
import { QUIET } from "./focus.ts";

interface ButtonProps extends Omit<ComponentProps<"button">, "class" | "type" | "role"> {
  /** Its classes beside that of every button. */
  readonly look?: string;
}

export function Button({ look = "", ...rest }: ButtonProps) {
  return <button type="button" class={`dp-btn ${look}`} {...QUIET} {...rest} />;
}
