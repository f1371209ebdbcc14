import type { FastifyRequest } from 'fastify';
import type { DataSource } from 'typeorm';
import type { RequestContext, Scope, Viewer } from '../../platform/context.js';
import { Failure } from '../../platform/errors.js';
import { clientSignal } from '../../platform/http/client-signal.js';
import type { Services } from '../../platform/module.js';
import type { KeyUses } from './key-uses.js';
import { matches, prefixOfKey } from './secrets.js';
import { sessionCookie, viewerOfSession } from './sessions.js';

/** How long a key that was found is trusted without another look, in milliseconds: revoking takes effect within it. */
const trustedFor = 2000;
/** How many keys are remembered. */
const mostRemembered = 10_000;

type KeyViewer = Extract<Viewer, { kind: 'key' }>;

interface KeyRow {
  workspace_id: string;
  id: string;
  secret_hash: Buffer;
  scopes: Scope[];
  expires_at: Date | null;
}

/** Finds out who presents an API key, and notes that it was used. */
export class KeyRing {
  readonly #directory: DataSource;
  readonly #uses: KeyUses;
  readonly #found = new Map<string, { viewer: KeyViewer; until: number; expiresAt: number }>();

  constructor(directory: DataSource, uses: KeyUses) {
    this.#directory = directory;
    this.#uses = uses;
  }

  /** Throws UNAUTHENTICATED when the key is malformed, unknown, revoked or expired: all answer alike. */
  async viewerOf(key: string): Promise<KeyViewer> {
    const viewer = await this.#find(key);
    this.#uses.note(viewer.workspaceId, viewer.keyId);
    return viewer;
  }

  async #find(key: string): Promise<KeyViewer> {
    const known = this.#found.get(key);
    const now = Date.now();
    if (known && known.until > now && known.expiresAt > now) return known.viewer;
    this.#found.delete(key);
    const row = await this.#look(key);
    if (!row) throw new Failure('UNAUTHENTICATED', 'This API key is not valid: unknown, revoked or expired.');
    const viewer: KeyViewer = {
      kind: 'key',
      keyId: row.id,
      workspaceId: row.workspace_id,
      scopes: row.scopes,
    };
    this.#remember(key, viewer, row.expires_at);
    return viewer;
  }

  /** Forgets a key at once, because it was revoked in this process. */
  forget(keyId: string): void {
    for (const [key, { viewer }] of this.#found) if (viewer.keyId === keyId) this.#found.delete(key);
  }

  async #look(key: string): Promise<KeyRow | undefined> {
    const prefix = prefixOfKey(key);
    if (!prefix) return undefined;
    const rows: KeyRow[] = await this.#directory.query(
      `select workspace_id, id, secret_hash, scopes, expires_at from api_keys
       where prefix = $1 and revoked_at is null and (expires_at is null or expires_at > now())`,
      [prefix],
    );
    return rows.find((row) => matches(key, row.secret_hash));
  }

  #remember(key: string, viewer: KeyViewer, expiresAt: Date | null): void {
    if (this.#found.size >= mostRemembered) this.#found.clear();
    this.#found.set(key, {
      viewer,
      until: Date.now() + trustedFor,
      expiresAt: expiresAt?.getTime() ?? Infinity,
    });
  }
}

/** Makes the context of an HTTP request: who asks, by an API key in `Authorization`, else by the session's cookie. */
export function createContextOf(
  core: Pick<Services, 'directory' | 'clock' | 'log' | 'settings' | 'rateLimits'>,
  keys: KeyRing,
): Services['contextOf'] {
  return async (request) => {
    const viewer = await knowing(core, request, () =>
      viewerOf(request, core.directory, keys, core.settings.baseUrl),
    );
    await core.rateLimits.countRequest(request, viewer);
    return contextFor(request, viewer, core);
  };
}

/** Whoever shows what is not valid is counted by address, so that keys cannot be guessed at leisure. */
export async function knowing<Who>(
  { rateLimits }: Pick<Services, 'rateLimits'>,
  request: FastifyRequest,
  look: () => Promise<Who>,
): Promise<Who> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Failure && error.code === 'UNAUTHENTICATED') await rateLimits.countStranger(request);
    throw error;
  }
}

async function viewerOf(
  request: FastifyRequest,
  directory: DataSource,
  keys: KeyRing,
  baseUrl: string,
): Promise<Viewer> {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer) return keys.viewerOf(bearer);
  const token = request.cookies?.[sessionCookie];
  if (!token || !comesFromUs(request, baseUrl)) return { kind: 'nobody' };
  return (await viewerOfSession(directory, token)) ?? { kind: 'nobody' };
}

/** A cookie counts only for pages of our own: a browser says where a request comes from, and cannot be made to lie. */
function comesFromUs(request: FastifyRequest, baseUrl: string): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return true;
  return (
    origin === new URL(baseUrl).origin ||
    (URL.canParse(origin) && new URL(origin).host === request.headers.host)
  );
}

function contextFor(
  request: FastifyRequest,
  viewer: Viewer,
  { clock, log }: Pick<Services, 'clock' | 'log'>,
): RequestContext {
  return {
    requestId: request.id,
    viewer,
    clock,
    signal: clientSignal(request),
    log: log.child({ requestId: request.id }),
  };
}
