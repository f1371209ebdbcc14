import { refDebounced } from '@vueuse/core';
import { computed, ref, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/**
 * A search whose text the address holds, so that it can be shared and come back to. Typing waits a moment before it
 * counts, and begins the list anew.
 */
export function useQueryText(name = 'q') {
  const route = useRoute();
  const router = useRouter();
  const inAddress = computed(() => (typeof route.query[name] === 'string' ? route.query[name] : ''));
  const text = ref(inAddress.value);
  const settled = refDebounced(text, 250);
  watch(settled, (wanted) => {
    if (wanted.trim() === inAddress.value) return;
    void router.replace({ query: { ...route.query, [name]: wanted.trim() || undefined, after: undefined } });
  });
  watch(inAddress, (wanted) => {
    if (wanted !== settled.value.trim()) text.value = wanted;
  });
  return {
    /** What is being typed. */
    text,
    /** What to search for. */
    wanted: inAddress,
  };
}
