import type { CodegenConfig } from '@graphql-codegen/cli';

/** Turns the operations in `src/operations` into typed documents, checked against the emitted schema. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: ['src/operations/*.graphql'],
  generates: {
    'src/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        emitLegacyCommonJSImports: false,
        importExtension: '.js',
        enumsAsTypes: true,
        documentMode: 'documentNode',
        strictScalars: true,
        scalars: {
          AttributeValue: 'string | number | boolean | string[]',
          DateTimeISO: 'string',
          JSONObject: 'Record<string, unknown>',
          RuleValue: 'string | number | boolean',
        },
      },
    },
  },
};

export default config;
