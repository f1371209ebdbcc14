import type { Rule } from '@coterie/rules';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { upsertCompanyInputs } from '../../api/src/modules/companies/index.js';
import { upsertContacts, type ContactInput } from '../../api/src/modules/contacts/index.js';
import { mergeByHand } from '../../api/src/modules/contacts/merging/merge-by-hand.js';
import { undoMerge } from '../../api/src/modules/contacts/merging/undo-merge.js';
import { recordSignals } from '../../api/src/modules/signals/record-signals.js';
import { createEngine, type Engine } from '../../api/src/modules/segments/engine/engine.js';
import { countMembers, type Question } from '../../api/src/modules/segments/engine/truth.js';
import type { WorkspaceTransaction } from '../../api/src/platform/database/with-workspace.js';
import { openTenants, type Tenants } from '../support/builders.js';

/*
 * What a rule asks of a company is noted in the change feed for the contacts that the company has. A contact that joins
 * while that is under way must not be left out: it is looked at again, whichever of the two is committed first.
 */

const now = new Date('2026-03-20T09:00:00.000Z');
const settings = { timeZone: 'UTC', defaultCountry: null, now };
const isSoftware: Rule = { attribute: { key: 'company.industry', op: 'equals', value: 'Software' } };
const hasSignal: Rule = { signal: { name: 'funding' } };

let tenants: Tenants;
let engine: Engine;
let workspaceId: string;
beforeAll(async () => {
  tenants = await openTenants();
});
afterAll(() => tenants.close());
beforeEach(async () => {
  const { withWorkspace } = tenants;
  engine = createEngine({ withWorkspace, shared: undefined }, { mostBytes: 2 ** 20 });
  workspaceId = await tenants.newWorkspace();
});

const inside = <Result>(work: (tx: WorkspaceTransaction) => Promise<Result>): Promise<Result> =>
  tenants.withWorkspace(workspaceId, work);

async function people(...inputs: ContactInput[]): Promise<string[]> {
  const results = await inside((tx) => upsertContacts(tx, settings, inputs));
  return results.map((result) => (result.ok ? result.contactId : ''));
}

/** What the engine counts from what it keeps, and what the truth counts. */
async function counts(rule: Rule): Promise<{ engine: number; truth: number }> {
  const question: Question = { rule, definitions: new Map(), now, timeZone: 'UTC' };
  return engine.inTurn(workspaceId, async (turn) => {
    const { members } = await turn.evaluate(question);
    const { text, values } = countMembers(question);
    const [row] = await turn.tx.query<{ count: string }>(text, values);
    return { engine: members.size, truth: Number(row!.count) };
  });
}

const changes: Record<string, { rule: Rule; change: (tx: WorkspaceTransaction) => Promise<unknown> }> = {
  'an attribute of the company is changed': {
    rule: isSoftware,
    change: (tx) =>
      upsertCompanyInputs(tx, [{ domain: 'acme.com', attributes: { industry: 'Software' } }], settings),
  },
  'a signal of the company is recorded': {
    rule: hasSignal,
    change: (tx) =>
      recordSignals(
        tx,
        [{ company: { domain: 'acme.com' }, name: 'funding', source: 'crunchbase', observedAt: now }],
        settings,
      ),
  },
};

/** Makes what it takes, and gives what has a contact join the company. */
const joinings: Record<string, () => Promise<() => Promise<unknown>>> = {
  'by naming it': async () => () => people({ externalId: 'ada', company: { domain: 'acme.com' } }),
  'by its address': async () => {
    await people({ externalId: 'ada' });
    return () => people({ externalId: 'ada', email: 'ada@acme.com' });
  },
  'as a new contact, by its address': async () => () => people({ email: 'eve@acme.com' }),
  'when a merge is undone': async () => {
    const [winnerId, loserId] = await people(
      { externalId: 'bob', company: { externalId: 'globex' } },
      { externalId: 'ada', email: 'ada@acme.com' },
    );
    const by = { by: 'user:test', now };
    const id = await inside((tx) => mergeByHand(tx, { winnerId: winnerId!, loserId: loserId! }, by));
    return () => inside((tx) => undoMerge(tx, id, by));
  },
};

const cases = Object.keys(joinings).flatMap((joining) =>
  Object.keys(changes).map((change): [string, string] => [joining, change]),
);

/** PostgreSQL asks for the company of whoever joins it, and waits for who changes it. */
it.each(cases)('a contact that joins %s while %s is not left out', expectCounted);

async function expectCounted(joining: string, changing: string): Promise<void> {
  const { rule, change } = changes[changing]!;
  await inside((tx) => upsertCompanyInputs(tx, [{ domain: 'acme.com', name: 'Acme' }], settings));
  const join = await joinings[joining]!();
  await counts(rule);
  let goOn: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  let isWritten: () => void = () => undefined;
  const written = new Promise<void>((resolve) => (isWritten = resolve));
  const changed = inside(async (tx) => {
    await change(tx);
    isWritten();
    await held;
  });
  await written;
  const joined = join();
  // It has either joined by then, or waits for the other.
  await Promise.race([joined, new Promise((resolve) => setTimeout(resolve, 500))]);
  await counts(rule);
  goOn();
  await Promise.all([changed, joined]);
  const { engine: counted, truth } = await counts(rule);
  expect(truth).toBe(1);
  expect(counted).toBe(truth);
}
