import { Kind, visit, type DocumentNode } from 'graphql';

/** Where a document uses its variables, by name: `contacts` in `input.contacts` of `{contacts: $contacts}`. */
export type VariablePlaces = ReadonlyMap<string, string>;

/** Finds the arguments that variables stand for: callers know the schema's names, and what they themselves call it, not. */
export function variablePlaces(document: DocumentNode): VariablePlaces {
  const places = new Map<string, string>();
  const names: string[] = [];
  const named = {
    enter: (node: { name: { value: string } }) => void names.push(node.name.value),
    leave: () => void names.pop(),
  };
  visit(document, {
    [Kind.VARIABLE_DEFINITION]: () => false,
    [Kind.ARGUMENT]: named,
    [Kind.OBJECT_FIELD]: named,
    [Kind.VARIABLE]: ({ name }) => {
      if (!places.has(name.value)) places.set(name.value, names.join('.'));
    },
  });
  return places;
}

/** Puts what a variable stands for in the place of its name: `list[0].email` becomes `input.contacts[0].email`. */
export function atArgument(places: VariablePlaces, path: string): string {
  const name = /^\w*/.exec(path)![0];
  return (places.get(name) ?? name) + path.slice(name.length);
}
