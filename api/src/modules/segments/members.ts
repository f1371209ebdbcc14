import { Bitmap } from '@coterie/bitmap';
import type { Rule } from '@coterie/rules';
import { longStatementSeconds, type WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { readCursor, toPage, type Page, type PageArgs } from '../../platform/graphql/pagination.js';
import { isId } from '../../platform/ids.js';
import type { Engine, Turn } from './engine/engine.js';
import type { Statement } from './engine/sql.js';
import { memberOrdinals } from './engine/truth.js';
import { standingOf } from './membership/follow-membership.js';
import { loadQuestion, loadQuestions, ruleOf } from './question.js';
import type { SegmentEntity } from './segment.entity.js';
import { requireSegment } from './segment.repository.js';

/**
 * The members of a segment as a sub-query for other statements: one column `ordinal`, a row each, in no order.
 * @param before how many parameters the statement already has: the sub-query's begin at `$${before + 1}`.
 * Throws NOT_FOUND with `path` when there is no such segment.
 */
export async function membersOf(
  tx: WorkspaceTransaction,
  segmentId: string,
  now: Date,
  { before = 0, path = 'id' }: { before?: number; path?: string } = {},
): Promise<Statement> {
  const segment = await requireSegment(tx, segmentId, path);
  return memberOrdinals(await loadQuestion(tx, ruleOf(segment), now), before);
}

/**
 * A segment that is about to be used by something new. Until the end of the transaction it cannot be archived.
 * Throws NOT_FOUND when there is none, CONFLICT when it is archived.
 */
export async function requireActiveSegment(
  tx: WorkspaceTransaction,
  segmentId: string,
  path = 'input.segmentId',
): Promise<SegmentEntity> {
  if (isId(segmentId)) await tx.query('select 1 from segments where id = $1 for share', [segmentId]);
  const segment = await requireSegment(tx, segmentId, path);
  if (segment.archivedAt) throw new Failure('CONFLICT', 'The segment is archived.', { path });
  return segment;
}

/** One member on a page. */
export interface Member {
  id: string;
  ordinal: number;
}

/** A page of a segment's members, in the order in which contacts came into the workspace. */
export function listMembers(
  turn: Turn,
  segment: Pick<SegmentEntity, 'id' | 'rule'>,
  page: PageArgs,
  now: Date,
): Promise<Page<Member>> {
  return listMeeting(turn, ruleOf(segment), page, now);
}

/** The same of those who meet a rule, which must have been checked. */
export async function listMeeting(
  { tx, evaluate }: Turn,
  rule: Rule,
  page: PageArgs,
  now: Date,
): Promise<Page<Member>> {
  const [after = -1] = readCursor(page.after, 'integer') ?? [];
  const { members } = await evaluate(await loadQuestion(tx, rule, now));
  const rows = await tx.query<Member>(
    'select id, ordinal from contacts where ordinal = any($1::int[]) order by ordinal',
    [members.next(after, page.first + 1)],
  );
  return toPage(
    rows,
    page,
    ({ ordinal }) => [ordinal],
    (row) => row,
  );
}

/** Whose segments are asked for, and which segments are looked at. */
export interface MembershipsAsked {
  contactIds: readonly string[];
  segments: readonly SegmentEntity[];
  now: Date;
}

/** Those of the segments that contacts are members of, by contact id, in their order: every rule is asked about them. */
export async function segmentsOfContacts(
  turn: Turn,
  { contactIds, segments, now }: MembershipsAsked,
): Promise<Map<string, SegmentEntity[]>> {
  const contacts = await turn.tx.query<{ id: string; ordinal: number }>(
    'select id, ordinal from contacts where id = any($1::uuid[])',
    [contactIds],
  );
  const questions = await loadQuestions(turn.tx, segments.map(ruleOf), now);
  const found = new Map(contacts.map(({ id }) => [id, [] as SegmentEntity[]]));
  const asked = Bitmap.of(contacts.map(({ ordinal }) => ordinal));
  for (const [index, question] of questions.entries()) {
    const members = await turn.membersAmong(question, asked);
    for (const { id, ordinal } of contacts) {
      if (members.has(ordinal)) found.get(id)?.push(segments[index] as SegmentEntity);
    }
  }
  return found;
}

/** The members of a segment at one moment. */
export interface MembersNow {
  members: Bitmap;
  /** The version of the workspace that they are of. */
  version: number;
  /** The latest transition that was recorded by then; null before its membership was first followed. */
  sequence: number | null;
}

/** The exact members of a segment. Throws NOT_FOUND when there is none. */
export async function membersNow(
  engine: Pick<Engine, 'inLongTurn'>,
  workspaceId: string,
  { segmentId, now, signal }: { segmentId: string; now: Date; signal: AbortSignal },
): Promise<MembersNow> {
  return engine.inLongTurn(
    workspaceId,
    async ({ tx, version, evaluate }) => {
      const segment = await requireSegment(tx, segmentId, 'segmentId');
      const { members } = await evaluate(await loadQuestion(tx, ruleOf(segment), now));
      return { members, version, sequence: (await standingOf(tx, segmentId))?.sequence ?? null };
    },
    { statementSeconds: longStatementSeconds, signal },
  );
}

/** Whether any of some contacts is a member of a segment. */
export async function hasMemberAmong(
  engine: Pick<Engine, 'inTurn'>,
  workspaceId: string,
  { segmentId, now, ordinals }: { segmentId: string; now: Date; ordinals: readonly number[] },
): Promise<boolean> {
  return engine.inTurn(workspaceId, async ({ tx, membersAmong }) => {
    const segment = await requireSegment(tx, segmentId, 'segmentId');
    const question = await loadQuestion(tx, ruleOf(segment), now);
    return (await membersAmong(question, Bitmap.of(ordinals))).size > 0;
  });
}
