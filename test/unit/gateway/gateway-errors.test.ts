import { describe, expect, test } from '@jest/globals';
import { GraphQLError } from 'graphql';
import { AppError } from '../../../src/errors.js';
import { createErrorFormatter, toGraphQLError } from '../../../src/gateway/gateway-errors.js';
import { createTelemetry } from '../../../src/telemetry.js';

const format = createErrorFormatter(createTelemetry({ level: 'silent' }));

/** An error as graphql-js wraps what a resolver threw. */
function thrownAt(originalError: Error): GraphQLError {
  return new GraphQLError(originalError.message, { originalError, path: ['eventVolume'] });
}

describe('errors as clients see them', () => {
  test('an error of the product keeps code, message, place and details', () => {
    const error = new AppError('INVALID_RANGE', 'range: too long', {
      details: { field: 'range', maximumDays: 3 },
    });
    expect(format(thrownAt(error))).toEqual({
      message: 'range: too long',
      path: ['eventVolume'],
      extensions: { code: 'INVALID_RANGE', field: 'range', maximumDays: 3 },
    });
  });

  test('an error that may pass says so', () => {
    const error = new AppError('WAREHOUSE_TIMEOUT', 'slow', { isRetryable: true });
    expect(format(thrownAt(error)).extensions).toEqual({
      code: 'WAREHOUSE_TIMEOUT',
      isRetryable: true,
    });
  });

  test('an unforeseen error shows nothing of itself but an id to find it in the log', () => {
    const { message, extensions } = format(thrownAt(new TypeError('secret row content')));
    expect(message).not.toContain('secret');
    expect(extensions).toEqual({
      code: 'INTERNAL',
      correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test('an internal error of the product shows nothing of itself either', () => {
    const formatted = format(thrownAt(new AppError('INTERNAL', 'secret')));
    expect(formatted.message).not.toContain('secret');
    expect(formatted.extensions).toHaveProperty('correlationId');
  });

  test('what GraphQL says of a document keeps its code', () => {
    const error = new GraphQLError('Cannot query field "x"', {
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED', stacktrace: ['here'] },
    });
    expect(format(error)).toEqual({
      message: 'Cannot query field "x"',
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });
  });

  test('what GraphQL says of variables is bad input', () => {
    expect(format(new GraphQLError('Variable "$a" got invalid value')).extensions).toEqual({
      code: 'BAD_USER_INPUT',
    });
  });

  test('a value that a scalar cannot send is the fault of the server', () => {
    const error = thrownAt(new GraphQLError('SafeInt: expected …'));
    expect(format(error).extensions).toHaveProperty('correlationId');
  });

  test('what is thrown and no error at all is unforeseen', () => {
    expect(format('text').extensions).toMatchObject({ code: 'INTERNAL' });
  });

  test('a refusal of a whole request carries its status', () => {
    const error = toGraphQLError(new AppError('UNAUTHENTICATED', 'expected a key'));
    expect(error.extensions.http).toEqual({ status: 401 });
    expect(format(error).extensions).toEqual({ code: 'UNAUTHENTICATED' });
  });
});
