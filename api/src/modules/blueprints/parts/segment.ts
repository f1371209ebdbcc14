import { fold, type Rule } from '@coterie/rules';
import { Failure } from '../../../platform/errors.js';
import { archiveSegment, createSegment, findSegment, updateSegment } from '../../segments/index.js';
import type { BlueprintDocument } from '../document.js';
import type { PartType } from './part.js';

/** What a segment says. */
export interface SegmentDefinition {
  name: string;
  description: string;
  /** Null: it is static. */
  rule: Rule | null;
}

/** Segments of a blueprint. A static one begins empty: its members are the workspace's own. */
export const segmentPart: PartType<SegmentDefinition> = {
  define(body) {
    const { name, description, rule } = body as BlueprintDocument['segments'][number];
    // The rule is checked where it is stored, with what the workspace knows.
    return { name, description, rule: rule as Rule | null };
  },
  async read(tx, id) {
    const segment = await findSegment(tx, id);
    if (!segment) return undefined;
    const { name, description, rule, archivedAt } = segment;
    return { definition: { name, description, rule }, isArchived: archivedAt !== null };
  },
  async find(tx, name) {
    const [row] = await tx.query<{ id: string }>(
      'select id from segments where folded_name = $1 and archived_at is null',
      [fold(name)],
    );
    return row?.id;
  },
  async create({ tx, editor }, { name, description, rule }) {
    const made = { name, description, rule: rule && { tree: rule } };
    return (await createSegment(tx, made, editor)).id;
  },
  async change({ tx, editor }, id, { name, description, rule }) {
    const segment = (await findSegment(tx, id))!;
    if ((segment.rule === null) !== (rule === null))
      throw new Failure(
        'CONFLICT',
        `"${segment.name}" is ${segment.rule ? 'made from a rule' : 'static'} here.`,
      );
    const change = { id, expectedVersion: segment.version, name, description, rule: rule && { tree: rule } };
    await updateSegment(tx, change, editor);
  },
  async archive({ tx, editor }, id) {
    await archiveSegment(tx, id, editor.now);
  },
};
