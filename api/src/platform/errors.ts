/**
 * Every code that a client may meet, with what it means. Codes are stable: clients switch on them.
 * api/README.md lists them and is checked against this.
 */
export const failureCodes = {
  BAD_REQUEST: 'The request could not be read: broken JSON, a wrong content type, an unknown field.',
  INVALID_INPUT: 'A value is not acceptable; `path` names it.',
  INVALID_RULE: 'A rule has problems; each is listed with its path.',
  INVALID_CURSOR: '`after` is not a cursor of this connection.',
  CURSOR_TOO_OLD: 'What came after `after` is not kept any more: begin anew.',
  TOO_LARGE: 'The request, a list or a value is longer than allowed.',
  TOO_COMPLEX: 'The query is too deep, too costly, or has too many aliases.',
  RATE_LIMITED: 'Too many requests; wait as long as `Retry-After` says.',
  QUOTA_EXCEEDED: 'The workspace has used its quota of this for the month; `path` names it.',
  UNAUTHENTICATED: 'No valid session or API key was presented.',
  FORBIDDEN: 'The role or the scopes of the caller do not allow this.',
  NOT_FOUND: 'There is no such thing, or it is not yours to see.',
  CONFLICT: 'The change clashes with what is stored.',
  IDEMPOTENCY_KEY_REUSED: 'The `Idempotency-Key` was used for another request.',
  SEGMENT_CYCLE: 'The rule would make a segment contain itself.',
  IN_USE: 'The thing is used by others, which are named.',
  LOCKED: 'Too many failed attempts; try again later.',
  UNAVAILABLE: 'A part that this needs does not answer; try again.',
  TIMEOUT: 'It took longer than it may; ask for less, or try again later.',
  INTERNAL: 'A defect on our side; the request id finds it in the log.',
} as const;

/** One of {@link failureCodes}. */
export type FailureCode = keyof typeof failureCodes;

/** One thing that is wrong with an input. */
export interface Problem {
  code: string;
  /** Where: `input.contacts[3].email`, `rule.all[2].event.count`; empty when it concerns the whole. */
  path: string;
  message: string;
}

/**
 * A failure that the caller can understand and act on. Anything else that is thrown is a defect: it is logged with its
 * cause and shown as INTERNAL with the request id.
 */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly path: string;
  readonly problems: readonly Problem[];
  /** Seconds after which trying again makes sense. */
  readonly retryAfter: number | undefined;

  constructor(
    code: FailureCode,
    message: string,
    options: { path?: string; problems?: readonly Problem[]; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'Failure';
    this.code = code;
    this.path = options.path ?? '';
    this.problems = options.problems ?? [];
    this.retryAfter = options.retryAfter;
  }
}

/**
 * The failure of a request that one problem refuses as a whole. Codes that only items have, such as that of an identity
 * which is blocked, are INVALID_INPUT here; `problems` holds them.
 */
export function failureOfProblem(problem: Problem): Failure {
  const { code, path, message } = problem;
  const known = Object.hasOwn(failureCodes, code) ? (code as FailureCode) : 'INVALID_INPUT';
  return new Failure(known, message, { path, problems: [problem] });
}

/** The one answer for a foreign id and for a random one. */
export function notFound(what: string, path = 'id'): Failure {
  return new Failure('NOT_FOUND', `There is no such ${what}.`, { path });
}

/** Why Coterie cannot start, for who starts it and can put it right: one sentence, shown without a stack. */
export class CannotStart extends Error {
  override name = 'CannotStart';
}
