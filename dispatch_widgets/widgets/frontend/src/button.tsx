/** A button that acts in the page only. `ActionButton` is for the actions of a view. */
import type { ComponentProps } from "preact";
import { QUIET } from "./focus.ts";

interface ButtonProps extends Omit<ComponentProps<"button">, "class" | "type" | "role"> {
  /** Classes in addition to `dp-btn`. */
  readonly look?: string;
}

export function Button({ look = "", ...rest }: ButtonProps) {
  return <button type="button" class={`dp-btn ${look}`} {...QUIET} {...rest} />;
}
