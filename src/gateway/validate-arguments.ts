import { getMetadataStorage, type ValidationError, validateOrReject } from 'class-validator';
import { ArgumentValidationError } from 'type-graphql';

type Passes = (value: unknown) => boolean;

/** A property that something is expected of, and how to tell quickly that it holds. */
interface Expected {
  readonly property: string;
  readonly passes: Passes;
}

/** How long texts and lists are, and how large numbers, by the names of the library. */
const CHECKS: Readonly<Record<string, (limit: unknown) => Passes>> = {
  maxLength: (most) => (value) => typeof value === 'string' && value.length <= Number(most),
  min: (least) => (value) => typeof value === 'number' && value >= Number(least),
  max: (most) => (value) => typeof value === 'number' && value <= Number(most),
  isPositive: () => (value) => typeof value === 'number' && value > 0,
  arrayMinSize: (least) => (value) => Array.isArray(value) && value.length >= Number(least),
  arrayMaxSize: (most) => (value) => Array.isArray(value) && value.length <= Number(most),
};

const expectations = new Map<unknown, readonly Expected[]>();

/** What is expected of instances of a class; read once, because the library looks through all of it. */
function expectedOf(type: NonNullable<unknown>): readonly Expected[] {
  const known = expectations.get(type);
  if (known !== undefined) return known;
  const declared = getMetadataStorage().getTargetValidationMetadatas(
    type as never,
    '',
    false,
    false,
  );
  const made = declared
    // What is absent is never looked at, with or without the decorator that says so.
    .filter((each) => each.type !== 'conditionalValidation')
    .map(({ type: kind, name = '', constraints = [], each, propertyName }): Expected => {
      const one = kind === 'nestedValidation' ? isSurelyValid : CHECKS[name]?.(constraints[0]);
      const passes: Passes = one ?? (() => false);
      const all: Passes = (value) => Array.isArray(value) && value.every(passes);
      return { property: propertyName, passes: each && kind !== 'nestedValidation' ? all : passes };
    });
  expectations.set(type, made);
  return made;
}

/** False also where only the library can tell. */
function isSurelyValid(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isSurelyValid);
  if (typeof value !== 'object' || value === null) return false;
  const given = value as Readonly<Record<string, unknown>>;
  return expectedOf(value.constructor).every(({ property, passes }) => {
    const found = given[property];
    return found == null || passes(found);
  });
}

/**
 * Checks arguments by the decorators of their classes. Those that surely hold are let through by a
 * look at their sizes; the library, which takes about a third of a small answer's time, judges all
 * others.
 *
 * @throws ArgumentValidationError with what is wrong.
 */
export async function validateArguments(value: unknown): Promise<void> {
  if (typeof value !== 'object' || value === null || isSurelyValid(value)) return;
  const options = { skipMissingProperties: true, forbidUnknownValues: false };
  try {
    const objects = (Array.isArray(value) ? value : [value]).filter(
      (each): each is object => typeof each === 'object' && each !== null,
    );
    await Promise.all(objects.map((each) => validateOrReject(each, options)));
  } catch (errors) {
    throw new ArgumentValidationError(errors as ValidationError[]);
  }
}
