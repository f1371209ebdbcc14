import fastifyCookie from '@fastify/cookie';
import type { CreateModule, Module, Services } from '../../platform/module.js';
import { ApiKeyResolver } from './api-key.resolver.js';
import { createContextOf, KeyRing } from './authenticate.js';
import { createAuthorise } from './authorise.js';
import { MemberResolver } from './member.resolver.js';
import { SessionCookies } from './session-cookies.js';
import { SessionResolver } from './session.resolver.js';

/** What access needs; the rest of the services is made from what it gives. */
type Core = Omit<Services, 'contextOf' | 'viewerOfKey' | 'authorise'>;

/** Who may do what: the part of the services that every request passes, and the module that manages it. */
export interface Access extends Pick<Services, 'contextOf' | 'viewerOfKey' | 'authorise'> {
  createModule: CreateModule;
}

/** Sessions, API keys, members and the one authorisation. */
export function createAccess(core: Core): Access {
  const keys = new KeyRing(core);
  const cookies = new SessionCookies(core.settings.cookieSecure);
  const createModule = (): Module => ({
    resolvers: [
      new SessionResolver(core, cookies),
      new ApiKeyResolver(core.withWorkspace, keys),
      new MemberResolver(core, cookies),
    ],
    async routes(server) {
      await server.register(fastifyCookie);
      server.addHook('onRequest', async (request, reply) => cookies.remember(request, reply));
    },
  });
  return {
    contextOf: createContextOf(core, keys),
    viewerOfKey: (key) => keys.viewerOf(key),
    authorise: createAuthorise(core.directory),
    createModule,
  };
}
