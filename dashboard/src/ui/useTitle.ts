import { useTitle as useDocumentTitle } from '@vueuse/core';
import { computed, inject, type ComputedRef, type InjectionKey } from 'vue';

/** What a page's title is followed by, such as the workspace. */
export const titleSuffixKey: InjectionKey<ComputedRef<string>> = Symbol('title suffix');

/** Names the page in the browser: “Segments · Northwind · Coterie”. */
export function useTitle(title: () => string): void {
  const suffix = inject(titleSuffixKey, undefined);
  useDocumentTitle(computed(() => [title(), suffix?.value, 'Coterie'].filter(Boolean).join(' · ')));
}
