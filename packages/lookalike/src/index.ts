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
