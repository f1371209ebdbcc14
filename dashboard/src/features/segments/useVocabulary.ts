import { RuleVocabularyDocument } from '@coterie/client';
import type { Names } from '@coterie/rules';
import { useQuery } from '@urql/vue';
import { computed } from 'vue';

/** Something that a rule can mention, and the text that mentions it. */
export interface Word {
  label: string;
  hint: string;
  text: string;
}

/** What rules of a workspace can mention: its attributes, what its contacts did, its segments and lists. */
export function useVocabulary(workspaceId: string) {
  const { data, fetching } = useQuery({ query: RuleVocabularyDocument, variables: { workspaceId } });
  const known = computed(() => data.value?.workspace);
  const attributes = computed(() =>
    (known.value?.attributes ?? []).map((attribute) => ({
      ...attribute,
      key: attribute.subject === 'company' ? `company.${attribute.key}` : attribute.key,
    })),
  );
  const segments = computed(() => (known.value?.segments.edges ?? []).map(({ node }) => node));
  const nameOf = (id: string): string | undefined =>
    segments.value.find((segment) => segment.id.toLowerCase() === id.toLowerCase())?.name;

  return {
    loading: fetching,
    /** How sentences name what rules mention by id or key. */
    names: computed<Names>(() => ({
      segment: nameOf,
      list: nameOf,
      attribute: (key) => {
        const found = attributes.value.find((attribute) => attribute.key === key);
        return found?.subject === 'company' ? `company's ${found.label}` : found?.label;
      },
    })),
    words: computed<{ title: string; words: Word[] }[]>(() => [
      {
        title: 'Events',
        words: (known.value?.eventNames.edges ?? []).map(({ node }) => ({
          label: node.name,
          hint: `${node.count.toLocaleString('en')} recorded`,
          text: `event ${JSON.stringify(node.name)}`,
        })),
      },
      {
        title: 'Attributes',
        words: attributes.value.map(({ key, label, type }) => ({
          label: key,
          hint: `${label}, ${type.replace('_', ' ')}`,
          text: key,
        })),
      },
      {
        title: 'Segments and lists',
        words: segments.value.map(({ id, name, kind }) => ({
          label: name,
          hint: kind === 'RULE' ? 'Segment' : 'List',
          text: `${kind === 'RULE' ? 'segment' : 'list'} "${id}"`,
        })),
      },
    ]),
  };
}
