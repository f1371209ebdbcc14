import {
  longStatementSeconds,
  type WithWorkspace,
  type WorkspaceTransaction,
} from '../../platform/database/with-workspace.js';
import { deleteContacts, identitiesOf, insertErased, workspaceFacts } from '../contacts/index.js';
import { eraseFromImports, hasImportUnderWay } from '../imports/index.js';
import { eraseFromQuarantine } from '../ingestion/index.js';
import { forgetMembers, forgetPostings } from '../segments/index.js';
import {
  contactsOf,
  countHeld,
  databaseNow,
  deleteDecisions,
  deleteSomeEvents,
  deleteSubmissions,
  deleteTrail,
  forgetAnswers,
  hasOlderTransactions,
  mergedInto,
  waitingSubmissions,
} from './erasure.repository.js';
import type { Receipt, Subject } from './privacy-request.js';
import {
  addToReceipt,
  forgetSubjects,
  lockOpenRequest,
  markEnded,
  markRunning,
  requestsWithSubject,
} from './privacy-request.repository.js';
import type { RequestRun } from './request-job.js';
import { requestsAbout, Traces } from './traces.js';

/** Events that one transaction deletes at most. */
const eventsAtOnce = 10_000;

/**
 * What else has to be done about contacts who are about to be erased, in the transaction that deletes them: by modules that
 * know of places where they were sent.
 */
export type ErasureFollower = (
  tx: WorkspaceTransaction,
  erased: { requestId: string; ordinals: readonly number[]; now: Date },
) => Promise<void>;

/** What erasing somebody needs. */
export interface ErasureRun extends RequestRun {
  followers: readonly ErasureFollower[];
  withWorkspace: WithWorkspace;
  now: () => Date;
}

/**
 * Erases a person: first it is seen to that nothing new of them is taken, then the contact goes with all that hangs on
 * it, then whatever names them where things are kept as they came. Each step can be done again, so whoever takes over
 * after a crash begins from the beginning, and finds less.
 *
 * What began before the person's identities were refused may still store something of them: until that has ended, the
 * erasure is not.
 * @returns whether it is done; if not, it is to be tried again in a while.
 */
export async function erasePerson(run: ErasureRun): Promise<boolean> {
  const refusedSince = await refuse(run);
  if (!refusedSince) return true;
  await removeContacts(run);
  if (await mayStillCome(run, refusedSince)) return false;
  const subject = await removeContacts(run);
  await removeTraces(run, subject);
  await within(run, (tx) => markEnded(tx, run.requestId, { now: run.now(), error: null }));
  return true;
}

function within<Result>(
  { withWorkspace, workspaceId, signal }: ErasureRun,
  work: (tx: WorkspaceTransaction) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  return withWorkspace(workspaceId, work, { statementSeconds: longStatementSeconds });
}

/**
 * Sees to it that nothing of the person is taken any more.
 * @returns since when, by the database's clock; undefined when the request has ended.
 */
async function refuse(run: ErasureRun): Promise<Date | undefined> {
  const subject = await within(run, (tx) => find(tx, run.requestId));
  if (!subject) return undefined;
  if (subject.refusedSince) return new Date(subject.refusedSince);
  // In a transaction of its own: what begins after this sees what is refused.
  return within(run, async (tx) => {
    const refusedSince = await databaseNow(tx);
    await markRunning(tx, run.requestId, { ...subject, refusedSince: refusedSince.toISOString() });
    return refusedSince;
  });
}

/** Finds out what the person is known by, refuses it from now on, and notes it with the request. */
async function find(tx: WorkspaceTransaction, requestId: string): Promise<Subject | undefined> {
  const request = await lockOpenRequest(tx, requestId);
  if (!request) return undefined;
  const ordinals = await contactsOf(tx, request.subject, { lock: true });
  const found = (await identitiesOf(tx, ordinals)).map(({ kind, value }) => ({ kind, value }));
  const known = new Map(
    [...request.subject.identities, ...found].map((one) => [`${one.kind} ${one.value}`, one]),
  );
  const subject: Subject = { ...request.subject, identities: [...known.values()] };
  await insertErased(tx, subject.identities, requestId);
  await markRunning(tx, requestId, subject);
  return subject;
}

/** Deletes the contacts that the person is, and everything that hangs on them. */
async function removeContacts(run: ErasureRun): Promise<Subject> {
  for (;;) {
    const { subject, isGone } = await within(run, async (tx) => {
      const found = await find(tx, run.requestId);
      if (!found) throw new Error(`The erasure ${run.requestId} was ended by somebody else.`);
      const ordinals = await contactsOf(tx, found, { lock: true });
      return { subject: found, isGone: await removeSome(tx, run, ordinals) };
    });
    if (isGone) return subject;
  }
}

/** @returns whether nothing is left. */
async function removeSome(
  tx: WorkspaceTransaction,
  { requestId, now, followers }: ErasureRun,
  ordinals: readonly number[],
): Promise<boolean> {
  if (ordinals.length === 0) return true;
  const events = await deleteSomeEvents(tx, ordinals, eventsAtOnce);
  tx.changed(ordinals, '*');
  if (events === eventsAtOnce) {
    await addToReceipt(tx, requestId, { events });
    return false;
  }
  const counts = await countHeld(tx, ordinals);
  const all = [...ordinals, ...(await mergedInto(tx, ordinals))];
  for (const follow of followers) await follow(tx, { requestId, ordinals: all, now: now() });
  const transitions = await forgetMembers(tx, all, now());
  await forgetPostings(tx);
  await deleteTrail(tx, ordinals);
  await deleteContacts(tx, ordinals);
  await addToReceipt(tx, requestId, { ...counts, events, 'segment transitions': transitions });
  return true;
}

/** Whether something is under way that began before the person was refused: an import, or a transaction of anything. */
function mayStillCome(run: ErasureRun, refusedSince: Date): Promise<boolean> {
  return within(
    run,
    async (tx) =>
      (await hasImportUnderWay(tx, refusedSince)) || (await hasOlderTransactions(tx, refusedSince)),
  );
}

/** Deletes what names the person where things are kept as they came. */
async function removeTraces(run: ErasureRun, subject: Subject): Promise<void> {
  const { withWorkspace, workspaceId, requestId, signal } = run;
  const { defaultCountry } = await within(run, workspaceFacts);
  const traces = new Traces(subject.identities, defaultCountry);
  const names = (body: unknown): boolean => traces.inJson(body);
  const quarantined = await eraseFromQuarantine(withWorkspace, workspaceId, names, signal);
  const inRow = (...row: Parameters<Traces['inRow']>): boolean => traces.inRow(...row);
  const imports = await eraseFromImports(withWorkspace, workspaceId, inRow, signal);
  await within(run, async (tx) => {
    const counts: Receipt = {
      'quarantined events': quarantined,
      'import files': imports.files,
      'rejected rows': imports.rows,
      ...(await deleteDecisions(tx, subject.identities)),
      'form submissions': await removeSubmissions(tx, names),
      answers: await removeAnswers(tx, subject),
    };
    const exports = await removeSubjects(tx, requestId, subject, traces);
    await addToReceipt(tx, requestId, { ...counts, exports });
  });
}

async function removeSubmissions(
  tx: WorkspaceTransaction,
  names: (body: unknown) => boolean,
): Promise<number> {
  const theirs = (await waitingSubmissions(tx)).filter(({ email, contact }) => names({ email, contact }));
  await deleteSubmissions(
    tx,
    theirs.map(({ id }) => id),
  );
  return theirs.length;
}

function removeAnswers(tx: WorkspaceTransaction, { refusedSince, answerKey }: Subject): Promise<number> {
  return forgetAnswers(tx, { before: new Date(refusedSince!), but: answerKey ?? null });
}

/** Forgets other requests of the same person, with their files; what is still being written is not kept. */
async function removeSubjects(
  tx: WorkspaceTransaction,
  requestId: string,
  subject: Subject,
  traces: Traces,
): Promise<number> {
  const ids = requestsAbout(await requestsWithSubject(tx), subject, traces).map(({ id }) => id);
  return forgetSubjects(
    tx,
    ids.filter((id) => id !== requestId),
  );
}
