import {
  FindEventNamesDocument,
  RuleVocabularyDocument,
  type RuleVocabularyQuery,
  type SegmentKind,
} from '@coterie/client';
import { COMPANY_PREFIX, type AttributeType, type Names, type RuleSchema } from '@coterie/rules';
import { useQuery } from '@urql/vue';
import { computed } from 'vue';
import { useWorkspace } from '../../shared/viewer.js';

/** An attribute as rules name it. */
export interface KnownAttribute {
  /** With `company.` before a company's. */
  key: string;
  /** Without it. */
  ownKey: string;
  subject: 'contact' | 'company';
  label: string;
  type: AttributeType;
  description: string;
  archived: boolean;
}

/** Something that a rule can mention, and the text that mentions it. */
export interface Word {
  label: string;
  hint: string;
  text: string;
}

type Known = RuleVocabularyQuery['workspace'];

/** What rules of a workspace can mention: its attributes, what its contacts did, its segments and lists. */
export function useVocabulary() {
  const { workspace, workspaceId } = useWorkspace();
  const { data, fetching } = useQuery({ query: RuleVocabularyDocument, variables: { workspaceId } });
  // Counting all events takes longer than all the rest, which does not wait for it.
  const named = useQuery({
    query: FindEventNamesDocument,
    variables: { workspaceId, search: null },
    requestPolicy: 'cache-first',
  });
  const known = computed(() => data.value?.workspace);
  const attributes = computed(() => (known.value?.attributes ?? []).map(toAttribute));
  const byKey = computed(() => new Map(attributes.value.map((attribute) => [attribute.key, attribute])));
  const segments = computed(() => (known.value?.segments.edges ?? []).map(({ node }) => node));
  const events = computed(() => (named.data.value?.workspace.eventNames.edges ?? []).map(({ node }) => node));
  const signals = computed(() => (known.value?.signalNames.edges ?? []).map(({ node }) => node));
  const nameOf = (id: string): string | undefined =>
    segments.value.find((segment) => segment.id.toLowerCase() === id.toLowerCase())?.name;

  return {
    loading: computed(() => fetching.value || named.fetching.value),
    attributes,
    attributeOf: (key: string): KnownAttribute | undefined => byKey.value.get(key),
    events,
    signals,
    segments,
    /** What a rule is checked against; undefined until it is known. */
    schema: computed<RuleSchema | undefined>(
      () => known.value && { attributes: byKey.value, zone: workspace.value.timeZone },
    ),
    /** How sentences name what rules mention by id or key. */
    names: computed<Names>(() => ({
      segment: nameOf,
      list: nameOf,
      attribute: (key) => {
        const found = byKey.value.get(key);
        return found?.subject === 'company' ? `company's ${found.label}` : found?.label;
      },
    })),
    words: computed(() => wordsOf(events.value, attributes.value, segments.value)),
  };
}

export type Vocabulary = ReturnType<typeof useVocabulary>;

function toAttribute({ key, label, type, subject, description, archivedAt }: Known['attributes'][number]) {
  return {
    key: subject === 'company' ? `${COMPANY_PREFIX}${key}` : key,
    ownKey: key,
    subject,
    label,
    type,
    description,
    archived: archivedAt !== null,
  };
}

function wordsOf(
  events: readonly { name: string; count: number }[],
  attributes: readonly KnownAttribute[],
  segments: readonly { id: string; name: string; kind: SegmentKind }[],
): { title: string; words: Word[] }[] {
  return [
    {
      title: 'Events',
      words: events.map(({ name, count }) => ({
        label: name,
        hint: `${count.toLocaleString('en')} recorded`,
        text: `event ${JSON.stringify(name)}`,
      })),
    },
    {
      title: 'Attributes',
      words: attributes
        .filter(({ archived }) => !archived)
        .map(({ key, label, type }) => ({
          label: key,
          hint: `${label}, ${type.replace('_', ' ')}`,
          text: key,
        })),
    },
    {
      title: 'Segments and lists',
      words: segments.map(({ id, name, kind }) => ({
        label: name,
        hint: kind === 'RULE' ? 'Segment' : 'List',
        text: `${kind === 'RULE' ? 'segment' : 'list'} "${id}"`,
      })),
    },
  ];
}
