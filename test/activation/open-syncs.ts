import { randomUUID } from 'node:crypto';
import { sha256 } from '@coterie/ad-formats';
import { createAudience } from '../../api/src/modules/audiences/edit-audiences.js';
import type { AudienceDestinations } from '../../api/src/modules/audiences/sync/audience-destinations.js';
import { syncTask } from '../../api/src/modules/audiences/sync/begin-sync.js';
import type { AudienceSync } from '../../api/src/modules/audiences/sync/audience-sync.js';
import {
  setDelivery,
  syncNow,
  type SyncEditing,
  type WantedDelivery,
} from '../../api/src/modules/audiences/sync/edit-sync.js';
import { followAudiences } from '../../api/src/modules/audiences/sync/follow-audiences.js';
import { createSyncTask } from '../../api/src/modules/audiences/sync/sync-audience.job.js';
import { heldCounts } from '../../api/src/modules/audiences/sync/member.repository.js';
import { listSyncs } from '../../api/src/modules/audiences/sync/sync.repository.js';
import { addSuppressions } from '../../api/src/modules/consent/index.js';
import { deleteContact } from '../../api/src/modules/contacts/delete-contact.js';
import type { ContactInput } from '../../api/src/modules/contacts/index.js';
import { createSegment } from '../../api/src/modules/segments/create-segment.js';
import { createEngine } from '../../api/src/modules/segments/engine/engine.js';
import { materialise } from '../../api/src/modules/segments/membership/materialise.js';
import { PresentMemberships } from '../../api/src/modules/segments/membership/present-memberships.js';
import type { WithWorkspace, WorkspaceTransaction } from '../../api/src/platform/database/with-workspace.js';
import { createLog } from '../../api/src/platform/log.js';
import type { Enqueue } from '../../api/src/platform/module.js';
import type { Outside } from '../../api/src/modules/destinations/destination.js';
import { createNetwork } from '../../api/src/platform/net/network.js';
import { addContacts } from '../support/builders.js';
import { openSegments, type Segments } from '../segments/open-segments.js';
import { StrictPlatform } from './strict-platform.js';

/** A job that waits, with when it is due. */
interface Waiting {
  task: string;
  payload: unknown;
  key: string | undefined;
  runAt: Date | undefined;
}

/** A workspace whose audiences go to a platform that the test watches. */
export interface Syncs extends Omit<Segments, 'people'> {
  platform: StrictPlatform;
  destinationId: string;
  jobs: Waiting[];
  enqueue: Enqueue;
  /** Makes people with consent for ads, `p0@example.com` and so on unless given. */
  people(...inputs: (ContactInput | string)[]): Promise<string[]>;
  /** Makes a segment by its rule. */
  segment(rule?: string): Promise<string>;
  audience(changes?: Record<string, unknown>): Promise<string>;
  /** Sends the audience to the platform. */
  deliver(id: string, wanted?: Omit<WantedDelivery, 'id'>): Promise<void>;
  edit<Result>(work: (editing: SyncEditing) => Promise<Result>): Promise<Result>;
  /** Asks for a sync, and runs what is to be run. */
  sync(id: string): Promise<AudienceSync>;
  /** Looks after the audiences as the job would. */
  follow(): Promise<void>;
  /** Brings the memberships of segments up to date. */
  materialise(): Promise<void>;
  /** Runs the syncs that are due, on this way in; later ones too when asked. */
  run(options?: { withWorkspace?: WithWorkspace; alsoLater?: boolean }): Promise<void>;
  last(id: string): Promise<AudienceSync>;
  history(id: string): Promise<AudienceSync[]>;
  /** By our books. */
  held(id: string): Promise<number>;
  /** Withdraws the consent for ads of whoever has the address. */
  withdraw(email: string): Promise<void>;
  suppress(email: string): Promise<void>;
  remove(contactId: string): Promise<void>;
}

/** What a platform holds of people who are known by these addresses. */
export function addresses(...emails: string[]): string[] {
  return emails.map((email) => `email:${sha256(email)}`).sort();
}

/** The platform of these tests is in their process, and asks nobody. */
const nowhere = (): Outside => ({
  network: createNetwork([]),
  ask: () => Promise.reject(new Error('asked')),
});

export async function openSyncs(): Promise<Syncs> {
  const segments = await openSegments();
  const { workspaceId, clock, inside, withWorkspace } = segments;
  const platform = new StrictPlatform();
  const destinationId = randomUUID();
  await segments.database.owner.query(
    `insert into destinations (workspace_id, id, name, kind, settings, credentials, created_by, created_at, updated_at)
     values ($1, $2, 'Ads', 'meta', '{}', '', 'system', now(), now())`,
    [workspaceId, destinationId],
  );
  const jobs: Waiting[] = [];
  const enqueue: Enqueue = (_manager, task, payload, { key, runAt } = {}) => {
    const former = jobs.findIndex((job) => key !== undefined && job.key === key);
    if (former >= 0) jobs.splice(former, 1);
    jobs.push({ task, payload, key, runAt });
    return Promise.resolve();
  };
  const destinations: AudienceDestinations = {
    open: (_workspaceId, _id, signal) =>
      Promise.resolve({
        connector: platform,
        connection: { settings: {}, credentials: {}, outside: nowhere(), signal },
      }),
  };
  const engine = createEngine({ withWorkspace, shared: undefined }, { mostBytes: 1 << 24 });
  const memberships = new PresentMemberships(1 << 24);
  const signal = new AbortController().signal;
  const log = createLog('silent');
  let names = 0;
  let numbers = 0;
  const edit: Syncs['edit'] = (work) =>
    inside((tx: WorkspaceTransaction, editor) => work({ tx, enqueue, editor }));
  const run: Syncs['run'] = async ({ withWorkspace: way = withWorkspace, alsoLater = false } = {}) => {
    const task = createSyncTask({ withWorkspace: way, clock, enqueue, engine, destinations });
    for (;;) {
      const index = jobs.findIndex((job) => job.task === syncTask && (alsoLater || !job.runAt));
      if (index < 0) return;
      const [job] = jobs.splice(index, 1);
      await task(job!.payload, { signal, log, isLastAttempt: false });
    }
  };
  const history = (id: string): Promise<AudienceSync[]> => inside((tx) => listSyncs(tx, id, undefined, 100));
  const last = async (id: string): Promise<AudienceSync> => (await history(id))[0]!;
  return {
    ...segments,
    platform,
    destinationId,
    jobs,
    enqueue,
    edit,
    run,
    last,
    history,
    async people(...inputs) {
      const taken = await addContacts(
        withWorkspace,
        workspaceId,
        inputs.map((input) => ({
          consents: [{ channel: 'ads', state: 'granted' }],
          ...(typeof input === 'string' ? { email: input } : input),
        })),
        { now: clock.now() },
      );
      return taken.map(({ contactId }) => contactId);
    },
    segment: (rule = 'all of ()') =>
      inside(async (tx, editor) => {
        const name = `Segment ${(names += 1)}`;
        return (await createSegment(tx, { name, rule: { text: rule } }, editor)).id;
      }),
    audience: (changes = {}) =>
      inside(async (tx, editor) => {
        numbers += 1;
        const segment = await createSegment(
          tx,
          { name: `Everybody ${numbers}`, rule: { text: 'all of ()' } },
          editor,
        );
        const input = {
          name: `Audience ${numbers}`,
          platform: 'meta',
          kind: 'contacts',
          segmentId: segment.id,
          identifiers: ['email'],
          ...changes,
        } as Parameters<typeof createAudience>[1];
        return (await createAudience(tx, input, editor)).id;
      }),
    deliver: async (id, wanted = {}) => {
      await edit((editing) => setDelivery(editing, { id, destinationId, ...wanted }));
    },
    async sync(id) {
      await edit((editing) => syncNow(editing, id));
      await run();
      return last(id);
    },
    async follow() {
      await followAudiences({ withWorkspace, clock, enqueue, engine }, workspaceId, signal);
    },
    async materialise() {
      await materialise({ withWorkspace, engine, memberships, clock }, workspaceId, signal);
    },
    held: async (id) => (await inside((tx) => heldCounts(tx, [id]))).get(id) ?? 0,
    async withdraw(email) {
      await addContacts(
        withWorkspace,
        workspaceId,
        [{ email, consents: [{ channel: 'ads', state: 'withdrawn' }] }],
        { now: new Date(clock.now().getTime() + 1) },
      );
    },
    async suppress(email) {
      await inside((tx) =>
        addSuppressions(
          tx,
          { channels: ['ads'], kind: 'email', values: [email] } as Parameters<typeof addSuppressions>[1],
          { defaultCountry: null, now: clock.now() },
        ),
      );
    },
    async remove(contactId) {
      await inside((tx) => deleteContact(tx, contactId));
    },
  };
}
