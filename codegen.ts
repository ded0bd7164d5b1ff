import type { CodegenConfig } from '@graphql-codegen/cli';

/**
 * The typed client: one typed document per operation of `schema/operations`, against the schema
 * that the gateway emits. `npm run generate` runs it.
 */
const config: CodegenConfig = {
  schema: 'schema/api.graphql',
  documents: 'schema/operations/*.graphql',
  emitLegacyCommonJSImports: false,
  importExtension: '.js',
  generates: {
    'src/client/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false, persistedDocuments: true },
      config: {
        documentMode: 'string',
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        defaultScalarType: 'unknown',
        scalars: {
          DateTime: 'string',
          Decimal: 'string',
          JSON: 'unknown',
          JSONObject: 'Record<string, unknown>',
          LocalDate: 'string',
          SafeInt: 'number',
          TimeZone: 'string',
        },
      },
    },
  },
};

export default config;
