import { platforms } from '@coterie/ad-formats';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../platform/errors.js';
import { chooseIdentifiers, type AdIdentifier, type FileKind } from './identifiers.js';

const { google, linkedin, meta, microsoft } = platforms;

describe('the identifiers of a file', () => {
  it('are those that find somebody, unless chosen: what only helps does not leave unasked', () => {
    const chosen = (platform: typeof meta, kind: FileKind = 'contacts') =>
      chooseIdentifiers(platform, kind, null, 'input.identifiers');
    expect(chosen(meta)).toEqual(['email', 'phone', 'mobile_ad_id']);
    expect(chosen(google)).toEqual(['email', 'phone', 'name', 'location']);
    expect(chosen(linkedin)).toEqual(['email', 'mobile_ad_id']);
    expect(chosen(microsoft)).toEqual(['email']);
    expect(chosen(linkedin, 'companies')).toEqual([
      'name',
      'domain',
      'email_domain',
      'linkedin_url',
      'stock_symbol',
    ]);
  });

  it('suffice by themselves when they are the default', () => {
    for (const platform of Object.values(platforms)) {
      for (const kind of platform.kinds) {
        const chosen = chooseIdentifiers(platform, kind, null, 'path');
        expect(chooseIdentifiers(platform, kind, chosen, 'path')).toEqual(chosen);
      }
    }
  });

  it("are put into the platform's order, each once", () => {
    expect(chooseIdentifiers(meta, 'contacts', ['name', 'email', 'name', 'phone'], 'path')).toEqual([
      'email',
      'phone',
      'name',
    ]);
  });

  it.each<[string, typeof meta, FileKind, AdIdentifier[], string, string]>([
    ['the platform does not take', microsoft, 'contacts', ['email', 'phone'], 'path[1]', 'cannot use PHONE'],
    ['companies do not have', linkedin, 'companies', ['email'], 'path[0]', 'cannot use EMAIL'],
    ['find nobody', meta, 'contacts', ['name', 'gender'], 'path', 'choose one of EMAIL, PHONE, MOBILE_AD_ID'],
    ['find no company', linkedin, 'companies', ['stock_symbol'], 'path', 'finds nobody'],
    ['are none', meta, 'contacts', [], 'path', 'finds nobody'],
    [
      'are of use only together',
      google,
      'contacts',
      ['email', 'name'],
      'path',
      'NAME and LOCATION only together',
    ],
  ])('are refused when they are ones that %s', (_, platform, kind, wanted, path, message) => {
    let failure: Failure | undefined;
    try {
      chooseIdentifiers(platform, kind, wanted, 'path');
    } catch (error) {
      failure = error as Failure;
    }
    expect(failure).toMatchObject({ code: 'INVALID_INPUT', path });
    expect(failure?.message).toContain(message);
  });
});
