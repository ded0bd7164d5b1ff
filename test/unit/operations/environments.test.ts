import { readdirSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { envTemplate } from '../../../scripts/env-template.js';
import { loadConfig } from '../../../src/config.js';
import { SETTINGS } from '../../../src/settings.js';

const read = (path: string): Record<string, string> =>
  parseEnv(readFileSync(path, 'utf8')) as Record<string, string>;

/** Keys each role gets from compose; what is not among them would be set in vain. */
function keysThatReachContainers(): readonly string[] {
  const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
    services: Record<string, { environment: Record<string, string> }>;
  };
  return Object.entries(services.gateway?.environment ?? {})
    .filter(([key, value]) => value.startsWith(`\${${key}:-`))
    .map(([key]) => key);
}

describe('.env.example', () => {
  test('is what the settings say', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(envTemplate());
  });

  test('lists exactly the keys of the settings, with their defaults', () => {
    const fallbacks = Object.entries(SETTINGS).map(([key, { fallback }]) => [key, fallback]);
    expect(read('.env.example')).toEqual(Object.fromEntries(fallbacks));
  });

  test('changes nothing when it is used as it is', () => {
    expect(loadConfig(read('.env.example'))).toEqual(loadConfig({}));
  });
});

describe('config/environments', () => {
  test('has the three environments', () => {
    expect(readdirSync('config/environments').sort()).toEqual([
      'dev.env',
      'prod.env',
      'staging.env',
    ]);
  });

  test.each(['dev', 'staging', 'prod'])('%s sets nothing but known settings', (name) => {
    const keys = Object.keys(read(`config/environments/${name}.env`));
    expect(keys.filter((key) => !(key in SETTINGS))).toEqual([]);
    expect(keys.length).toBeGreaterThan(0);
  });

  test.each(['dev', 'staging', 'prod'])('%s is a valid configuration', (name) => {
    expect(() => loadConfig(read(`config/environments/${name}.env`))).not.toThrow();
  });

  test.each(['staging', 'prod'])('each setting of %s reaches the containers', (name) => {
    const reaching = keysThatReachContainers();
    const keys = Object.keys(read(`config/environments/${name}.env`));
    expect(keys.filter((key) => !reaching.includes(key))).toEqual([]);
  });

  test('production does not open the schema to everybody', () => {
    const config = loadConfig({ ...read('config/environments/prod.env'), HOST: '0.0.0.0' });
    expect(config.gateway.introspection).toBe(false);
  });

  test('no file holds a password or a key', () => {
    for (const name of ['dev', 'staging', 'prod']) {
      const values = read(`config/environments/${name}.env`);
      expect(values.ADMIN_KEY).toBeUndefined();
      for (const value of Object.values(values)) expect(value).not.toMatch(/:\/\/[^/@]*:[^/@]+@/);
    }
  });
});
