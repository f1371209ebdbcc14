export {
  FeatureBuilder,
  type ColumnWriter,
  type EventColumn,
  type FeatureOptions,
} from './feature-builder.js';
export type { Features, LeftOut } from './features.js';
export { areaUnderCurve, liftAt, recallAt } from './evaluate.js';
export { printTrait, type ColumnKind, type Trait, type TraitValue } from './traits.js';
export { randomOf, sampled, shuffled, type Random } from './random.js';
export { train, TrainingCancelled, type TrainOptions } from './train.js';
export type { LookalikeModel, Mix, PartName } from './model.js';
export { cutPoints, ranked, score, sizes, type CutPoint } from './score.js';
export { checkHoldOut, type HoldOut } from './check-hold-out.js';
export {
  Explainer,
  similarityBySize,
  traitLifts,
  type Contribution,
  type ScoreExplanation,
  type SizeExpectation,
  type TraitLift,
} from './explain.js';
export {
  assessModel,
  assessSeed,
  leastSeed,
  type SeedAssessment,
  type SeedRefusal,
  type SeedWarning,
} from './assess-seed.js';
