import type { DestinationKind, DestinationType } from './destination.js';
import { file } from './file/index.js';
import { google } from './google/index.js';
import { linkedin } from './linkedin/index.js';
import { meta } from './meta/index.js';
import { microsoft } from './microsoft/index.js';
import { smtp } from './smtp/index.js';
import { tiktok } from './tiktok/index.js';
import { webhook } from './webhook/index.js';
import { x } from './x/index.js';

/** Every kind of destination. */
export const destinationTypes: Readonly<Record<DestinationKind, DestinationType>> = {
  meta,
  google,
  linkedin,
  tiktok,
  x,
  microsoft,
  webhook,
  smtp,
  file,
};
