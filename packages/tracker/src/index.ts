export type { Consent, Options } from './options.js';
export type { Properties, Traits } from './record.js';
export { coterie, type Tracker } from './tracker.js';
