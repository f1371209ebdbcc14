import { AttributeNamesDocument } from '@coterie/client';
import { useQuery } from '@urql/vue';
import { useStorage } from '@vueuse/core';
import { computed } from 'vue';
import { useViewer, useWorkspace } from '../../shared/viewer.js';

/** A column that the list of contacts can have. */
export interface ContactColumn {
  key: string;
  label: string;
  numeric?: boolean;
  /** Of an identity: its kind. */
  identity?: string;
}

const own: ContactColumn[] = [
  { key: 'company', label: 'Company' },
  { key: 'email', label: 'E-mail', identity: 'email' },
  { key: 'phone', label: 'Phone', identity: 'phone' },
  { key: 'external_id', label: 'External id', identity: 'external_id' },
];
const times: ContactColumn[] = [
  { key: 'createdAt', label: 'Added' },
  { key: 'updatedAt', label: 'Changed' },
];
const usual = ['company', 'job_title', 'lifecycle_stage', 'createdAt'];
/** What a name is made of is shown as the name. */
const named = ['first_name', 'last_name'];

/** Which columns the list of contacts has: kept in the browser, for each person and workspace. */
export function useColumns() {
  const { workspaceId } = useWorkspace();
  const viewer = useViewer();
  const chosen = useStorage<string[]>(`coterie-columns:${viewer.value.user?.id ?? ''}:${workspaceId}`, [
    ...usual,
  ]);
  const { data } = useQuery({ query: AttributeNamesDocument, variables: { workspaceId } });
  const available = computed<ContactColumn[]>(() => {
    const taken = new Set([...own, ...times].map(({ key }) => key));
    const attributes = (data.value?.workspace.attributes ?? [])
      .filter(({ key }) => !taken.has(key) && !named.includes(key))
      .map(({ key, label, type }) => ({ key, label, numeric: type === 'number' }));
    return [...own, ...attributes, ...times];
  });
  return {
    available,
    chosen,
    shown: computed(() => available.value.filter(({ key }) => chosen.value.includes(key))),
    /** The attributes that have to be asked for, those of the name among them. */
    keys: computed(() => [...named, ...chosen.value].sort()),
    reset(): void {
      chosen.value = [...usual];
    },
  };
}
