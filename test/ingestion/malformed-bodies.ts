import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** A request that no client should send. */
export interface Malformed {
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}

/** Where a message is put something wrong into. */
type Place = (string | number)[];

const messages = [
  {
    type: 'track',
    userId: 'u1',
    anonymousId: 'a1',
    messageId: 'm1',
    event: 'Demo Requested',
    timestamp: '2026-01-02T03:04:05Z',
    sentAt: '2026-01-02T03:04:06Z',
    properties: { form: 'demo', path: '/demo', list: [1, { two: 2 }] },
    context: {
      library: { name: 'analytics.js' },
      campaign: { source: 'google', name: 'spring' },
      page: {
        path: '/demo',
        url: 'https://example.com/demo',
        title: 'Demo',
        referrer: 'https://example.org/',
      },
    },
  },
  {
    type: 'identify',
    userId: 'u1',
    messageId: 'm2',
    traits: {
      email: 'dana@example.com',
      phone: '+436601234567',
      company: { id: 'c1', name: 'Acme', plan: 'pro' },
      address: { city: 'Graz' },
      birthday: '1990-01-02',
      score: 5,
      tags: ['a', 'b'],
    },
    context: { locale: 'de-AT', timezone: 'Europe/Vienna', traits: { plan: 'pro' } },
  },
  { type: 'page', anonymousId: 'a1', name: 'Home', category: 'Marketing', properties: { url: '/home' } },
  { type: 'screen', userId: 'u2', name: 'Home' },
  {
    type: 'group',
    userId: 'u1',
    groupId: 'g1',
    traits: { name: 'Acme', employees: 5, address: { city: 'Graz' } },
  },
  { type: 'alias', userId: 'u3', previousId: 'a1' },
];

const calls = ['identify', 'track', 'page', 'screen', 'group', 'alias', 'batch'];

/** A nesting of so many levels, written by hand: no writer of JSON gets that far. */
const nested = (levels: number, open: string, close: string): string =>
  open.repeat(levels) + close.repeat(levels);

/** JSON of values that are wrong nearly everywhere. */
const evil = fc.oneof(
  fc.constantFrom(
    'null',
    'true',
    '[]',
    '{}',
    '""',
    '" "',
    '-0',
    '1e999',
    '-1e999',
    '1e308',
    '123456789012345678901234567890',
    '0.1e-400',
    '"a\\u0000b"',
    '"\\u0000"',
    '"\\ud800"',
    '"\\udfff\\ud800"',
    '"\\u202e\\u0007\\u001b[31m"',
    '{"__proto__": {"admin": true}}',
    '{"constructor": {"prototype": {"admin": true}}}',
    '{"toString": 1, "valueOf": 2, "hasOwnProperty": 3, "then": 4, "toJSON": 5, "length": -1}',
    '{"\\u0000": 1, "\\ud800": 2, "": 3, " ": 4, "$": 5}',
    '["\\u0000", {"a\\u0000": [null]}]',
    '"9999-99-99T99:99:99Z"',
    '"+275760-09-13T00:00:00.001Z"',
    '"-271821-04-19T23:59:59Z"',
    '8640000000000001',
    '"javascript:alert(1)"',
    '"https://[::1"',
    '"%"',
    '"/%ff%00"',
    '"\\"; drop table events; --"',
    '"{1,2}"',
    '"\\\\"',
  ),
  fc.integer({ min: 1, max: 40 }).map((size) => JSON.stringify('x'.repeat(2 ** (size % 16)))),
  fc.integer({ min: 2, max: 5000 }).map((levels) => nested(levels, '[', ']')),
  fc.integer({ min: 2, max: 5000 }).map((levels) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`),
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => JSON.stringify(text)),
  fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value)),
);

/** Every place of a message, itself included. */
function placesOf(value: unknown, place: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [place];
  const inside = Object.entries(value).flatMap(([key, member]) => placesOf(member, [...place, key]));
  return [place, ...inside];
}

/** What stands for the evil in JSON until it is put in: it could not be parsed. */
const mark = '@@evil@@';

function withMark(value: unknown, [key, ...rest]: Place): unknown {
  if (key === undefined) return mark;
  const copy: Record<string, unknown> = { ...(value as object) };
  copy[key] = withMark(copy[key], rest);
  return Array.isArray(value) ? Object.values(copy) : copy;
}

/** A message with something wrong at one place, as JSON. */
const spoilt = fc
  .constantFrom(...messages)
  .chain((message) =>
    fc
      .tuple(fc.constantFrom(...placesOf(message)), evil)
      .map(([place, value]) =>
        JSON.stringify(withMark(message, place)).replace(JSON.stringify(mark), () => value),
      ),
  );

const text = fc.oneof(
  spoilt,
  fc.array(spoilt, { maxLength: 5 }).map((batch) => `{"batch":[${batch.join(',')}]}`),
  evil,
  evil.map((value) => `{"batch":${value}}`),
  evil.map((value) => `{"batch":[{"type":"track","userId":"u"}],"context":${value},"sentAt":${value}}`),
  evil.map((value) => `{"writeKey":${value},"userId":"u","event":"e"}`),
);

type Change = (bytes: Buffer) => Buffer;
const nothing: Change = (bytes) => bytes;

/** Damage that is done to bytes: mostly none, because what is damaged is refused before it is looked at. */
const damage: fc.Arbitrary<Change> = fc.oneof(
  { weight: 12, arbitrary: fc.constant(nothing) },
  fc.nat(99).map(
    (percent): Change =>
      (bytes) =>
        bytes.subarray(0, Math.floor((bytes.length * percent) / 100)),
  ),
  fc.tuple(fc.nat(), fc.nat(255)).map(([at, byte]): Change => (bytes) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[at % copy.length] = byte;
    return copy;
  }),
  fc.constantFrom([0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xef, 0xbb, 0xbf], [0x00]).map(
    (some): Change =>
      (bytes) =>
        Buffer.concat([Buffer.from(some), bytes]),
  ),
  fc.uint8Array({ maxLength: 64 }).map(
    (garbage): Change =>
      (bytes) =>
        Buffer.concat([bytes, Buffer.from(garbage)]),
  ),
);

/** How a body is packed: mostly in a way that can be unpacked. */
const packing: fc.Arbitrary<Change> = fc.oneof(
  { weight: 8, arbitrary: fc.constant(nothing) },
  { weight: 2, arbitrary: fc.constantFrom<Change[]>(gzipSync, deflateSync) },
  fc.constantFrom<Change[]>(
    (bytes) => Buffer.from(bytes.toString('utf8'), 'utf16le'),
    deflateRawSync,
    brotliCompressSync,
    (bytes) => gzipSync(gzipSync(bytes)),
    (bytes) => Buffer.concat([Buffer.from([0x1f, 0x8b]), bytes]),
    (bytes) => Buffer.concat([Buffer.from([0x78, 0x9c]), bytes]),
  ),
);

const headers = fc.record(
  {
    'content-type': fc.constantFrom(
      'application/json',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json; charset=utf-16',
      'nonsense',
    ),
    'content-encoding': fc.constantFrom('gzip', 'deflate', 'br', 'identity', 'gzip, deflate', 'nonsense'),
  },
  { requiredKeys: [] },
);

/** Malformed requests, a few of which are right by accident. The key is added by whoever sends them. */
export const malformed: fc.Arbitrary<Malformed> = fc
  .record({
    path: fc.constantFrom(...calls.flatMap((call) => [`/v1/${call}`, `/v1/${call.charAt(0)}`])),
    headers,
    body: fc
      .tuple(text, packing, damage, damage)
      .map(([json, pack, before, after]) => after(pack(before(Buffer.from(json))))),
  })
  .map(({ path, headers, body }) => ({ path, headers: headers as Record<string, string>, body }));
