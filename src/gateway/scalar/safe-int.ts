import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

/**
 * Whole numbers beyond 32 bits, up to ±(2^53 − 1): what a JSON number holds without loss. A larger
 * value is an error, never a rounded number.
 */
export const SafeInt = new GraphQLScalarType<number, number>({
  name: 'SafeInt',
  description:
    'A whole number from −(2^53 − 1) to 2^53 − 1, sent as a JSON number. GraphQL `Int` ends at 32 bits, counts of events do not. A value that would lose digits is an error, never rounded.',
  serialize: safeInteger,
  parseValue: safeInteger,
  parseLiteral(node) {
    if (node.kind !== Kind.INT) throw new GraphQLError('SafeInt: expected a whole number');
    return safeInteger(Number(node.value));
  },
});

function safeInteger(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new GraphQLError(
      `SafeInt: expected a whole number within ±(2^53 − 1), got ${String(value).slice(0, 40)}`,
    );
  }
  return value;
}
