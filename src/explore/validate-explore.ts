import { AppError } from '../errors.js';
import { needsProperty } from './explore-measure.js';
import {
  EVENT_MEASURES,
  type ExploreQuestion,
  MAX_DIMENSIONS,
  MAX_MEASURES,
  SESSION_MEASURES,
} from './explore-query.js';

/**
 * Checks the shape of a question made of parts; names of dimensions are checked where they are read.
 *
 * @throws AppError `BAD_USER_INPUT` naming field, what is allowed and what came.
 */
export function validateExplore(question: ExploreQuestion): void {
  const { over, measures, dimensions, order } = question;
  checkCount('measures', measures.length, 1, MAX_MEASURES);
  checkCount('dimensions', dimensions.length, 0, MAX_DIMENSIONS);
  const allowed: readonly string[] = over === 'events' ? EVENT_MEASURES : SESSION_MEASURES;
  for (const [index, { measure, property }] of measures.entries()) {
    const field = `measures[${index}]`;
    if (!allowed.includes(measure)) {
      throw badInput(
        `${field}.measure`,
        `of ${over} expected one of ${allowed.join(', ')}, got ${measure}`,
        { allowed },
      );
    }
    const isNeeded = over === 'events' && needsProperty(measure);
    if (isNeeded !== (property !== undefined)) {
      const wanted = isNeeded ? 'a property' : 'no property';
      throw badInput(
        `${field}.property`,
        `${measure} of ${over} takes ${wanted}, got ${property ?? 'none'}`,
      );
    }
  }
  checkDifferent(
    'measures',
    measures.map(({ measure, property = '' }) => `${measure} ${property}`.trim()),
  );
  checkDifferent('dimensions', dimensions);
  const columns = order.by === 'measure' ? measures.length : dimensions.length;
  if (!Number.isInteger(order.index) || order.index < 0 || order.index >= columns) {
    throw badInput(
      `orderBy.${order.by}`,
      `expected a place among the ${columns} ${order.by}s, from 0, got ${order.index}`,
      { minimum: 0, maximum: columns - 1 },
    );
  }
}

function checkCount(field: string, count: number, minimum: number, maximum: number): void {
  if (count >= minimum && count <= maximum) return;
  throw badInput(field, `expected ${minimum} to ${maximum}, got ${count}`, { minimum, maximum });
}

function checkDifferent(field: string, names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated === undefined) return;
  throw badInput(field, `expected different ones, got ${JSON.stringify(repeated)} twice`);
}

function badInput(
  field: string,
  problem: string,
  details: Readonly<Record<string, unknown>> = {},
): AppError {
  return new AppError('BAD_USER_INPUT', `${field}: ${problem}`, { details: { field, ...details } });
}
