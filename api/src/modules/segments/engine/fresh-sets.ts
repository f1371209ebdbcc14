import { setImmediate as nextTurn } from 'node:timers/promises';
import { Bitmap } from '@coterie/bitmap';
import { LRUCache } from 'lru-cache';
import type { Cache } from '../../../platform/cache/cache.js';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { Companies } from './companies.js';
import { readFeed, type Changes } from './feed.js';
import { LeafCache, type KeptSet } from './leaf-cache.js';
import { prepareToReadMuch, readPacked, setOf, withWorkers } from './read-ordinals.js';
import { readBases, type Base, type ListRow } from './read-postings.js';
import type { Statement } from './sql.js';
import { compile, scopeOf, select, type Moment, type Selection } from './sets/selection.js';

/** How a set came to be what it is at a version: it was kept, brought forward, or found anew. */
export type SetSource = 'CACHE' | 'INCREMENTAL' | 'COMPUTED';

/** Of several sources the one that took the most. */
export function furthest(sources: Iterable<SetSource>): SetSource {
  const all = new Set(sources);
  if (all.has('COMPUTED')) return 'COMPUTED';
  return all.has('INCREMENTAL') ? 'INCREMENTAL' : 'CACHE';
}

/** Thrown where a kept set is of a later version than the transaction sees: another snapshot sees that one, too. */
export class Outrun extends Error {}

/** What processes keep of sets, by workspace. */
export interface Keeping {
  leaves: LeafCache;
  companies: LRUCache<string, { version: number; companies: Companies }>;
}

/** Room for sets. @param mostBytes of all in this process together. @param shared where processes share them, if there is such a place. */
export function makeRoom(mostBytes: number, shared: Cache | undefined): Keeping {
  return {
    leaves: new LeafCache(mostBytes, shared),
    companies: new LRUCache<string, { version: number; companies: Companies }>({
      maxSize: mostBytes,
      sizeCalculation: ({ companies }) => companies.bytes + 1,
    }),
  };
}

/**
 * Changes beyond which a set is found anew instead of being brought forward: a share of the workspace's contacts, and a
 * number below which it does not matter. At a million contacts, looking again at one of them took 14 to 21 µs, and reading
 * one entry of an index 0.35 to 0.46 µs: for a set that has to read most of them, 2 % of the contacts take as long as all.
 */
const mostChanged = { share: 1 / 50, least: 500 };

/** Whom sets are asked about, and whether a set that is ahead of the transaction may be passed over. */
export interface SetOptions {
  /** Sets that nobody keeps are found among these only; what is said of others is then not to be used. */
  among?: Bitmap;
  passOver?: boolean;
}

/** Where a snapshot stands. */
export interface Position {
  /** The version of the workspace that it is of. */
  version: number;
  /** All ordinals that were ever taken are below. */
  end: number;
}

/** Reads where the snapshot of a transaction stands. */
export async function readPosition(tx: WorkspaceTransaction): Promise<Position> {
  const [row] = await tx.query<{ version: string | null; end: number | null }>(
    `select (select version from workspace_versions) as version,
       (select next_ordinal from contact_ordinals) as end`,
  );
  return { version: Number(row?.version ?? 0), end: row?.end ?? 0 };
}

/** The ordinals that were taken and belong to nobody any more. */
const vacant = (
  select({
    of: ['vacant'],
    find: ({ among }) => `select v.ordinal from vacant_ordinals v where ${among('v.ordinal')}`,
  }) as { found: Selection }
).found;

/** The sets of one snapshot: each as it is at the version of the transaction. */
export class FreshSets {
  readonly #tx: WorkspaceTransaction;
  readonly #version: number;
  readonly #end: number;
  readonly #keeping: Keeping;
  readonly #options: SetOptions;
  readonly #sets = new Map<string, { set: Bitmap; source: SetSource }>();
  readonly #changes = new Map<number, Promise<Changes | undefined>>();
  #basesRead: Promise<ReadonlyMap<string, Base>> | undefined;
  #prepared: Promise<void> | undefined;
  #asked: Promise<void> = Promise.resolve();
  #failure: { error: unknown } | undefined;
  #everybody: Bitmap | undefined;

  constructor(
    tx: WorkspaceTransaction,
    { version, end }: Position,
    keeping: Keeping,
    options: SetOptions = {},
  ) {
    this.#tx = tx;
    this.#version = version;
    this.#end = end;
    this.#keeping = keeping;
    this.#options = options;
  }

  /** All contacts. */
  get everybody(): Bitmap {
    this.#everybody ??= Bitmap.range(0, this.#end).andNot(this.#known(vacant.key).set);
    return this.#everybody;
  }

  /** Takes these as this process keeps them, without asking anybody. @returns whether all of them are there as they are now. */
  recall(selections: readonly Selection[], moment: Moment): boolean {
    return [vacant, ...selections].every((selection) => {
      const kept = this.#keeping.leaves.own(this.#tx.workspaceId, selection.key);
      if (!kept || !this.#isCurrent(kept, edgesAt(selection, moment))) return false;
      this.#sets.set(selection.key, { set: kept.set, source: 'CACHE' });
      return true;
    });
  }

  /** Who works together, as this process keeps it; undefined when that is of another version. */
  recallCompanies(): Companies | undefined {
    const kept = this.#keeping.companies.get(this.#tx.workspaceId);
    return kept?.version === this.#version ? kept.companies : undefined;
  }

  /** Finds all of these, after which they can be had. Throws {@link Outrun}. */
  async load(selections: readonly Selection[], moment: Moment): Promise<void> {
    const missing = [...new Map([vacant, ...selections].map((each) => [each.key, each])).values()].filter(
      ({ key }) => !this.#sets.has(key),
    );
    const { leaves } = this.#keeping;
    // Together, so that a shared cache that does not answer is waited for once.
    const kept = await Promise.all(missing.map(({ key }) => leaves.find(this.#tx.workspaceId, key)));
    // Also together: while what one statement gave is worked out here, PostgreSQL has the next one.
    if (kept.some((each) => this.#isOutrun(each))) throw new Outrun();
    const outcomes = await Promise.allSettled(
      missing.map(async (selection, index) => {
        this.#sets.set(selection.key, await this.#find(selection, moment, kept[index]));
      }),
    );
    // Only when all have ended: what was to be asked in the transaction must not be asked after it.
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** A set that was loaded. */
  set({ key }: Selection): Bitmap {
    return this.#known(key).set;
  }

  /** How a set that was loaded came about. */
  sourceOf({ key }: Selection): SetSource {
    return this.#known(key).source;
  }

  /** Who works together. */
  async companies(): Promise<Companies> {
    const { companies: cache } = this.#keeping;
    const { workspaceId } = this.#tx;
    const kept = cache.get(workspaceId);
    if (this.#isOutrun(kept)) throw new Outrun();
    const companies = (kept && (await this.#companiesFrom(kept))) ?? (await this.#loadCompanies());
    if (this.#options.passOver || (cache.peek(workspaceId)?.version ?? 0) <= this.#version) {
      cache.set(workspaceId, { version: this.#version, companies });
    }
    return companies;
  }

  async #loadCompanies(): Promise<Companies> {
    await this.#prepare();
    return (await this.#listedCompanies()) ?? this.#ask((tx) => Companies.load(tx, this.#end));
  }

  async #listedCompanies(): Promise<Companies | undefined> {
    const base = (await this.#bases()).get('*');
    if (!base) return undefined;
    const [row] = await this.#ask((tx) =>
      tx.query<{ list: Buffer }>(`select list from postings where facet = '*' and place = 0`),
    );
    const companies = Companies.fromPacked(row!.list, this.#end);
    return this.#companiesFrom({ version: base.version, companies });
  }

  async #companiesFrom(kept: { version: number; companies: Companies }): Promise<Companies | undefined> {
    const changes = kept.version <= this.#version ? await this.#since(kept.version) : undefined;
    const moved = changes && (changes.get('*') ?? Bitmap.empty);
    if (!moved || moved.size > this.#mostChanged) return undefined;
    if (moved.size === 0) return kept.companies;
    return this.#ask((tx) => kept.companies.broughtForward(tx, moved, this.#end));
  }

  #isOutrun(kept: { version: number } | undefined): boolean {
    return kept !== undefined && kept.version > this.#version && !this.#options.passOver;
  }

  #isCurrent(kept: KeptSet, edges: readonly number[]): boolean {
    const isOfNow =
      kept.edges.length === edges.length && edges.every((edge, index) => edge === kept.edges[index]);
    return isOfNow && kept.version === this.#version;
  }

  #known(key: string): { set: Bitmap; source: SetSource } {
    const known = this.#sets.get(key);
    if (!known) throw new Error('A set is asked for that was not loaded.');
    return known;
  }

  async #find(
    selection: Selection,
    moment: Moment,
    kept: KeptSet | undefined,
  ): Promise<{ set: Bitmap; source: SetSource }> {
    const edges = edgesAt(selection, moment);
    if (kept && this.#isCurrent(kept, edges)) return { set: kept.set, source: 'CACHE' };
    await this.#prepare();
    const usable =
      kept && kept.version <= this.#version && kept.edges.length === edges.length ? kept : undefined;
    const forward = usable && (await this.#broughtForward(selection, moment, usable, edges));
    const { among } = this.#options;
    if (!forward && among) return { set: await this.#among(selection, moment, among), source: 'COMPUTED' };
    const set =
      forward ?? (await this.#fromLists(selection, moment)) ?? (await this.#whole(selection, moment));
    const next = { version: this.#version, edges, set };
    this.#keeping.leaves.put(this.#tx.workspaceId, selection.key, next, {
      isNew: !forward,
      replaces: this.#options.passOver === true,
    });
    return { set, source: forward ? 'INCREMENTAL' : 'COMPUTED' };
  }

  async #whole(selection: Selection, moment: Moment): Promise<Bitmap> {
    const statement = compile(selection.find, moment);
    const packed = await this.#ask((tx) =>
      selection.isHeavy ? withWorkers(tx, () => readPacked(tx, statement)) : readPacked(tx, statement),
    );
    return setOf(packed, selection.holds);
  }

  #prepare(): Promise<void> {
    this.#prepared ??= this.#ask(prepareToReadMuch);
    return this.#prepared;
  }

  /**
   * Asks in the transaction, which has one question at a time. What is answered is looked at when the next question has
   * been sent. After one that failed nothing is asked any more.
   */
  async #ask<Result>(question: (tx: WorkspaceTransaction) => Promise<Result>): Promise<Result> {
    const answer = this.#asked.then(() => {
      if (this.#failure) throw this.#failure.error;
      return question(this.#tx);
    });
    this.#asked = answer.then(
      () => undefined,
      (error: unknown) => void (this.#failure ??= { error }),
    );
    const answered = await answer;
    await nextTurn();
    return answered;
  }

  /**
   * The set from posting lists, with those looked at again who have changed since they were made; undefined where there are
   * none, or where it is better found in another way.
   */
  async #fromLists(selection: Selection, moment: Moment): Promise<Bitmap | undefined> {
    const { fromLists } = selection;
    if (!fromLists) return undefined;
    const bases = await this.#bases();
    const used = fromLists.bases.map((facet) => bases.get(facet));
    if (!used.every((base) => base && (base.hasValues || !fromLists.needsValues))) return undefined;
    const version = Math.min(...used.map((base) => base!.version));
    const changed = await this.#changedSince(version, selection);
    if (!changed || changed.size > this.#mostChanged) return undefined;
    const scope = scopeOf(moment);
    const text = fromLists.find(scope);
    if (text === undefined) return undefined;
    const rows = await this.#ask((tx) => tx.query<ListRow>(text, scope.parameters.values));
    const listed = await fromLists.conclude(rows, moment, this.#end);
    return listed.patched(changed, await this.#among(selection, moment, changed));
  }

  /** Read once. */
  #bases(): Promise<ReadonlyMap<string, Base>> {
    this.#basesRead ??= this.#ask(readBases);
    return this.#basesRead;
  }

  /** Who may have come into the set or left it since by what was written; undefined where that may be anybody. */
  async #changedSince(version: number, { facets, anew, isLocal }: Selection): Promise<Bitmap | undefined> {
    const changes = await this.#since(version);
    if (!changes || anew.some((facet) => changes.has(facet))) return undefined;
    const changed = ['*', ...facets]
      .map((facet) => changes.get(facet) ?? Bitmap.empty)
      .reduce((one, other) => one.or(other));
    return !isLocal && changed.size > 0 ? undefined : changed;
  }

  /** The set with those looked at again who may be in it or not by now; undefined where it is better found anew. */
  async #broughtForward(
    selection: Selection,
    moment: Moment,
    kept: KeptSet,
    edges: readonly number[],
  ): Promise<Bitmap | undefined> {
    let doubtful = await this.#changedSince(kept.version, selection);
    if (!doubtful) return undefined;
    const most = this.#mostChanged;
    for (const [index, { crossed }] of selection.edges.entries()) {
      const [from, to] = [kept.edges[index]!, edges[index]!].toSorted((one, other) => one - other) as [
        number,
        number,
      ];
      if (from === to) continue;
      if (!crossed || doubtful.size > most) return undefined;
      const span = { from: new Date(from), to: new Date(to) };
      doubtful = doubtful.or(await this.#read(compile((scope) => crossed(span, scope), moment)));
    }
    if (doubtful.size > most) return undefined;
    return kept.set.patched(doubtful, await this.#among(selection, moment, doubtful));
  }

  async #among(selection: Selection, moment: Moment, asked: Bitmap): Promise<Bitmap> {
    if (asked.size === 0) return Bitmap.empty;
    return this.#read(compile(selection.find, moment, asked.ordinals()), selection.holds);
  }

  async #read(statement: Statement, holds?: (times: number) => boolean): Promise<Bitmap> {
    return setOf(await this.#ask((tx) => readPacked(tx, statement)), holds);
  }

  /** Read once for all sets that are of one version. */
  #since(version: number): Promise<Changes | undefined> {
    if (version === this.#version) return Promise.resolve(new Map());
    let changes = this.#changes.get(version);
    if (!changes) {
      changes = this.#ask((tx) => readFeed(tx, { after: version, most: 10 * this.#mostChanged }));
      this.#changes.set(version, changes);
    }
    return changes;
  }

  get #mostChanged(): number {
    return Math.max(mostChanged.least, Math.ceil(this.#end * mostChanged.share));
  }
}

function edgesAt({ edges }: Selection, moment: Moment): number[] {
  return edges.map(({ at }) => at(moment).getTime());
}
