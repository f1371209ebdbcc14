import type { Scope } from '@coterie/client';

/** What an API key may do, in words; a scope that is missing here does not compile. */
const words: Record<Scope, [label: string, help: string]> = {
  CONTACTS_READ: ['Read contacts', 'Contacts, companies, attributes, consent and imports'],
  CONTACTS_WRITE: ['Write contacts', 'Change them, and import files'],
  EVENTS_WRITE: ['Send events', 'Over GraphQL or a tracking SDK'],
  SEGMENTS_READ: ['Read segments', 'Their rules, counts and previews'],
  SEGMENTS_WRITE: ['Write segments', 'Make and change segments and lists'],
  AUDIENCES_READ: ['Read audiences', 'Custom audiences and seed lists, and reports on them'],
  AUDIENCES_WRITE: [
    'Write audiences',
    'Make and change custom audiences and seed lists, and download their files',
  ],
  USAGE_READ: ['Read usage', 'How much was used'],
};

/** Every scope, to choose from. */
export const scopeChoices = (Object.keys(words) as Scope[]).map((value) => ({
  value,
  label: words[value][0],
  description: words[value][1],
}));

/** What a scope allows, in words. */
export function scopeInWords(scope: Scope): string {
  return words[scope][0].toLowerCase();
}
