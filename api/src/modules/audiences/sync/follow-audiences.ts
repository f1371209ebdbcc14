import {
  longStatementSeconds,
  type WorkspaceTransaction,
} from '../../../platform/database/with-workspace.js';
import type { Services } from '../../../platform/module.js';
import { attributesOf } from '../../ad-files/index.js';
import { workspaceFacts } from '../../contacts/index.js';
import { hasMemberAmong, standingOf, type Engine } from '../../segments/index.js';
import { requireAudience } from '../audience.repository.js';
import { plans, type SyncCause } from './audience-sync.js';
import { beginSync } from './begin-sync.js';
import { dueAfter } from './delivery.js';
import {
  followedAudiences,
  hasDeliveries,
  lockDelivery,
  saveDelivery,
  type FollowedAudience,
} from './delivery.repository.js';
import { contactsAmong, letIneligibleGo } from './member.repository.js';
import { letRefusedGo, refusedBy, sharedFieldsOf } from './shared-values.js';
import { openSyncOf } from './sync.repository.js';
import { concernedSince, readFollowed, saveFollowed, type Concerned } from './withdrawals.repository.js';

/** What following takes. */
export interface Following extends Pick<Services, 'withWorkspace' | 'clock' | 'enqueue'> {
  engine: Engine;
}

/** What came of one look. */
export interface Look {
  /** Whether any audience goes somewhere. */
  hasAudiences: boolean;
  /** Whether there was anything to do. */
  moved: boolean;
}

const minute = 60_000;

/** After a run, an audience that follows changes waits for so long before the next: each looks at the whole segment. */
export const changePause = minute;

/** A run that failed is tried again by itself after so long, where a withdrawal waits or a change follows. */
export const failurePause = 15 * minute;

/**
 * Looks once at the audiences of a workspace: first lets everybody go who may not be handed out any more, from all of them,
 * whether paused or archived; then begins the runs that are due.
 */
export async function followAudiences(
  services: Following,
  workspaceId: string,
  signal: AbortSignal,
): Promise<Look> {
  const within = <Result>(work: (tx: WorkspaceTransaction) => Promise<Result>): Promise<Result> => {
    signal.throwIfAborted();
    return services.withWorkspace(workspaceId, work, { statementSeconds: longStatementSeconds });
  };
  if (!(await within(hasDeliveries))) return { hasAudiences: false, moved: false };
  let moved = await within(followWithdrawals);
  const audiences = await within(followedAudiences);
  for (const audience of audiences) {
    const cause = await causeOf(services, workspaceId, audience);
    if (!cause) continue;
    moved = (await within((tx) => begin(services, tx, audience, cause))) || moved;
  }
  return { hasAudiences: true, moved };
}

/** @returns whether anybody was let go. */
async function followWithdrawals(tx: WorkspaceTransaction): Promise<boolean> {
  const upTo = await tx.version();
  const followed = await readFollowed(tx);
  if (followed !== null && followed >= upTo) return false;
  const concerned = followed === null ? 'anybody' : await concernedSince(tx, { after: followed, upTo });
  let moved = false;
  if (concerned === 'anybody' || concerned.length > 0)
    for (const { audienceId } of await followedAudiences(tx))
      moved = (await letGo(tx, audienceId, concerned)) || moved;
  await saveFollowed(tx, upTo);
  return moved;
}

async function letGo(tx: WorkspaceTransaction, audienceId: string, concerned: Concerned): Promise<boolean> {
  await lockDelivery(tx, audienceId);
  const audience = await requireAudience(tx, audienceId, 'id');
  if (audience.kind === 'companies') return false;
  const those = concerned === 'anybody' ? null : concerned;
  const own = await letIneligibleGo(tx, audienceId, those);
  const others =
    sharedFieldsOf(audience).length > 0
      ? await letRefusedGo(tx, audience, await refusedBy(tx, audience))
      : { leaving: 0, dropped: 0 };
  return own.leaving + own.dropped + others.leaving + others.dropped > 0;
}

/** Why a run of an audience is to begin now; undefined when none is. */
async function causeOf(
  services: Following,
  workspaceId: string,
  audience: FollowedAudience,
): Promise<SyncCause | undefined> {
  if (audience.isRunning) return undefined;
  const now = services.clock.now().getTime();
  const since = (at: Date | null): number => (at ? now - at.getTime() : Infinity);
  const rests = audience.lastFailed && since(audience.lastFinishedAt) < failurePause;
  const isActive = !audience.pausedAt && !audience.isArchived;
  const isDue = audience.nextSyncAt !== null && audience.nextSyncAt.getTime() <= now;
  if (isActive && isDue) return 'schedule';
  if (rests) return undefined;
  const isChanging = isActive && audience.schedule === 'on_change';
  if (
    isChanging &&
    since(audience.lastStartedAt) >= changePause &&
    (await hasChanged(services, workspaceId, audience))
  )
    return 'change';
  return audience.hasLeaving ? 'withdrawal' : undefined;
}

/** Whether the segment has other members than the last plan saw, or something else is to be said of them. */
async function hasChanged(
  { withWorkspace, engine, clock }: Following,
  workspaceId: string,
  { audienceId, segmentId, plannedVersion, plannedSequence }: FollowedAudience,
): Promise<boolean> {
  if (plannedVersion === null) return true;
  const found = await withWorkspace(workspaceId, async (tx) => {
    const { kind, identifiers } = await requireAudience(tx, audienceId, 'id');
    const sequence = (await standingOf(tx, segmentId))?.sequence ?? null;
    if (sequence !== plannedSequence) return 'anybody';
    const facets =
      kind === 'companies' ? companyFacets : attributesOf(identifiers).map((key) => `attribute:${key}`);
    return concernedSince(tx, { after: plannedVersion, upTo: await tx.version(), facets });
  });
  if (found === 'anybody') return true;
  if (found.length === 0) return false;
  return (
    (await hasMemberAmong(engine, workspaceId, { segmentId, now: clock.now(), ordinals: found })) ||
    (await withWorkspace(
      workspaceId,
      async (tx) => (await contactsAmong(tx, audienceId, Uint32Array.from(found).sort())).length > 0,
    ))
  );
}

/** What is said of companies. */
const companyFacets = [
  'name',
  'domain',
  'website',
  'email_domain',
  'linkedin_url',
  'stock_symbol',
  'industry',
  'city',
  'state',
  'country',
  'postal_code',
].map((key) => `company.${key}`);

/** @returns whether a run was begun: somebody else may have been faster. */
async function begin(
  { enqueue, clock }: Following,
  tx: WorkspaceTransaction,
  { audienceId }: FollowedAudience,
  cause: SyncCause,
): Promise<boolean> {
  const delivery = await lockDelivery(tx, audienceId);
  if (!delivery.destinationId || (await openSyncOf(tx, audienceId))) return false;
  if (plans({ cause }) && delivery.pausedAt) return false;
  const now = clock.now();
  if (cause === 'schedule') {
    const { timeZone } = await workspaceFacts(tx);
    await saveDelivery(tx, { ...delivery, nextSyncAt: dueAfter(delivery, now, timeZone) });
  }
  const { destinationId } = delivery;
  await beginSync(tx, enqueue, { audienceId, destinationId, cause, createdBy: 'system', now });
  return true;
}
