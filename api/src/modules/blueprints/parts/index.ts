import type { PartKind } from '../document.js';
import { audiencePart } from './audience.js';
import { automationPart } from './automation.js';
import type { PartType } from './part.js';
import { segmentPart } from './segment.js';

export type { Held, Making, PartType } from './part.js';

/** How each kind of part is made. Each is given only what it defined itself. */
export const partTypes = {
  segment: segmentPart,
  audience: audiencePart,
  automation: automationPart,
} as unknown as Record<PartKind, PartType>;
