import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { wire } from './app.js';
import { buildCoterieSchema } from './platform/graphql/schema.js';
import { createLog } from './platform/log.js';
import { readSettings } from './settings.js';

/** The GraphQL schema as text, sorted, without opening any connection. */
export async function describeSchema(): Promise<string> {
  const nowhere = 'postgres://127.0.0.1:1/nothing-is-opened';
  const { services, modules } = wire(
    readSettings({}),
    { app: nowhere, system: nowhere },
    { log: createLog('silent') },
  );
  const resolvers = modules.flatMap((module) => module.resolvers ?? []);
  const schema = await buildCoterieSchema(resolvers, services.authorise);
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}

/** Where the schema is committed, for clients to be generated from. */
export const schemaFile = join(import.meta.dirname, '../../packages/client/schema.graphql');

if (process.argv[1] === import.meta.filename) writeFileSync(schemaFile, await describeSchema());
