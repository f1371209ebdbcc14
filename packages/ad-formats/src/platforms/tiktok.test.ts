import { describe, expect, test } from 'vitest';
import { sha256 } from '../hash.js';
import { describePlatform } from './platform.contract.js';
import { createTiktok } from './tiktok.js';

const tiktok = createTiktok();

describePlatform(tiktok);
describePlatform(createTiktok({ phone: 'e164', removeEmailTag: true, columns: 3 }));

test('published vectors', () => {
  expect(tiktok.value('email', 'JaneDoe@gmail.com')?.sent).toBe(
    'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69',
  );
  expect(tiktok.value('phone', '+374 93 828222')?.sent).toBe(
    '65b7e6dcf6f4310f8d7cbfbd78289a753062fb054d6664fb9aaac5df66a422d4',
  );
});

describe('TikTok', () => {
  test('names its columns after what is in them', () => {
    expect(tiktok.headers()).toEqual(['Email_SHA256', 'Phone_SHA256', 'MAID_SHA256']);
    const row = tiktok.row({
      emails: ['a@x.example'],
      phones: [],
      mobileAdIds: ['00000000-0000-0000-0000-000000000000', 'AECE52E7-03EE-455A-B3C4-E57283966239'],
    });
    expect(row).toEqual([sha256('a@x.example'), '', sha256('aece52e7-03ee-455a-b3c4-e57283966239')]);
  });

  test('keeps tags and leaves + out of phone numbers, unless told otherwise', () => {
    expect(tiktok.value('email', 'a+b@x.example')?.normalised).toBe('a+b@x.example');
    const other = createTiktok({ phone: 'e164', removeEmailTag: true });
    expect(other.value('email', 'A+b@x.example')?.normalised).toBe('a@x.example');
    expect(other.value('phone', '+374 93 828222')?.normalised).toBe('+37493828222');
  });

  test('needs 1,000 people', () => {
    expect(tiktok.minimumSize).toBe(1000);
  });
});
