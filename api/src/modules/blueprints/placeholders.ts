/** What a place in a document is filled with. */
export type Filling = string | number | boolean | null;

/** `[[key]]` stands for a parameter, `[[segment.key]]` and `[[audience.key]]` for what the document makes. */
const placeholder = /\[\[([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)\]\]/g;

/** The placeholder of a name. */
export function placeholderOf(name: string): string {
  return `[[${name}]]`;
}

/** The names that stand in a value of any form, each with the first place where it does, below `path`. */
export function placeholdersIn(value: unknown, path: string): Map<string, string> {
  const found = new Map<string, string>();
  visitTexts(value, path, (text, at) => {
    for (const [, name = ''] of text.matchAll(placeholder)) if (!found.has(name)) found.set(name, at);
  });
  return found;
}

/**
 * A copy with every placeholder filled in. A text that is nothing but a placeholder becomes what fills it, of whatever
 * type; inside a longer text it is written out. Names that nothing fills stay as they are.
 */
export function fill<Value>(value: Value, fillings: ReadonlyMap<string, Filling>): Value {
  return mapLeaves(value, (leaf) => {
    if (typeof leaf !== 'string') return leaf;
    const [whole] = leaf.matchAll(placeholder);
    if (whole?.[0] === leaf && fillings.has(whole[1]!)) return fillings.get(whole[1]!);
    return leaf.replaceAll(placeholder, (text, name: string) =>
      fillings.has(name) ? String(fillings.get(name) ?? '') : text,
    );
  }) as Value;
}

/**
 * A copy with other texts, numbers and booleans.
 * @param change is given each with the key that it stands under; of items of a list, that of the list.
 */
export function mapLeaves(
  value: unknown,
  change: (leaf: unknown, key: string) => unknown,
  key = '',
): unknown {
  if (Array.isArray(value)) return value.map((item) => mapLeaves(item, change, key));
  if (typeof value !== 'object' || value === null) return change(value, key);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, mapLeaves(inner, change, name)]),
  );
}

function visitTexts(value: unknown, path: string, visit: (text: string, path: string) => void): void {
  if (typeof value === 'string') return visit(value, path);
  if (Array.isArray(value))
    return value.forEach((item, index) => visitTexts(item, `${path}[${index}]`, visit));
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) visitTexts(inner, `${path}.${name}`, visit);
}
