import type { SampleCondition } from '@coterie/rules';
import type { LeafScope } from './leaf.js';

/** A stable random share: the first 32 bits of a hash of salt and contact, as a fraction; see packages/rules. */
export function sampleLeaf({ percent, salt }: SampleCondition, { parameters }: LeafScope): string {
  const hash = `md5(${parameters.add(salt, 'text')} || ':' || c.id::text)`;
  // The same steps in the same order as in JavaScript, so that rounding falls alike.
  const place = `('x' || left(${hash}, 8))::bit(32)::bigint::float8 / 4294967296 * 100`;
  return `${place} < ${parameters.add(percent, 'float8')}`;
}
