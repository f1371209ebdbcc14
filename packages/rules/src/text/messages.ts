import { EOF, tokenLabel } from 'chevrotain';
import type { IParserErrorMessageProvider, IToken, TokenType } from 'chevrotain';

/** More than these are too many to list in a message. */
const MAX_LISTED = 16;

/** What the parser says: what was expected, and what is there instead. */
export const messages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected, actual }) => say([tokenLabel(expected)], actual),
  buildNotAllInputParsedMessage: ({ firstRedundant }) =>
    say(['"and"', '"or"', 'the end of the rule'], firstRedundant),
  buildNoViableAltMessage: ({ expectedPathsPerAlt, actual }) =>
    say(firstLabels(expectedPathsPerAlt.flat()), actual[0]),
  buildEarlyExitMessage: ({ expectedIterationPaths, actual }) =>
    say(firstLabels(expectedIterationPaths), actual[0]),
};

/** What each path may start with. */
function firstLabels(paths: TokenType[][]): string[] {
  const labels = paths.flatMap(([first]) => (first === undefined ? [] : [tokenLabel(first)]));
  return [...new Set(labels)];
}

function say(expected: readonly string[], found: IToken | undefined): string {
  const listed = expected.slice(0, MAX_LISTED);
  const last = listed.length > 1 ? ` or ${listed.pop()}` : '';
  const there =
    found === undefined || found.tokenType === EOF ? 'the rule ends here' : `found ${excerpt(found.image)}`;
  return `Expected ${listed.join(', ')}${last}, but ${there}.`;
}

function excerpt(image: string): string {
  const text = image.length > 40 ? `${image.slice(0, 40)}…` : image;
  return text.startsWith('"') ? text : `"${text}"`;
}
