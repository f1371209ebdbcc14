import type { Rule } from '@coterie/rules';
import { countNodes, memberOrdinals } from '../../api/src/modules/segments/engine/truth.js';
import { loadQuestion } from '../../api/src/modules/segments/question.js';
import type { WorkspaceTransaction } from '../../api/src/platform/database/with-workspace.js';
import type { Laboratory, Process } from './laboratory.js';

/** What a preview said. */
export interface Preview {
  count: { value: number; version: number; asOf: string; source: 'CACHE' | 'INCREMENTAL' | 'COMPUTED' };
  nodes: { path: string; count: number }[];
  rule: Rule;
  text: string;
  sample: { id: string }[];
}

const query = `query ($text: String!) {
  previewSegment(input: {rule: {text: $text}, sampleSize: 5}) {
    count { value version asOf source } nodes { path count } rule text sample { id }
  }
}`;

/** Asks a process for a preview. @returns undefined when the rule names a segment that is archived meanwhile. */
export async function preview(
  laboratory: Laboratory,
  process: Process,
  text: string,
): Promise<Preview | undefined> {
  const { data, errors } = await laboratory.ask(process, query, { text });
  const isOfArchivable = text.includes(laboratory.things.outer);
  if (isOfArchivable && errors?.every(({ extensions }) => extensions.code === 'INVALID_RULE'))
    return undefined;
  if (errors) throw new Error(`${text} was refused: ${JSON.stringify(errors)}`);
  return (data as { previewSegment: Preview }).previewSegment;
}

/** Compares a preview with the truth in a snapshot of its version. @returns what differs, in words; undefined if nothing does. */
export async function difference(tx: WorkspaceTransaction, told: Preview): Promise<string | undefined> {
  const question = await loadQuestion(tx, told.rule, new Date(told.count.asOf));
  const { text, values } = countNodes(question);
  const [row] = await tx.query<{ counts: string[] }>(text, values);
  const counts = row!.counts.map(Number);
  const said = told.nodes.map(({ count }) => count);
  const members = memberOrdinals(question);
  const ids = await tx.query<{ id: string }>(
    `select id from contacts where ordinal in (${members.text})`,
    members.values,
  );
  const known = new Set(ids.map(({ id }) => id));
  const strangers = told.sample.filter(({ id }) => !known.has(id));
  if (said.join() === counts.join() && told.count.value === counts[0] && strangers.length === 0)
    return undefined;
  return `${told.text}\nat version ${told.count.version} and ${told.count.asOf} (${told.count.source}) is ${counts.join()}, not ${said.join()}; ${strangers.length} of the sample are none of them`;
}
