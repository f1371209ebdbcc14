/** Characters of an answer that are kept. */
const longest = 300;
/** Values shorter than this are too common to be told apart from what the other side says by itself. */
const shortest = 3;

/**
 * A short piece of what a webhook has answered, for who looks for the mistake. Whatever it was told it may repeat, so all of
 * that is left out, with everything else that looks like an address, a number of somebody, or a secret.
 */
export function excerptAnswer(text: string, told: object): string | null {
  let kept = text.slice(0, 4000).replaceAll(/\s+/gu, ' ');
  const values = [...new Set(textsIn(told))].filter((value) => value.length >= shortest);
  // The longest first: a part of one would leave the rest of it.
  values.sort((a, b) => b.length - a.length);
  for (const value of values) kept = kept.replaceAll(new RegExp(escaped(value), 'gi'), '…');
  kept = kept
    .replaceAll(/[^\s"'<>]*@[^\s"'<>]*/gu, '…')
    .replaceAll(/\+?\d[\d\s().-]{5,}\d/gu, '…')
    .replaceAll(/[\w+/=-]{24,}/gu, '…')
    .trim()
    .slice(0, longest);
  return kept === '' ? null : kept;
}

/** A text as a pattern of nothing but itself. */
function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') {
    yield value;
    yield JSON.stringify(value).slice(1, -1);
  } else if (typeof value === 'number') yield String(value);
  else if (typeof value === 'object' && value !== null)
    for (const each of Object.values(value)) yield* textsIn(each);
}
