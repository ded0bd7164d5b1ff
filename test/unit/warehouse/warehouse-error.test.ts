import { describe, expect, test } from '@jest/globals';
import { warehouseError } from '../../../src/warehouse/clickhouse/warehouse-error.js';

const ADDRESS = 'http://db:8123';

describe('errors of the warehouse', () => {
  test.each([
    ['159', 'TIMEOUT_EXCEEDED', 'WAREHOUSE_TIMEOUT', true],
    ['241', 'MEMORY_LIMIT_EXCEEDED', 'WAREHOUSE_OVERLOADED', true],
    ['252', 'TOO_MANY_PARTS', 'WAREHOUSE_OVERLOADED', true],
    ['999', 'KEEPER_EXCEPTION', 'WAREHOUSE_OVERLOADED', true],
    ['210', 'NETWORK_ERROR', 'WAREHOUSE_UNAVAILABLE', true],
    ['62', 'SYNTAX_ERROR', 'WAREHOUSE_REFUSED', false],
    ['60', 'UNKNOWN_TABLE', 'WAREHOUSE_REFUSED', false],
  ])('the engine’s %s %s is %s', (code, type, expected, isRetryable) => {
    const engine = Object.assign(new Error("Cannot parse 'customer'"), { code, type });
    const error = warehouseError(engine, 'metric.x', ADDRESS);
    expect(error).toMatchObject({
      code: expected,
      isRetryable,
      details: { engineCode: Number(code), engineType: type },
    });
    expect(error.message).toContain('metric.x');
    expect(error.message).toContain(ADDRESS);
    expect(JSON.stringify([error.message, error.details])).not.toContain('customer');
    expect(error.cause).toBe(engine);
  });

  test('what does not come from the engine is a warehouse out of reach', () => {
    const refused = Object.assign(new Error(''), { code: 'ECONNREFUSED' });
    const error = warehouseError(refused, 'metric.x', ADDRESS);
    expect(error).toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE', isRetryable: true });
    expect(error.message).toContain('ECONNREFUSED');
  });
});
