/** An object parsed from JSON: nothing about it is certain. */
export type JsonObject = Record<string, unknown>;

/** Whether a value parsed from JSON is an object, not a list and not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value if it is an object, else an empty one. */
export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
