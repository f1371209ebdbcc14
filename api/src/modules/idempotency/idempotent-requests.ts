import type { Logger } from 'pino';
import { Failure } from '../../platform/errors.js';
import type { IdempotencyMark, IdempotencyScope } from '../../platform/operation.js';
import { hashKey, openAnswer, sealAnswer } from './answer-cipher.js';
import {
  leaseSeconds,
  type EarlierRequest,
  type IdempotentRequestRepository,
} from './idempotent-request.repository.js';

/** An answer, to be given again. */
export interface Answer {
  status: number;
  contentType: string;
  body: string;
}

/** Who sends a request under which key. */
export interface KeyedRequest {
  scope: IdempotencyScope;
  caller: string;
  key: string;
}

/** A request that nobody has sent before under its key, while it is carried out. */
export interface BegunRequest {
  mark: IdempotencyMark;
  /** Keeps the answer, to be given again. */
  keep(requestHash: Buffer, answer: Answer): Promise<void>;
  /** Lets the request be sent again, unless it has changed something; then the answer is kept as well. */
  release(requestHash: Buffer | undefined, answer: Answer | undefined): Promise<void>;
}

/** What becomes of a request: it is carried out, or answered as the first one was. */
export type Beginning = { begun: BegunRequest } | { again: Answer };

/** Tells requests that are sent again from new ones. */
export class IdempotentRequests {
  readonly #repository: IdempotentRequestRepository;
  readonly #log: Logger;

  constructor(repository: IdempotentRequestRepository, log: Logger) {
    this.#repository = repository;
    this.#log = log;
  }

  /**
   * Begins a request under a key.
   * @param readHash gives the hash of the request; asked for only when there is something to compare it with.
   * Throws IDEMPOTENCY_KEY_REUSED when another request was sent under the key, CONFLICT while the first one is under way
   * or when its answer was lost.
   */
  async begin(
    request: KeyedRequest,
    readHash: () => Promise<Buffer>,
    knownHash: Buffer | null = null,
  ): Promise<Beginning> {
    const { key, caller, scope } = request;
    const mark: IdempotencyMark = { scope, caller, keyHash: hashKey(key) };
    const earlier = await this.#repository.reserve(mark, knownHash);
    if (!earlier) return { begun: this.#carryOut(mark, key) };
    if (earlier.request_hash && !earlier.request_hash.equals(await readHash())) throw reused();
    if (earlier.is_running) throw underWay();
    if (!earlier.answer) throw lost();
    return { again: await answerOf(earlier, key) };
  }

  #carryOut(mark: IdempotencyMark, key: string): BegunRequest {
    const complain = (error: unknown): void =>
      this.#log.warn({ err: error }, 'what is known of an idempotent request could not be written');
    const renewal = setInterval(
      () => void this.#repository.renew(mark).catch(complain),
      (leaseSeconds * 1000) / 3,
    ).unref();
    // What became of it is true, even if it cannot be written down: the client is answered all the same.
    const end = async (work: () => Promise<void>): Promise<void> => {
      clearInterval(renewal);
      await work().catch(complain);
    };
    const keep = async (requestHash: Buffer, { status, contentType, body }: Answer): Promise<void> => {
      const answer = await sealAnswer(key, body);
      await this.#repository.keep(mark, { requestHash, status, contentType, answer });
    };
    return {
      mark,
      keep: (requestHash, answer) => end(() => keep(requestHash, answer)),
      release: (requestHash, answer) =>
        end(async () => {
          const released = await this.#repository.release(mark);
          if (!released && requestHash && answer) await keep(requestHash, answer);
        }),
    };
  }
}

async function answerOf({ status, content_type, answer }: EarlierRequest, key: string): Promise<Answer> {
  return { status: status!, contentType: content_type!, body: await openAnswer(key, answer!) };
}

const longestKey = 255;

/** Reads the header; undefined when there is none. Throws INVALID_INPUT for a key that is none. */
export function readKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && new RegExp(`^[\\x21-\\x7e]{1,${longestKey}}$`, 'u').test(header))
    return header;
  const message = `An idempotency key has 1 to ${longestKey} visible ASCII characters.`;
  throw new Failure('INVALID_INPUT', message, { path: 'Idempotency-Key' });
}

function reused(): Failure {
  const message = 'This idempotency key was used for another request: take a new one for each request.';
  return new Failure('IDEMPOTENCY_KEY_REUSED', message, { path: 'Idempotency-Key' });
}

function underWay(): Failure {
  const message = 'The first request with this idempotency key is still under way; try again in a second.';
  return new Failure('CONFLICT', message, { path: 'Idempotency-Key', retryAfter: 1 });
}

function lost(): Failure {
  const message =
    'The first request with this idempotency key was carried out, at least in part, and its answer was lost. ' +
    'Look at what it changed before you send another one.';
  return new Failure('CONFLICT', message, { path: 'Idempotency-Key' });
}

/** The failure of a request that says not which workspace or organization its key belongs to. */
export function withoutScope(): Failure {
  const message =
    'An idempotency key is for changes of one workspace or one organization, by an API key or somebody who is signed in.';
  return new Failure('BAD_REQUEST', message, { path: 'Idempotency-Key' });
}
