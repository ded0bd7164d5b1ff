import { expect, test } from '@jest/globals';
import { AppError } from '../../src/errors.js';
import { logError } from '../../src/log-error.js';

/** Stands for the content of a row. */
const CONTENT = 'zq7secret';

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('expected a failure');
}

test('an error of the program is told with its message, code and place', () => {
  const told = logError(new AppError('WAREHOUSE_TIMEOUT', 'the warehouse took too long'));
  expect(told).toMatchObject({
    type: 'AppError',
    code: 'WAREHOUSE_TIMEOUT',
    message: 'the warehouse took too long',
  });
  expect(told.stack).toMatch(/^ +at /);
});

test('what the engine quotes is left out, wherever in the chain of causes it is', () => {
  const engine = Object.assign(new Error(`Cannot parse '${CONTENT}' as Float64`), {
    code: '6',
    type: 'CANNOT_PARSE_TEXT',
  });
  const middle = new AppError('WAREHOUSE_REFUSED', 'answered with 6', { cause: engine });
  const told = logError(new AppError('INTERNAL', 'failed', { cause: middle }));
  expect(JSON.stringify(told)).not.toContain(CONTENT);
  expect(told.cause?.cause).toMatchObject({ type: 'Error', code: '6' });
});

test('what a parser quotes is left out', () => {
  const told = logError(thrownBy(() => JSON.parse(`{"a":${CONTENT}}`)));
  expect(JSON.stringify(told)).not.toContain(CONTENT);
  expect(told.type).toBe('SyntaxError');
});

test('a system call is told with its address', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), {
    code: 'ECONNREFUSED',
  });
  expect(logError(refused).message).toBe('connect ECONNREFUSED 127.0.0.1:1');
});

test('what is no error is told by its type', () => {
  expect(logError(CONTENT)).toEqual({ type: 'string' });
});

test('a circle of causes ends', () => {
  const error = new AppError('INTERNAL', 'round');
  Object.assign(error, { cause: error });
  expect(JSON.stringify(logError(error)).match(/round/g)).toHaveLength(6);
});
