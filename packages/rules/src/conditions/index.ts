import type { ConditionKind } from '../ast.js';
import { attribute } from './attribute.js';
import type { ConditionHandler } from './condition.js';
import { consent, identified } from './consent.js';
import { event } from './event.js';
import { list, lookalike, segment } from './membership.js';
import { sample } from './sample.js';
import { sequence } from './sequence.js';
import { signal } from './signal.js';

/** Every kind of condition; one that is missing here does not compile. */
export const CONDITIONS: { [K in ConditionKind]: ConditionHandler<K> } = {
  attribute,
  event,
  sequence,
  signal,
  segment,
  list,
  lookalike,
  consent,
  identified,
  sample,
};
