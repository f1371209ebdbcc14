import { useMutation, type AnyVariables, type CombinedError, type DocumentInput } from '@urql/vue';
import { computed, shallowRef } from 'vue';
import { messageOf, problemsOf } from './failure.js';

/**
 * Sends a form's mutation and keeps what is wrong with it.
 * @param fields the paths, such as `input.name`, whose problems the form shows beside its fields.
 */
export function useSubmit<Data, Variables extends AnyVariables>(
  document: DocumentInput<Data, Variables>,
  fields: readonly string[] = [],
) {
  const { executeMutation, fetching } = useMutation(document);
  const error = shallowRef<CombinedError>();
  const problems = computed(() => problemsOf(error.value));
  return {
    pending: fetching,
    error,
    /** What to say above the form: whatever no field shows. */
    message: computed(() => {
      if (!error.value) return '';
      const elsewhere = problems.value.some(({ path }) => !fields.includes(path));
      return elsewhere || problems.value.length === 0 ? messageOf(error.value) : '';
    }),
    /** What to say beside a field. */
    problemAt: (path: string): string | undefined =>
      problems.value.find((problem) => problem.path === path)?.message,
    /** Sends it; gives the answer, or undefined when it was refused. */
    async submit(variables: Variables): Promise<Data | undefined> {
      error.value = undefined;
      const answer = await executeMutation(variables);
      error.value = answer.error;
      return answer.error ? undefined : answer.data;
    },
    forget(): void {
      error.value = undefined;
    },
  };
}
