/**
 * Text as rules compare it: composed and in lower case. Values are stored beside their folded form, so that an index
 * finds them; folding a rule's text and a stored text must therefore always happen here.
 */
export function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
