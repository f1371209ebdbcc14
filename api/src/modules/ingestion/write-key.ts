import type { FastifyRequest } from 'fastify';
import type { RequestContext, Viewer, WorkspaceAccess, WorkspaceContext } from '../../platform/context.js';
import { Failure } from '../../platform/errors.js';
import { clientSignal } from '../../platform/http/client-signal.js';
import type { Services } from '../../platform/module.js';
import { knowing } from '../access/index.js';
import { asObject, type JsonObject } from './json-object.js';

/** How long a workspace that a key leads to is used without another look, in milliseconds. */
const trustedFor = 2000;
type KeyViewer = Extract<Viewer, { kind: 'key' }>;

/** How many keys are remembered. */
const mostRemembered = 10_000;

/** Where a key may write, and which key it is. */
export interface Writer {
  workspace: WorkspaceAccess;
  keyId: string;
}

/**
 * Finds the workspace that a key may write events to. The key itself is looked at each time; its workspace is read once
 * in a while, so that a small request costs no query of its own.
 */
export class WriteKeys {
  readonly #services: Services;
  readonly #found = new Map<string, { workspace: WorkspaceAccess; until: number }>();

  constructor(services: Services) {
    this.#services = services;
  }

  /** Throws UNAUTHENTICATED for a key that is not valid, FORBIDDEN for one without the scope `events:write`. */
  async writerOf(request: FastifyRequest, key: string): Promise<Writer> {
    const { viewerOfKey, rateLimits, quotas } = this.#services;
    const viewer = await knowing(this.#services, request, () => viewerOfKey(key));
    if (viewer.kind !== 'key') throw new Error('A key was presented by somebody else.');
    await rateLimits.countTracking(request, viewer.keyId);
    const workspace = await this.#workspaceOf(request, viewer);
    await quotas.countCall(clientSignal(request), workspace.id, viewer);
    return { workspace, keyId: viewer.keyId };
  }

  async #workspaceOf(request: FastifyRequest, viewer: KeyViewer): Promise<WorkspaceAccess> {
    const known = this.#found.get(viewer.keyId);
    if (known && known.until > Date.now()) return known.workspace;
    const workspace = await this.#authorise(request, viewer);
    if (this.#found.size >= mostRemembered) this.#found.clear();
    this.#found.set(viewer.keyId, { workspace, until: Date.now() + trustedFor });
    return workspace;
  }

  async #authorise(request: FastifyRequest, viewer: KeyViewer): Promise<WorkspaceAccess> {
    const { log, clock, authorise } = this.#services;
    const context: RequestContext = {
      requestId: request.id,
      viewer,
      log: log.child({ requestId: request.id }),
      clock,
      signal: clientSignal(request),
    };
    const rule = { kind: 'workspace', role: 'editor', scope: 'events:write' } as const;
    const target = { workspaceId: viewer.workspaceId, organizationId: undefined };
    return ((await authorise(context, rule, target)) as WorkspaceContext).workspace;
  }
}

/** The key in a header: `Basic base64(writeKey:)`, with or without the colon, or `Bearer writeKey`. */
export function keyInHeader(header: string | undefined): string | undefined {
  const [, scheme, credentials] = /^(basic|bearer)\s+(\S+)\s*$/iu.exec(header ?? '') ?? [];
  if (scheme === undefined || credentials === undefined) return undefined;
  if (scheme.toLowerCase() === 'bearer') return credentials;
  return Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0];
}

/** The key in a body, as browsers' SDKs send it; of a batch, also in its first message. */
export function keyInBody(body: JsonObject): string {
  const [first] = Array.isArray(body['batch']) ? (body['batch'] as unknown[]) : [];
  const key = body['writeKey'] ?? asObject(first)['writeKey'];
  if (typeof key === 'string' && key !== '') return key;
  throw new Failure(
    'UNAUTHENTICATED',
    'A write key is needed: by Basic or Bearer authorization, or as `writeKey` in the body.',
  );
}
