import type { GraphQLSchema } from 'graphql';
import { wire } from '../../api/src/app.js';
import { buildCoterieSchema } from '../../api/src/platform/graphql/schema.js';
import { createHttpServer } from '../../api/src/platform/http/server.js';
import { createLog } from '../../api/src/platform/log.js';
import { readSettings } from '../../api/src/settings.js';

/** What Coterie serves, read off the parts that it is made of, without opening any connection. */
export interface Served {
  schema: GraphQLSchema;
  /** `GET /v1/imports/:id/rejected.csv` and so on: every route of a module. */
  routes: string[];
}

/** Puts everything together as the application does. */
export async function readServed(): Promise<Served> {
  const nowhere = 'postgres://127.0.0.1:1/nothing-is-opened';
  const log = createLog('silent');
  const { services, modules } = wire(readSettings({}), { app: nowhere, system: nowhere }, { log });
  const schema = await buildCoterieSchema(
    modules.flatMap((module) => module.resolvers ?? []),
    services.authorise,
  );
  const routes: string[] = [];
  const server = createHttpServer({ log, trustProxy: false });
  server.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) if (!['HEAD', 'OPTIONS'].includes(one)) routes.push(`${one} ${url}`);
  });
  for (const module of modules) await module.routes?.(server);
  await server.ready();
  await server.close();
  return { schema, routes };
}
