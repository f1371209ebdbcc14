import type { AdPlatform, AudienceIdentifier } from '@coterie/client';

/** How people call what may leave about somebody; an identifier that is missing here does not compile. */
export const identifierNames: Record<AudienceIdentifier, string> = {
  EMAIL: 'E-mail addresses',
  PHONE: 'Phone numbers',
  EXTERNAL_ID: 'External id',
  MOBILE_AD_ID: 'Mobile advertising ids',
  NAME: 'Name',
  LOCATION: 'Place',
  BIRTHDAY: 'Year of birth',
  GENDER: 'Gender',
  JOB: 'Job title and company',
  DOMAIN: 'Website domain',
  EMAIL_DOMAIN: 'E-mail domain',
  LINKEDIN_URL: 'LinkedIn page',
  STOCK_SYMBOL: 'Stock symbol',
};

/** How people call the platforms. */
export const platformNames: Record<AdPlatform, string> = {
  META: 'Meta',
  GOOGLE: 'Google',
  LINKEDIN: 'LinkedIn',
  TIKTOK: 'TikTok',
  X: 'X',
  MICROSOFT: 'Microsoft',
};
