import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config.js';
import { AppError } from '../../src/errors.js';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof AppError) return error.details['problems'] as string[];
    throw error;
  }
  return [];
}

describe('configuration', () => {
  test('with nothing set everything is embedded, in one process, on loopback', () => {
    const config = loadConfig({});
    expect(config.roles).toEqual(['collector', 'ingester', 'gateway']);
    expect(config.eventLog.url).toMatch(/^file:\/\/\/.*\/data\/log$/);
    expect(config.warehouse.url).toMatch(/^chdb:\/\/\/.*\/data\/warehouse$/);
    expect(config.cache.url).toBe('memory:');
    expect(config.gateway.introspection).toBe(true);
    expect(Object.isFrozen(config.http)).toBe(true);
  });

  test('a data directory may hold characters that mean something in a URL', () => {
    const config = loadConfig({ DATA_DIR: '/srv/50% #1?' });
    expect(fileURLToPath(config.eventLog.url)).toBe('/srv/50% #1?/log');
    expect(fileURLToPath(config.warehouse.url.replace('chdb:', 'file:'))).toBe(
      '/srv/50% #1?/warehouse',
    );
  });

  test('an empty string counts as unset', () => {
    expect(loadConfig({ PORT: '' }).http.port).toBe(4000);
  });

  test('all problems are gathered into one error, each with its key', () => {
    const problems = problemsOf({ PORT: 'abc', LOG_LEVEL: 'loud', WAREHOUSE_URL: 'mysql://x' });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'PORT',
      'LOG_LEVEL',
      'WAREHOUSE_URL',
    ]);
  });

  test('an in-process warehouse, log or pub/sub needs all roles in one process', () => {
    const problems = problemsOf({ ROLES: 'gateway' });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'WAREHOUSE_URL',
      'EVENT_LOG_URL',
      'PUBSUB_URL',
    ]);
  });

  test('a process behind row policies may not ingest', () => {
    const apart = {
      GATEWAY_ROW_POLICIES: 'on',
      WAREHOUSE_URL: 'http://gateway@clickhouse:8123',
      EVENT_LOG_URL: 'kafka://kafka:9092',
      PUBSUB_URL: 'redis://redis:6379',
    };
    expect(problemsOf({ ...apart, ROLES: 'gateway' })).toEqual([]);
    expect(problemsOf(apart).join()).toContain('GATEWAY_ROW_POLICIES: views read as');
  });

  test('the value of a secret is not repeated in the message', () => {
    expect(problemsOf({ ADMIN_KEY: 'short-secret' }).join()).not.toContain('short-secret');
  });

  test('a key and its _FILE variant exclude each other', () => {
    expect(problemsOf({ ADMIN_KEY: 'a'.repeat(24), ADMIN_KEY_FILE: '/nowhere' })[0]).toMatch(
      /^ADMIN_KEY: /,
    );
  });
});
