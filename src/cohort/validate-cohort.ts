import { AppError } from '../errors.js';
import { PERSON_PREFIX } from '../metric/dimension.js';
import { needsSession } from '../metric/event-condition.js';
import type {
  Cohort,
  CohortBehaviour,
  CohortProperty,
  CohortUser,
} from '../metric/metric-query.js';

/** Deepest nesting of `all`, `any` and `not`. */
export const MAX_COHORT_DEPTH = 8;

/** Most behaviours and conditions of one cohort. */
export const MAX_COHORT_PARTS = 32;

/** Longest `lastDays`: ten years. */
export const MAX_LAST_DAYS = 3_660;

/** Largest `atLeast` and `atMost`. */
export const MAX_TIMES = 1_000_000;

/** What a cohort is made of in the end. */
export type CohortPart = CohortBehaviour | CohortProperty | CohortUser;

/**
 * The parts of a cohort, in order, after it was found to make sense.
 *
 * @throws AppError `BAD_USER_INPUT` naming the place and what is allowed there: too deep, too many
 *   parts, `all` or `any` of nothing, counts or days out of bounds, a condition that is not about
 *   the person or, in a behaviour, not about the event alone.
 */
export function cohortParts(cohort: Cohort): readonly CohortPart[] {
  const parts: CohortPart[] = [];
  visit(cohort, 'cohort', 1, parts);
  if (parts.length > MAX_COHORT_PARTS) {
    throw invalid(
      'cohort',
      `a cohort may have at most ${MAX_COHORT_PARTS} parts, this one has more`,
    );
  }
  return parts;
}

function visit(cohort: Cohort, path: string, depth: number, parts: CohortPart[]): void {
  if (depth > MAX_COHORT_DEPTH) {
    throw invalid(path, `a cohort may be nested at most ${MAX_COHORT_DEPTH} deep`);
  }
  if (cohort.kind === 'not') {
    visit(cohort.cohort, `${path}.not`, depth + 1, parts);
  } else if (cohort.kind === 'all' || cohort.kind === 'any') {
    if (cohort.cohorts.length === 0) {
      throw invalid(`${path}.${cohort.kind}`, 'expected at least one cohort, got none');
    }
    for (const [index, each] of cohort.cohorts.entries()) {
      if (parts.length > MAX_COHORT_PARTS) return;
      visit(each, `${path}.${cohort.kind}[${index}]`, depth + 1, parts);
    }
  } else {
    if (cohort.kind === 'did') checkBehaviour(cohort, `${path}.did`);
    else if (cohort.kind === 'person') checkPerson(cohort.condition.field, `${path}.person`);
    parts.push(cohort);
  }
}

function checkBehaviour({ filter, atLeast, atMost, period }: CohortBehaviour, path: string): void {
  checkWhole(`${path}.atLeast`, atLeast, 0, MAX_TIMES);
  if (atMost !== undefined) checkWhole(`${path}.atMost`, atMost, atLeast, MAX_TIMES);
  if (period !== undefined && 'lastDays' in period) {
    checkWhole(`${path}.lastDays`, period.lastDays, 1, MAX_LAST_DAYS);
  }
  for (const { field } of filter) {
    if (needsSession([field]) || field === 'cohort') {
      throw invalid(
        `${path}.filter`,
        `${field} cannot be asked of an event alone; expected another dimension, an event field or a property`,
      );
    }
  }
}

function checkPerson(field: string, path: string): void {
  if (!field.startsWith(PERSON_PREFIX)) {
    throw invalid(
      path,
      `expected a field ${PERSON_PREFIX}<name>, got ${JSON.stringify(field.slice(0, 80))}`,
    );
  }
}

function checkWhole(path: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw invalid(path, `expected a whole number from ${least} to ${most}, got ${value}`);
  }
}

function invalid(field: string, problem: string): AppError {
  return new AppError('BAD_USER_INPUT', `${field}: ${problem}`, { details: { field } });
}
