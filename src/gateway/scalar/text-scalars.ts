import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

/**
 * Scalars that travel as text. Their values are not interpreted here: the question that gets them
 * judges them, since it knows the field to name in its error.
 */
function textScalar(name: string, description: string): GraphQLScalarType<string, string> {
  const text = (value: unknown): string => {
    if (typeof value === 'string') return value;
    throw new GraphQLError(`${name}: expected text, got ${typeof value}`);
  };
  return new GraphQLScalarType<string, string>({
    name,
    description,
    serialize: text,
    parseValue: text,
    parseLiteral(node) {
      if (node.kind !== Kind.STRING) throw new GraphQLError(`${name}: expected text in quotes`);
      return node.value;
    },
  });
}

/** An instant. */
export const DateTime = textScalar(
  'DateTime',
  'An instant: ISO 8601 with `Z` or an offset and up to milliseconds, e.g. `2026-01-31T10:00:00.000Z`. Answers are in UTC.',
);

/** A local date. */
export const LocalDate = textScalar(
  'LocalDate',
  'A date of the calendar in the time zone of the question: `YYYY-MM-DD`.',
);

/** A time zone. */
export const TimeZone = textScalar(
  'TimeZone',
  'A time zone by its IANA name, e.g. `Europe/Berlin`. An unknown name fails with `INVALID_TIME_ZONE`.',
);

/** An amount of money. */
export const Decimal = textScalar(
  'Decimal',
  'An exact decimal number as text, with up to 4 places, e.g. `"130.5"`. Parse it with a decimal library: a float would lose cents.',
);
