import type { ApolloServerPlugin } from '@apollo/server';
import { Kind, visit, type DocumentNode } from 'graphql';
import type { RequestContext } from '../context.js';
import { Failure } from '../errors.js';
import { isStorable } from '../storable.js';
import { asGraphqlError } from './errors.js';
import { variablePlaces } from './variable-places.js';

/** How deep a variable may be nested: far more than any input type needs. */
const deepestVariable = 100;

/** Refuses text that cannot be stored, once for every operation, by the path of the argument that holds it. */
export const cleanText: ApolloServerPlugin<RequestContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ request, document }) {
        const places = variablePlaces(document);
        for (const [name, value] of Object.entries(request.variables ?? {}))
          checkVariable(value, [places.get(name) ?? name]);
        checkLiterals(document);
      },
    };
  },
};

function refuse(message: string, path: string): never {
  throw asGraphqlError(new Failure('INVALID_INPUT', message, { path }));
}

function checkText(text: string, path: () => string): void {
  if (!isStorable(text)) refuse('A text holds a NUL character or half of a surrogate pair.', path());
}

type Place = (string | number)[];

function checkVariable(value: unknown, place: Place): void {
  if (typeof value === 'string') checkText(value, () => pathOf(place));
  if (typeof value !== 'object' || value === null) return;
  if (place.length >= deepestVariable) {
    refuse(`This is nested more than ${deepestVariable} levels deep.`, String(place[0]));
  }
  for (const [key, item] of Object.entries(value)) {
    const inner = [...place, Array.isArray(value) ? Number(key) : key];
    checkText(key, () => pathOf(inner));
    checkVariable(item, inner);
  }
}

/** `input.contacts[3].email`, without what made the text unclean. */
function pathOf(place: Place): string {
  const steps = place.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`));
  return steps.join('').slice(1).replaceAll('\0', '').toWellFormed();
}

function checkLiterals(document: DocumentNode): void {
  const names: string[] = [];
  const named = {
    enter: (node: { name: { value: string } }) => void names.push(node.name.value),
    leave: () => void names.pop(),
  };
  visit(document, {
    [Kind.ARGUMENT]: named,
    [Kind.OBJECT_FIELD]: named,
    [Kind.STRING]: (node) => checkText(node.value, () => names.join('.')),
  });
}
