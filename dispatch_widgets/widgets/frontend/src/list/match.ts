/** Which models a search finds, and where: the one place that knows how texts are compared. */
import { type Model, nameOf } from "./models.ts";

/** A search for models of one list, whose texts are made ready once. */
export interface Index {
  readonly models: ReadonlyArray<Model>;
  readonly texts: ReadonlyArray<string>;
}

/** The words of a search, each once. */
export function wordsOf(query: string): ReadonlyArray<string> {
  return [...new Set(query.toLowerCase().split(/\s+/).filter(Boolean))];
}

/** Models made ready to be searched by id, name, owner and provider. */
export function indexOf(models: ReadonlyArray<Model>, providers: ReadonlyMap<string, string>): Index {
  const text = (model: Model): string =>
    [nameOf(model), model.shown_id ?? model.id, model.owner, providers.get(model.provider)]
      .filter(Boolean)
      .join(" ")
      .toLowerCase();
  return { models, texts: models.map(text) };
}

/** The models in which all words of a search occur. */
export function search({ models, texts }: Index, query: string): ReadonlyArray<Model> {
  const wanted = wordsOf(query);
  if (!wanted.length) return models;
  return models.filter((_, place) => wanted.every((word) => texts[place]?.includes(word)));
}

/** Where words stand in a text, as pairs of start and end that do not touch. */
export function marksIn(
  text: string,
  wanted: ReadonlyArray<string>,
): ReadonlyArray<readonly [number, number]> {
  if (!wanted.length) return [];
  const longestFirst = [...wanted].sort((a, b) => b.length - a.length);
  const pattern = longestFirst.map((word) => word.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&")).join("|");
  const found: Array<[number, number]> = [];
  for (const match of text.matchAll(new RegExp(pattern, "gi"))) {
    const last = found.at(-1);
    if (last && last[1] === match.index) last[1] += match[0].length;
    else found.push([match.index, match.index + match[0].length]);
  }
  return found;
}
