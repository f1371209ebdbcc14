import { diffArrays } from 'diff';

/** A line of two texts laid beside each other. */
export interface ComparedLine {
  change: 'same' | 'added' | 'removed';
  text: string;
}

/** What has to be taken out of and put into `before` to get `after`. */
export function compareLines(before: string, after: string): ComparedLine[] {
  return diffArrays(linesOf(before), linesOf(after)).flatMap(({ added, removed, value }) =>
    value.map((text): ComparedLine => ({ change: added ? 'added' : removed ? 'removed' : 'same', text })),
  );
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split('\n');
}
