import { fold, minuteOf } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { shareDefinitions } from '../attributes/index.js';
import { afterAll, type ComputedAttribute } from './computed-attribute.js';
import {
  changesBeyond,
  contactsBeyond,
  feedGoesOnFrom,
  lockComputedAttributes,
  markComputed,
  saveProgress,
} from './computed-attribute.repository.js';
import { crossing } from './evaluate.sql.js';
import { recompute, type Moment } from './recompute.js';

/** How far the attributes of a workspace are after a step. */
export type Advance =
  /** There is more to do. */
  | 'goes_on'
  /** All values are those of this minute, and follow the feed to its end. */
  | 'fresh'
  /** No attribute is computed. */
  | 'nothing';

/** An attribute as it is after a step, and how many contacts were looked at. */
interface Done {
  next: ComputedAttribute;
  looked: number;
}

/** Gives undefined when there was nothing to do. */
type Step = (
  tx: WorkspaceTransaction,
  attribute: ComputedAttribute,
  moment: Moment,
) => Promise<Done | undefined>;

const steps: readonly Step[] = [sweep, slide, follow];

/**
 * Does one step for an attribute that is not up to date, in this transaction, together with the note of how far that has
 * come: whoever dies halfway loses nothing, and does nothing twice.
 *
 * At any time all values of an attribute are of one minute, `asOf`, but for what is under way. First everybody is looked
 * at; then, minute by minute, those with events at the edges of the window; then whoever the change feed names.
 * @returns what is left to do, and how many contacts were looked at.
 */
export async function advance(
  tx: WorkspaceTransaction,
  moment: Moment,
): Promise<{ state: Advance; looked: number }> {
  // Before anything else is locked: no attribute gets another key while its values are written.
  await shareDefinitions(tx);
  const attributes = await lockComputedAttributes(tx);
  let moved = false;
  for (const attribute of attributes) {
    const done = await step(tx, attribute, moment);
    if (done && done.looked > 0) return { state: 'goes_on', looked: done.looked };
    // Nobody was concerned: the next attribute can come along in the same transaction.
    moved ||= done !== undefined;
  }
  if (moved) return { state: 'goes_on', looked: 0 };
  if (attributes.length === 0) return { state: 'nothing', looked: 0 };
  await markComputed(
    tx,
    attributes.map(({ key }) => key),
    moment.now,
  );
  return { state: 'fresh', looked: 0 };
}

async function step(
  tx: WorkspaceTransaction,
  attribute: ComputedAttribute,
  moment: Moment,
): Promise<Done | undefined> {
  for (const take of steps) {
    const done = await take(tx, attribute, moment);
    if (!done) continue;
    await saveProgress(tx, done.next);
    return done;
  }
  return undefined;
}

/** The first time: everybody, in the order of their ordinals. */
async function sweep(
  tx: WorkspaceTransaction,
  attribute: ComputedAttribute,
  moment: Moment,
): Promise<Done | undefined> {
  if (attribute.sweepOrdinal === null) return undefined;
  const ordinals = await contactsBeyond(tx, attribute.sweepOrdinal, moment.chunk);
  await recompute(tx, attribute, { ordinals, asOf: attribute.asOf }, moment);
  // Whoever is made meanwhile is in the feed.
  const sweepOrdinal = ordinals.length < moment.chunk ? null : ordinals.at(-1)!;
  return { next: { ...attribute, sweepOrdinal }, looked: ordinals.length };
}

/** Brings values to the present minute: those of contacts with events that the window gained or lost. */
async function slide(
  tx: WorkspaceTransaction,
  attribute: ComputedAttribute,
  moment: Moment,
): Promise<Done | undefined> {
  const to = attribute.slideTo ?? minuteOf(moment.now);
  if (to <= attribute.asOf) return undefined;
  const { text, values } = crossing(
    { ...attribute, timeZone: moment.timeZone },
    { from: attribute.asOf, to, beyond: attribute.slideOrdinal, limit: moment.chunk },
  );
  const rows = await tx.query<{ ordinal: number }>(text, values);
  const ordinals = rows.map(({ ordinal }) => ordinal);
  await recompute(tx, attribute, { ordinals, asOf: to }, moment);
  const arrived = ordinals.length < moment.chunk;
  const next = arrived
    ? { ...attribute, asOf: to, slideTo: null, slideOrdinal: -1 }
    : { ...attribute, slideTo: to, slideOrdinal: ordinals.at(-1)! };
  return { next, looked: ordinals.length };
}

/** Looks at the contacts that have changed. Of a version that is visible, all before it are. */
async function follow(
  tx: WorkspaceTransaction,
  attribute: ComputedAttribute,
  moment: Moment,
): Promise<Done | undefined> {
  const upTo = await tx.version();
  const { feedVersion, feedOrdinal } = attribute;
  if (feedVersion >= upTo && feedOrdinal === afterAll) return undefined;
  if (feedOrdinal === afterAll && !(await feedGoesOnFrom(tx, feedVersion)))
    return startAgain(tx, attribute, moment);
  const foldedName = fold(attribute.computation.event.name);
  const changes = await changesBeyond(tx, attribute, { upTo, foldedName, limit: moment.chunk });
  const ordinals = [...new Set(changes.map(({ ordinal }) => ordinal))];
  await recompute(tx, attribute, { ordinals, asOf: attribute.asOf }, moment);
  const last = changes.length < moment.chunk ? { version: upTo, ordinal: afterAll } : changes.at(-1)!;
  const next = { ...attribute, feedVersion: last.version, feedOrdinal: last.ordinal };
  return { next, looked: ordinals.length };
}

/** What is kept of the feed begins later than this attribute has come: everybody is looked at again. */
async function startAgain(
  tx: WorkspaceTransaction,
  attribute: ComputedAttribute,
  { now }: Moment,
): Promise<Done> {
  const feed = { feedVersion: await tx.version(), feedOrdinal: afterAll };
  const next = {
    ...attribute,
    ...feed,
    asOf: minuteOf(now),
    sweepOrdinal: -1,
    slideTo: null,
    slideOrdinal: -1,
  };
  return { next, looked: 0 };
}
