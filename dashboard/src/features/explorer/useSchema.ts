import { gql, useClientHandle } from '@urql/vue';
import {
  buildClientSchema,
  getIntrospectionQuery,
  type GraphQLSchema,
  type IntrospectionQuery,
} from 'graphql';
import { onMounted, ref, shallowRef } from 'vue';
import { messageOf } from '../../ui/failure.js';

/** The schema as the API tells it: for completion, for what is wrong with a query, and to read. */
export function useSchema() {
  const { client } = useClientHandle();
  const schema = shallowRef<GraphQLSchema>();
  const problem = ref('');
  async function load(): Promise<void> {
    problem.value = '';
    const document = gql<IntrospectionQuery, Record<string, never>>(
      getIntrospectionQuery({ inputValueDeprecation: true }),
    );
    const { data, error } = await client.query(document, {}, { requestPolicy: 'cache-first' });
    if (data) schema.value = buildClientSchema(data);
    else problem.value = error ? messageOf(error) : 'The schema could not be read.';
  }
  onMounted(load);
  return { schema, problem, load };
}
