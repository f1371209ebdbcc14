import { z } from 'zod';

/** What several kinds of destinations ask for, with what is said of a mistake in it. */

/** A text that must be there. @param what as people call it. */
export const text = (what: string, most = 500) =>
  z
    .string(`${what} is missing.`)
    .trim()
    .min(1, `${what} is missing.`)
    .max(most, `${what} has more than ${most} characters.`);

/** A number of an account, written with digits alone; dashes in it are left out. */
export const accountNumber = (what: string) =>
  text(what)
    .transform((value) => value.replaceAll('-', ''))
    .pipe(z.string().regex(/^\d+$/, `${what} is a number.`));

/**
 * Where the platform's API is, without a slash at the end: another than its own is for tests, and for whoever reaches it
 * through a gateway.
 */
export const baseUrl = (standard: string) =>
  z
    .string()
    .trim()
    .refine((url) => URL.canParse(url) && ['https:', 'http:'].includes(new URL(url).protocol), {
      message: 'The address begins with https://',
    })
    .transform((url) => url.replace(/\/+$/, ''))
    .default(standard);
