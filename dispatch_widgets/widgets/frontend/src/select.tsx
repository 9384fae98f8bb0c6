/** A native select element. */
import type { ComponentProps } from "preact";
import { QUIET } from "./focus.ts";
import type { Option } from "./types.ts";

type Given = "class" | "multiple" | "onChange" | "options" | "role" | "size";

interface SelectProps extends Omit<ComponentProps<"select">, Given> {
  /** Classes in addition to `dp-select`. */
  readonly look?: string | false | undefined;
  readonly options: ReadonlyArray<Option> | undefined;
  readonly onChoose: (value: string) => void;
}

export function Select({ look, options, onChoose, ...rest }: SelectProps) {
  return (
    <select
      class={look ? `dp-select ${look}` : "dp-select"}
      onChange={(event) => onChoose(event.currentTarget.value)}
      {...QUIET}
      {...rest}
    >
      {options?.map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}
