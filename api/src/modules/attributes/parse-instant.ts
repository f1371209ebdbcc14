import { Temporal } from 'temporal-polyfill';

const isoDate = /^\d{4}-\d{2}-\d{2}$/;
const isoDateTime =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i;
/** Milliseconds since 1970 as text, as some CRM exports have them: 12 or 13 digits, so from 1973 to 2286. */
const epochText = /^\d{12,13}$/;

/** The first instant of the year 1 and the last millisecond of 9999 in UTC: what every later step can print and read. */
const earliest = -62_135_596_800_000;
const latest = 253_402_300_799_999;

/**
 * Reads a date of a contact or an event.
 * @param input an ISO 8601 date or date-time, a Date, or milliseconds since 1970.
 * @param zone IANA name: a date stands for its midnight there, a time without offset is read there.
 * @returns milliseconds since 1970; undefined when it is none of these, does not exist, or lies outside the years 1 to 9999.
 */
export function parseInstant(input: unknown, zone: string): number | undefined {
  const instant = readInstant(input, zone);
  if (instant === undefined || !(instant >= earliest && instant <= latest)) return undefined;
  return Math.trunc(instant);
}

function readInstant(input: unknown, zone: string): number | undefined {
  if (typeof input === 'number') return input;
  if (input instanceof Date) return input.getTime();
  if (typeof input !== 'string') return undefined;
  const text = input.trim();
  if (isoDate.test(text)) return localInstant(text, zone);
  const parts = isoDateTime.exec(text);
  if (parts) return readDateTime(parts[1]!, parts[2]!.replace(',', '.'), parts[3], zone);
  return epochText.test(text) ? Number(text) : undefined;
}

function readDateTime(
  date: string,
  time: string,
  offset: string | undefined,
  zone: string,
): number | undefined {
  if (offset === undefined) return localInstant(`${date}T${time}`, zone);
  try {
    return Temporal.Instant.from(`${date}T${time}${offset.toUpperCase()}`).epochMilliseconds;
  } catch {
    return undefined;
  }
}

/** Dates repeat within an import (birthdays, months), and asking the zone's rules costs ten times what all else does. */
const cache = new Map<string, number | undefined>();
const cacheSize = 20_000;

function localInstant(local: string, zone: string): number | undefined {
  const key = `${zone} ${local}`;
  if (cache.has(key)) return cache.get(key);
  if (cache.size >= cacheSize) cache.clear();
  const instant = computeLocalInstant(local, zone);
  cache.set(key, instant);
  return instant;
}

function computeLocalInstant(local: string, zone: string): number | undefined {
  try {
    return Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds;
  } catch {
    return undefined;
  }
}
