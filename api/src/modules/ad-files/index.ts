import type { CreateModule } from '../../platform/module.js';
import { AdPlatformsResolver } from './ad-platforms.resolver.js';

export {
  AdPlatformEnum,
  AudienceIdentifierEnum,
  AudienceKindEnum,
  FileReadinessType,
  type AudienceKind,
} from './ad-files.types.js';
export { addDownload } from './download.routes.js';
export { chooseIdentifiers, type AdIdentifier } from './identifiers.js';
export {
  HandOut,
  noCounts,
  stillEligible,
  type HandedOut,
  type HandOutCounts,
  type HandOutPart,
  type ToldValues,
} from './hand-out.js';
export { attributesOf } from './load-people.js';
export { refusedKeys, sharedFields } from './refused-keys.js';
export { assessFile, type PlanFile } from './make-file.js';

/** Files for ad platforms: who may be in them, what is said of each, and the report that comes with them. */
export const createAdFilesModule: CreateModule = () => ({ resolvers: [new AdPlatformsResolver()] });
