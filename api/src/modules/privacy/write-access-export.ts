import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Spool } from '../../platform/files/spool.js';
import { identitiesOf, workspaceFacts } from '../contacts/index.js';
import { rowsThatName } from '../imports/index.js';
import { quarantinedThatName } from '../ingestion/index.js';
import { contactsOf, waitingSubmissions } from './erasure.repository.js';
import { auditedAbout, decidedAbout, heldAbout, type HeldRow } from './held-about.repository.js';
import type { Receipt, Subject } from './privacy-request.js';
import { requestsWithSubject } from './privacy-request.repository.js';
import { requestsAbout, Traces } from './traces.js';

type Lines = AsyncGenerator<readonly [kind: string, rows: readonly HeldRow[]]>;

/**
 * Writes down everything that is held about a person, one JSON object a line, each with its `kind`. Meant for a snapshot.
 * @returns how many there are of each kind.
 */
export async function writeAccessExport(
  tx: WorkspaceTransaction,
  subject: Subject,
  spool: Pick<Spool, 'write'>,
): Promise<Receipt> {
  const receipt: Receipt = {};
  const ordinals = await contactsOf(tx, subject, { lock: false });
  const found = (await identitiesOf(tx, ordinals)).map(({ kind, value }) => ({ kind, value }));
  const identities = [...subject.identities, ...found];
  const traces = new Traces(identities, (await workspaceFacts(tx)).defaultCountry);
  const parts: Lines[] = [
    heldAbout(tx, ordinals),
    decidedAbout(tx, identities),
    keptAsItCame(tx, traces),
    auditedAbout(tx, ordinals),
    askedBefore(tx, subject, traces),
  ];
  for (const part of parts) {
    for await (const [kind, rows] of part) {
      if (rows.length === 0) continue;
      receipt[kind] = (receipt[kind] ?? 0) + rows.length;
      await spool.write(rows.map((row) => `${JSON.stringify({ kind, ...renamed(row) })}\n`).join(''));
    }
  }
  return receipt;
}

/** A row has a kind of its own: of an identity, say. */
function renamed({ kind, ...row }: HeldRow): HeldRow {
  return kind === undefined ? row : { ...row, type: kind };
}

/** What names the person where things are kept as they came. */
async function* keptAsItCame(tx: WorkspaceTransaction, traces: Traces): Lines {
  for await (const events of quarantinedThatName(
    (work) => work(tx),
    (body) => traces.inJson(body),
  ))
    yield [
      'quarantined event',
      events.map(({ body, receivedAt, code, path }) => ({ receivedAt, code, path, body: JSON.parse(body) })),
    ];
  for await (const { isRejected, ...row } of rowsThatName(
    (work) => work(tx),
    (...cells) => traces.inRow(...cells),
  ))
    yield [isRejected ? 'rejected row' : 'row of a file', [{ ...row }]];
  const submissions = await waitingSubmissions(tx);
  yield [
    'form submission',
    submissions.filter(({ email, contact }) => traces.inJson({ email, contact })).map((one) => ({ ...one })),
  ];
}

/** What the person has asked for before. */
async function* askedBefore(tx: WorkspaceTransaction, subject: Subject, traces: Traces): Lines {
  const theirs = requestsAbout(await requestsWithSubject(tx), subject, traces);
  yield [
    'request',
    theirs.map(({ kind, state, requestedAt, completedAt }) => ({ kind, state, requestedAt, completedAt })),
  ];
}
