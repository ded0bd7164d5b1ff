import { Field, ID, InterfaceType } from 'type-graphql';

/** Everything that can be fetched again by its id. */
@InterfaceType({
  description: 'Something that can be fetched again by its id through `node`.',
  resolveType: (value: { readonly nodeType: string }) => value.nodeType,
})
export abstract class Node {
  @Field(() => ID, { description: 'Opaque identity, unique in the installation.' })
  id!: string;
}
