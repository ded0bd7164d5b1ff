import type { DefinitionStore, NewDefinition } from '../../../src/definition/definition-store.js';

/**
 * Keeps one definition of each kind for a tenant. Ids are the same for all tenants; names and values
 * carry the tenant's name, so that another's definition would tell of itself.
 */
export async function seedTenantDefinitions(store: DefinitionStore, tenant: string): Promise<void> {
  const pro = { field: 'plan', operator: 'equals', values: [`${tenant}-pro`] };
  const definitions: readonly NewDefinition[] = [
    {
      id: 'order',
      kind: 'goal',
      name: `${tenant}-order`,
      content: { event: 'purchase', where: { plan: `${tenant}-pro` } },
      usedIds: [],
    },
    {
      id: 'clickers',
      kind: 'cohort',
      name: `${tenant}-clickers`,
      content: { did: { event: { event: 'click' }, filter: [pro], atLeast: 2 } },
      usedIds: [],
    },
    {
      id: 'checkout',
      kind: 'funnel',
      name: `${tenant}-checkout`,
      content: {
        steps: [{ event: 'page_view' }, { event: 'click' }, { goal: 'order' }],
        order: 'ordered',
        windowSeconds: 86_400,
        per: 'user',
        exclusions: [],
        filter: [pro],
        cohort: { id: 'clickers' },
      },
      usedIds: ['order', 'clickers'],
    },
    {
      id: 'trial',
      kind: 'experiment',
      name: `${tenant}-trial`,
      content: {
        experiment: `${tenant}-exp`,
        goals: [{ goal: 'order' }],
        control: 'a',
        filter: [],
      },
      usedIds: ['order'],
    },
    {
      id: 'board',
      kind: 'saved_query',
      name: `${tenant}-board`,
      content: { query: '{ project { name } }', variables: { tenant: `${tenant}-board` } },
      usedIds: [],
    },
  ];
  for (const definition of definitions) await store.create(tenant, definition);
}
