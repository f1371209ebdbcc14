import { PreviewSegmentDocument } from '@coterie/client';
import { print, type Rule } from '@coterie/rules';
import { useQuery } from '@urql/vue';
import { refDebounced } from '@vueuse/core';
import { computed, shallowRef, watch, type Ref } from 'vue';
import { useWorkspace } from '../../../shared/viewer.js';

/** How much a segment has in common with a rule that is not saved yet. */
export interface Overlap {
  id: string;
  /** How many meet the rule. */
  own: number;
  /** How many are in the segment. */
  other: number;
  /** How many are both. */
  both: number;
}

/** How long a rule has to stand before it is laid over others, in milliseconds. */
const settled = 400;

/**
 * Lays a rule over segments: one question for all of them, whose nodes have every number at the same version. Nothing is
 * asked while no segment is chosen.
 */
export function useDraftOverlap(
  rule: Ref<Rule | undefined>,
  chosen: Ref<readonly { id: string; kind: string }[]>,
) {
  const { workspaceId } = useWorkspace();
  const text = computed(() => {
    const own = rule.value;
    if (!own || chosen.value.length === 0) return '';
    const pairs = chosen.value.map(({ id, kind }): Rule => ({
      all: [own, kind === 'RULE' ? { segment: id } : { list: id }],
    }));
    // A group of one would be opened, and its path be another.
    return print({ any: [...pairs, { all: [] }] });
  });
  const asked = refDebounced(text, settled);
  const { data, error, fetching } = useQuery({
    query: PreviewSegmentDocument,
    variables: computed(() => ({ workspaceId, text: asked.value, sampleSize: 0 })),
    pause: computed(() => asked.value === ''),
    requestPolicy: 'network-only',
  });
  const overlaps = shallowRef<Overlap[]>([]);
  watch([data, chosen], ([answer]) => {
    if (!answer || asked.value === '') return void (overlaps.value = []);
    const counts = new Map(answer.previewSegment.nodes.map(({ path, count }) => [path, count]));
    overlaps.value = chosen.value.flatMap(({ id }, index): Overlap[] => {
      const at = `rule.any[${index}]`;
      const [both, own, other] = [at, `${at}.all[0]`, `${at}.all[1]`].map((path) => counts.get(path));
      return both === undefined || own === undefined || other === undefined ? [] : [{ id, own, other, both }];
    });
  });
  return { overlaps, error, isOutdated: computed(() => fetching.value || text.value !== asked.value) };
}
