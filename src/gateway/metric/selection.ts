import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

/**
 * Whether an operation asks for a field of the answer, so that a costly part is computed only
 * then. Fields skipped by a directive count as asked.
 *
 * @param path Name of the field, after those of the fields it lies in.
 */
export function isSelected(
  { fieldNodes, fragments }: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>,
  ...path: readonly [string, ...string[]]
): boolean {
  const selects = (set: SelectionSetNode | undefined, depth: number): boolean =>
    depth === path.length ||
    (set?.selections ?? []).some((selection) => {
      if (selection.kind === Kind.FIELD) {
        return selection.name.value === path[depth] && selects(selection.selectionSet, depth + 1);
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) return selects(selection.selectionSet, depth);
      return selects(fragments[selection.name.value]?.selectionSet, depth);
    });
  return fieldNodes.some((node) => selects(node.selectionSet, 0));
}
