import type { Platform, PlatformId } from './platform.js';
import { createGoogle } from './platforms/google.js';
import { createLinkedin } from './platforms/linkedin.js';
import { createMeta } from './platforms/meta.js';
import { createMicrosoft } from './platforms/microsoft.js';
import { createTiktok } from './platforms/tiktok.js';
import { createX } from './platforms/x.js';

/** Every platform with its default options. */
export const platforms: Readonly<Record<PlatformId, Platform>> = {
  meta: createMeta(),
  google: createGoogle(),
  linkedin: createLinkedin(),
  tiktok: createTiktok(),
  x: createX(),
  microsoft: createMicrosoft(),
};

export { countryCode } from './countries.js';
export { toCsv } from './csv.js';
export { sha256 } from './hash.js';
export { isEmail } from './normalise.js';
export type {
  AudienceKind,
  Column,
  Company,
  CompanyField,
  CompanyFormat,
  CompanyIdentifier,
  Field,
  FieldRule,
  FieldValue,
  Identifier,
  Person,
  Platform,
  PlatformId,
  ReadOptions,
  ValuesOf,
} from './platform.js';
export { createGoogle, type GoogleOptions } from './platforms/google.js';
export { createLinkedin } from './platforms/linkedin.js';
export { createMeta, type MetaOptions } from './platforms/meta.js';
export { createMicrosoft, type MicrosoftOptions } from './platforms/microsoft.js';
export { createTiktok, type TiktokOptions } from './platforms/tiktok.js';
export { createX, type XOptions } from './platforms/x.js';
