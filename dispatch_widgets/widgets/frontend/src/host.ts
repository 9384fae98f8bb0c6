/** The parts of the anywidget and host APIs that are used here. What only some hosts have is optional. */

export interface Signal {
  connect(heard: () => void): unknown;
  disconnect(heard: () => void): unknown;
}

export interface Kernel {
  readonly id?: string;
  readonly status?: string;
  readonly isDisposed?: boolean;
  readonly statusChanged?: Signal;
  readonly disposed?: Signal;
}

/** JupyterLab's shared model of a notebook. */
export interface SharedNotebook {
  readonly cells: ReadonlyArray<unknown>;
  insertCell(place: number, cell: Readonly<Record<string, unknown>>): unknown;
}

export interface NotebookDocument {
  readonly readOnly?: boolean;
  readonly sharedModel?: SharedNotebook;
}

export interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, heard: (...given: never[]) => void): void;
  off(event: string, heard: (...given: never[]) => void): void;
  send(content: unknown): unknown;
  readonly widget_manager?: {
    readonly kernel?: Kernel | null;
    readonly context?: { readonly model?: NotebookDocument };
  };
}
