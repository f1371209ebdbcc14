/** Whether the text looks like an e-mail address: one @, something before it, a domain with a dot, nothing odd. */
export function isEmail(text: string): boolean {
  return text.length <= 320 && /^[^\s@\p{Cc}]+@[^\s@\p{Cc}.]+(\.[^\s@\p{Cc}.]+)+$/u.test(text);
}
