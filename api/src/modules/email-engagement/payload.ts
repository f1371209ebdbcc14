import { createHash, timingSafeEqual } from 'node:crypto';
import { Failure } from '../../platform/errors.js';

/** An object parsed from JSON: nothing about it is certain. */
export type JsonObject = Record<string, unknown>;

/** The value if it is an object, else an empty one. */
export function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** The value if it is a list, else an empty one. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value if it is a text with something in it, or a number as one. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function readJson(body: Buffer | string): unknown {
  try {
    return JSON.parse(
      typeof body === 'string' ? body : new TextDecoder('utf-8', { fatal: true }).decode(body),
    );
  } catch (cause) {
    throw new Failure('BAD_REQUEST', 'The body is not JSON in UTF-8.', { cause });
  }
}

/** Reads a JSON object. Throws BAD_REQUEST. */
export function readObject(body: Buffer | string): JsonObject {
  const value = readJson(body);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new Failure('BAD_REQUEST', 'The body must be a JSON object.');
}

/** Reads a JSON list. Throws BAD_REQUEST. */
export function readList(body: Buffer): unknown[] {
  const value = readJson(body);
  if (Array.isArray(value)) return value;
  throw new Failure('BAD_REQUEST', 'The body must be a JSON list.');
}

/** A moment that a sender gives as seconds since 1970, or in ISO 8601; undefined when it can be read as neither. */
export function instantOf(value: unknown): Date | undefined {
  const isSeconds =
    typeof value === 'number' || (typeof value === 'string' && /^\d+(?:\.\d+)?$/u.test(value));
  const instant = isSeconds ? new Date(Number(value) * 1000) : new Date(textOf(value) ?? Number.NaN);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

/** What stands for the id of an event that has none: its place in just this body. */
export function idByPlace(body: Buffer, index: number): string {
  return `${createHash('sha256').update(body).digest('hex')}-${index}`;
}

/** Compares in a time that does not tell how much of it is right. */
export function isSame(given: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}
