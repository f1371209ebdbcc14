import { AsyncLocalStorage } from 'node:async_hooks';

/** Whose rows an idempotent request is noted in. */
export interface IdempotencyScope {
  kind: 'workspace' | 'organization';
  id: string;
}

/** What an idempotent request is found by. */
export interface IdempotencyMark {
  readonly scope: IdempotencyScope;
  readonly caller: string;
  readonly keyHash: Buffer;
}

/** Something that is being done and may change data: a mutation, a call of a route that writes, one run of a job. */
export interface Operation {
  /** `createSegment`, `POST /v1/imports`, or the name of a job. */
  readonly name: string;
  /** Of the request; of a job's run `job:<id>`. */
  readonly requestId: string;
  /** Who does it: `user:<id>`, `key:<id>` or `system`. The authorisation fills it in. */
  actor: string;
  /** The id of the one thing that it is about, where the caller names it. */
  readonly subjectId: string | null;
  /** The names of what the caller gives, without the values: `name`, `rule`. */
  readonly fields: readonly string[];
  /** The idempotency key that it was sent under. */
  readonly idempotency?: IdempotencyMark | undefined;
  /** Given for what takes many transactions, such as a job: they leave one entry together. */
  readonly entryId?: string;
}

const current = new AsyncLocalStorage<Operation | undefined>();

/** Does the work as this operation: whatever it changes is entered in the audit log, in the same transaction. */
export function performOperation<Result>(operation: Operation, work: () => Result): Result {
  return current.run(operation, work);
}

/** Does work that is no part of the operation that it happens in, such as looking after the tables. */
export function outsideOperation<Result>(work: () => Result): Result {
  return current.run(undefined, work);
}

/** What is being done at the moment; undefined where nothing is that could change data. */
export function currentOperation(): Operation | undefined {
  return current.getStore();
}

/** Says who does what is being done. */
export function actAs(actor: string): void {
  const operation = current.getStore();
  if (operation) operation.actor = actor;
}

/**
 * The kind of thing that an operation is about, read off its name: `segment` of `createStaticSegment`, `import` of
 * `POST /v1/imports`, null of a job.
 */
export function kindOf(name: string): string | null {
  const route = /^[A-Z]+ \/v1\/([a-z-]+)/u.exec(name);
  if (route) return singular(route[1]!.replaceAll('-', '_'));
  const words = name.split(/(?=[A-Z])/u).map((word) => word.toLowerCase());
  if (words.length < 2) return null;
  const noun = words.slice(1).filter((word) => !unspecific.has(word));
  return noun.length > 0 ? singular(noun.join('_')) : null;
}

/** Words of operations' names that do not say what kind of thing it is. */
const unspecific = new Set(['to', 'from', 'static', 'version', 'up', 'in', 'out']);

function singular(noun: string): string {
  return noun.replace(/ies$/u, 'y').replace(/s$/u, '');
}
