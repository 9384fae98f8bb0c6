/** Models as the page holds them, and the unpacking of the block in which they arrive. */
import type { ModelRow } from "../types.ts";
import { type Index, indexOf } from "./match.ts";

/** A model of a list. */
export interface Model extends ModelRow {
  /** The provider's id. */
  readonly provider: string;
  /** The model's key, unique among the models of all providers. */
  readonly key: string;
}

/** Returns the key of a model. */
export function keyOf(provider: string, id: string): string {
  return `${provider}\n${id}`; // a provider's id has no line break in it
}

/** Splits a model's key into the provider's id and the model's id. */
export function partsOf(key: string): readonly [string, string] {
  const cut = key.indexOf("\n");
  return [key.slice(0, cut), key.slice(cut + 1)];
}

/** How many of the selected models their provider's list no longer has; lists that are not here do not count. */
export function noLongerListed(selected: ReadonlyArray<string>, models: ReadonlyArray<Model>): number {
  const here = new Set(models.flatMap(({ key, provider }) => [key, provider]));
  return selected.filter((key) => !here.has(key) && here.has(partsOf(key)[0])).length;
}

/** The name that a model is shown under. */
export function nameOf(model: Model): string {
  return model.name ?? model.shown_id ?? model.id;
}

/** Returns a search index of models by id, name, owner and provider. */
export function searchable(
  models: ReadonlyArray<Model>,
  providers: ReadonlyMap<string, string>,
): Index<Model> {
  return indexOf(
    models,
    (model) => [model.shown_id ?? model.id, ...(model.name ? [model.name] : [])],
    (model) => [model.owner, providers.get(model.provider)],
  );
}

type Block = ArrayBufferView<ArrayBuffer> | ArrayBuffer;

/** Unpacks the models of a list from a block made by `page_messages.pack`: deflated JSON, by columns. */
export async function unpack(provider: string, block: Block): Promise<ReadonlyArray<Model>> {
  const plain = new Blob([block]).stream().pipeThrough(new DecompressionStream("deflate"));
  const columns: Record<string, ReadonlyArray<unknown>> = await new Response(plain).json();
  const names = Object.entries(columns);
  return (columns.id ?? []).map((id, place) => {
    const row: Record<string, unknown> = { provider, key: keyOf(provider, String(id)) };
    for (const [name, values] of names) if (values[place] !== null) row[name] = values[place];
    return row as unknown as Model;
  });
}
