import { expect, it } from 'vitest';
import { kindOf } from './operation.js';

it.each([
  ['createSegment', 'segment'],
  ['addToStaticSegment', 'segment'],
  ['restoreSegmentVersion', 'segment'],
  ['removeFromSeedList', 'seed_list'],
  ['upsertCompanies', 'company'],
  ['createApiKey', 'api_key'],
  ['deleteQuarantinedEvents', 'quarantined_event'],
  ['POST /v1/imports', 'import'],
  ['signUp', null],
  ['expire-quarantined-events', null],
])('%s is about %s', (name, kind) => {
  expect(kindOf(name)).toBe(kind);
});
