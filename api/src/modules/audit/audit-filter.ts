/** Who did something. */
export interface Actor {
  kind: 'user' | 'key' | 'system';
  /** Null for the system. */
  id: string | null;
}

/** Which entries are looked for; what is null does not matter. */
export interface AuditFilter {
  /** As entries hold it: `user:<id>`, `key:<id>` or `system`. */
  actor: string | null;
  operation: string | null;
  kind: string | null;
  subjectId: string | null;
  since: Date | null;
  until: Date | null;
}

/** Reads who did it out of an entry. */
export function toActor(text: string): Actor {
  const [kind, id = null] = text.split(':') as [Actor['kind'], string?];
  return { kind, id };
}
