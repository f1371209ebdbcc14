import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestContext } from '../../platform/context.js';
import { clientSignal } from '../../platform/http/client-signal.js';
import { sessionCookie, sessionDays } from './sessions.js';

/** Sets and clears the session's cookie on the answer to a request. */
export class SessionCookies {
  readonly #replies = new WeakMap<AbortSignal, FastifyReply>();
  readonly #secure: boolean;

  constructor(secure: boolean) {
    this.#secure = secure;
  }

  /** Remembers where the answer to a request goes. */
  remember(request: FastifyRequest, reply: FastifyReply): void {
    this.#replies.set(clientSignal(request), reply);
  }

  set(context: RequestContext, token: string): void {
    this.#replies.get(context.signal)?.setCookie(sessionCookie, token, {
      ...this.#attributes(),
      maxAge: sessionDays * 24 * 60 * 60,
    });
  }

  clear(context: RequestContext): void {
    this.#replies.get(context.signal)?.clearCookie(sessionCookie, this.#attributes());
  }

  #attributes() {
    return { path: '/', httpOnly: true, sameSite: 'lax', secure: this.#secure } as const;
  }
}
