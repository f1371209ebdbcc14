import { fold } from '@coterie/rules';
import type { Identity } from '../../consent/index.js';

/** What programs write where an id is missing. Compared without regard to case. */
const emptyIds = new Set([
  'null',
  '(null)',
  'undefined',
  'none',
  'nan',
  'n/a',
  'false',
  'true',
  '-1',
  'anonymous',
  'unknown',
  'guest',
  'not set',
  '(not set)',
  '[object object]',
  '{}',
  '[]',
]);

/** Zeros, dashes and the like: `0`, `00000000-0000-0000-0000-000000000000`, `---`. */
const zeros = /^[0\-_. ]+$/;

/** The highest UUID, which some devices give when their owner does not want to be tracked. */
const ones = /^f{8}-f{4}-f{4}-f{4}-f{12}$/i;

/** What people and programs write before the @ when there is no address. */
const emptyMailboxes = new Set([
  'null',
  'undefined',
  'none',
  'unknown',
  'anonymous',
  'noemail',
  'no-email',
  'no.email',
  'no_email',
  'nomail',
  'no-mail',
]);

/** Addresses that forms are tried out with. */
const triedAddresses = new Set([
  'test@test.com',
  'test@example.com',
  'test@email.com',
  'test@gmail.com',
  'a@a.com',
  'abc@abc.com',
  'asdf@asdf.com',
  'email@email.com',
  'email@example.com',
  'user@example.com',
  'example@example.com',
]);

/** A number that ends in the same digit seven times. */
const repeatedDigit = /(\d)\1{6}$/;

/** Whether an identity stands for nobody: what is written where one is missing. */
export function isPlaceholder({ kind, value }: Identity): boolean {
  switch (kind) {
    case 'external_id':
    case 'anonymous_id':
      return emptyIds.has(fold(value)) || zeros.test(value) || ones.test(value);
    case 'email':
      return triedAddresses.has(value) || emptyMailboxes.has(value.slice(0, value.lastIndexOf('@')));
    case 'phone':
      return repeatedDigit.test(value);
  }
}
