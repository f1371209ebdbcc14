import fastifyCookie from '@fastify/cookie';
import { repeat } from '../../platform/repeat.js';
import type { CreateModule, Module, Services } from '../../platform/module.js';
import { ApiKeyResolver } from './api-key.resolver.js';
import { createContextOf, KeyRing } from './authenticate.js';
import { createAuthorise } from './authorise.js';
import { KeyUses, keyUsesEvery } from './key-uses.js';
import { createDirectoryRetentionTask, directoryRetentionTask } from './directory-retention.job.js';
import { MemberResolver } from './member.resolver.js';
import { SessionCookies } from './session-cookies.js';
import { SessionResolver } from './session.resolver.js';

export { knowing } from './authenticate.js';

/** What access needs; the rest of the services is made from what it gives. */
type Core = Omit<Services, 'contextOf' | 'viewerOfKey' | 'authorise'>;

/** Who may do what: the part of the services that every request passes, and the module that manages it. */
export interface Access extends Pick<Services, 'contextOf' | 'viewerOfKey' | 'authorise'> {
  createModule: CreateModule;
}

/** Sessions, API keys, members and the one authorisation. */
export function createAccess(core: Core): Access {
  const uses = new KeyUses(core.withWorkspace);
  const keys = new KeyRing(core.directory, uses);
  const cookies = new SessionCookies(core.settings.cookieSecure);
  const createModule = (): Module => ({
    resolvers: [
      new SessionResolver(core, cookies),
      new ApiKeyResolver(core.withWorkspace, keys, uses),
      new MemberResolver(core, cookies),
    ],
    tasks: { [directoryRetentionTask]: createDirectoryRetentionTask(core) },
    async routes(server) {
      await server.register(fastifyCookie);
      server.addHook('onRequest', async (request, reply) => cookies.remember(request, reply));
    },
    start() {
      const complain = (error: unknown): void =>
        core.log.warn({ err: error }, 'the last uses of API keys were not written; they are kept');
      return repeat(keyUsesEvery, () => uses.flush(), complain).stop;
    },
  });
  return {
    contextOf: createContextOf(core, keys),
    viewerOfKey: (key) => keys.viewerOf(key),
    authorise: createAuthorise(core.directory, core.quotas),
    createModule,
  };
}
