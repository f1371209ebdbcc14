import { AutomationChoicesDocument } from '@coterie/client';
import { useQuery } from '@urql/vue';
import { computed } from 'vue';

interface Choice {
  value: string;
  label: string;
}

/** What automations can refer to in a workspace. */
export function useChoices(workspaceId: string) {
  const { data, error } = useQuery({ query: AutomationChoicesDocument, variables: { workspaceId } });
  const workspace = computed(() => data.value?.workspace);
  const segments = computed(() => workspace.value?.segments.edges.map(({ node }) => node) ?? []);
  const destinations = computed(() => workspace.value?.destinations.edges.map(({ node }) => node) ?? []);
  const toChoice = ({ id, name }: { id: string; name: string }): Choice => ({ value: id, label: name });
  const choices = {
    segments: computed(() => segments.value.map(toChoice)),
    lists: computed(() => segments.value.filter(({ kind }) => kind === 'STATIC').map(toChoice)),
    mailServers: computed(() => destinations.value.filter(({ kind }) => kind === 'SMTP').map(toChoice)),
    webhooks: computed(() => destinations.value.filter(({ kind }) => kind === 'WEBHOOK').map(toChoice)),
    /** Only those that are made from a list can be changed one by one. */
    audiences: computed(() =>
      (workspace.value?.customAudiences.edges ?? [])
        .filter(({ node }) => node.segment.kind === 'STATIC')
        .map(({ node }) => toChoice(node)),
    ),
    attributes: computed(() =>
      (workspace.value?.attributes ?? []).map(({ key, label }): Choice => ({
        value: key,
        label: label || key,
      })),
    ),
  };
  const names = computed(
    () =>
      new Map(
        [
          ...choices.segments.value,
          ...destinations.value.map(toChoice),
          ...(workspace.value?.customAudiences.edges ?? []).map(({ node }) => toChoice(node)),
          ...choices.attributes.value,
        ].map(({ value, label }) => [value, label]),
      ),
  );
  return {
    ...choices,
    error,
    known: computed(() => workspace.value !== undefined),
    timeZone: computed(() => workspace.value?.timeZone ?? 'UTC'),
    /** Somebody to look at a message as. */
    examples: computed(() => workspace.value?.contacts.edges.map(({ node }) => node) ?? []),
    nameOf: (id: unknown): string =>
      names.value.get(String(id)) ?? (workspace.value ? 'something that is gone' : '…'),
  };
}
export type Choices = ReturnType<typeof useChoices>;
