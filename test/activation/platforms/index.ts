import { googleDefinition, startGoogle } from './google.js';
import { linkedinDefinition, startLinkedin } from './linkedin.js';
import { metaDefinition, startMeta } from './meta.js';
import { microsoftDefinition, startMicrosoft } from './microsoft.js';
import type { PlatformServer } from './server.js';
import { startTiktok, tiktokDefinition } from './tiktok.js';
import { startX, xDefinition } from './x.js';

export type { PlatformServer } from './server.js';

/** How each platform is started, and what is entered of it as a destination. */
export const platformServers = {
  meta: { start: startMeta, definition: metaDefinition },
  google: { start: startGoogle, definition: googleDefinition },
  linkedin: { start: startLinkedin, definition: linkedinDefinition },
  tiktok: { start: startTiktok, definition: tiktokDefinition },
  x: { start: startX, definition: xDefinition },
  microsoft: { start: startMicrosoft, definition: microsoftDefinition },
} satisfies Record<string, { start(): Promise<PlatformServer>; definition(server: PlatformServer): object }>;
