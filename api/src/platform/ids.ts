import { v7, validate } from 'uuid';

/** A new id: UUID version 7, so that ids made later sort later. Made here because PostgreSQL has it only from 18 on. */
export function newId(): string {
  return v7();
}

/** Whether the text is a UUID of any version, in canonical form. */
export function isId(text: string): boolean {
  return validate(text);
}
