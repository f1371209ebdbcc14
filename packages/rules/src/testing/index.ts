/** For tests of evaluators: random rules, random worlds, and what the rules mean in them. */
export { conditionArbitrary, ruleArbitrary } from './arbitraries.js';
export type { RuleSize } from './arbitraries.js';
export { evaluate, holds } from './evaluate.js';
export { TUNED, WILD } from './vocabulary.js';
export type { Vocabulary } from './vocabulary.js';
export { worldArbitrary, worldAt } from './world-arbitrary.js';
export type { WorldSize } from './world-arbitrary.js';
export { LIST_IDS, LOOKALIKE_IDS, schemaOf, SCHEMA_ATTRIBUTES, SEGMENT_IDS } from './world.js';
export type {
  Json,
  World,
  WorldCompany,
  WorldContact,
  WorldEvent,
  WorldSignal,
  WorldValue,
} from './world.js';
