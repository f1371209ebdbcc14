import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildClientSchema,
  getIntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  print,
  printSchema,
  validate,
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type IntrospectionQuery,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as client from '../../packages/client/src/index.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { dataOf } from '../support/workspaces.js';
import { post } from './post.js';

let app: TestApp;
let schema: GraphQLSchema;

beforeAll(async () => {
  app = await startTestApp();
  const query = getIntrospectionQuery({
    oneOf: true,
    inputValueDeprecation: true,
    directiveIsRepeatable: true,
    specifiedByUrl: true,
    schemaDescription: true,
  });
  schema = buildClientSchema(dataOf<IntrospectionQuery>(await post(app.url, { query })));
});
afterAll(() => app?.close());

interface Described {
  name: string;
  description?: string | null;
}

/** A type with everything in it that a reader may wonder about. */
function partsOf(type: GraphQLNamedType): Described[] {
  const inside = (parts: readonly Described[], owner: string): Described[] =>
    parts.map(({ name, description }) => ({ name: `${owner}.${name}`, description }));
  if (isEnumType(type)) return [type, ...inside(type.getValues(), type.name)];
  if (isInputObjectType(type)) return [type, ...inside(Object.values(type.getFields()), type.name)];
  if (!isObjectType(type)) return [type];
  const fields = Object.values(type.getFields());
  const args = fields.flatMap((field) => inside(field.args, `${type.name}.${field.name}`));
  return [type, ...inside(fields, type.name), ...args];
}

describe('the schema', () => {
  it('describes every type, field, argument, enum value and input field', () => {
    const types = Object.values(schema.getTypeMap()).filter(
      (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
    );
    const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
    const parts = types.flatMap((type) =>
      partsOf(type).filter((part) => part !== type || !roots.has(type as never)),
    );
    expect(parts.length).toBeGreaterThan(400);
    const undescribed = parts.filter(({ description }) => !description || description.trim().length < 5);
    expect(undescribed.map(({ name }) => name)).toEqual([]);
  });

  it('describes its own directives', () => {
    const own = schema.getDirectives().filter((directive) => !isSpecifiedDirective(directive));
    expect(own.filter(({ description }) => !description)).toEqual([]);
  });

  it('is, as served, the one that packages/client was made from', () => {
    const emitted = readFileSync(join(import.meta.dirname, '../../packages/client/schema.graphql'), 'utf8');
    expect(`${printSchema(lexicographicSortSchema(schema))}\n`).toBe(emitted);
  });

  it('fits every typed document of packages/client', () => {
    const documents = Object.entries(client).filter(([name]) => name.endsWith('Document')) as unknown as [
      string,
      DocumentNode,
    ][];
    expect(documents.length).toBeGreaterThan(5);
    const problems = documents.flatMap(([name, document]) =>
      validate(schema, document).map(({ message }) => `${name}: ${message}`),
    );
    expect(problems).toEqual([]);
  });

  it('answers a typed document', async () => {
    const query = print(client.ViewerDocument);
    expect((await post(app.url, { query })).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});
