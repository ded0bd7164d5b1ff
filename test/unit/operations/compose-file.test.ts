import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { Ajv, type AnySchema } from 'ajv';
import ajvFormats from 'ajv-formats';
import { parse } from 'yaml';
import { loadConfig } from '../../../src/config.js';
import { SETTINGS } from '../../../src/settings.js';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: unknown;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly container_name?: string;
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const file = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as ComposeFile;
const ROLES = ['collector', 'ingester', 'gateway'];
const BACKING = ['kafka', 'clickhouse', 'redis'];

function serviceOf(name: string): Service {
  const service = file.services[name];
  if (service === undefined) throw new Error(`no service ${name}`);
  return service;
}

/** The official schema of the compose specification, as the package docker-compose carries it. */
function composeSchema(): AnySchema {
  const path = createRequire(`${process.cwd()}/package.json`).resolve(
    'docker-compose/schema/compose-spec.json',
  );
  const schema = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  // It names its own draft by an https address that JSON Schema does not define.
  return { ...schema, $schema: 'http://json-schema.org/draft-07/schema#' };
}

function validator() {
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajvFormats.default(ajv);
  // A format of the specification that ajv-formats lacks.
  for (const name of ['expose', 'ports', 'subnet_ip_address', 'duration'])
    ajv.addFormat(name, true);
  return ajv.compile(composeSchema());
}

/** What compose makes of a value when no variable is set. */
const byDefault = (value: string): string => value.replace(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1');

describe('docker-compose.yml', () => {
  test('is valid by the schema of the compose specification', () => {
    const validate = validator();
    validate(file);
    expect(validate.errors ?? []).toEqual([]);
  });

  test('would not be valid with an unknown key or a wrong type', () => {
    const validate = validator();
    expect(validate({ services: { redis: { imagine: 'redis' } } })).toBe(false);
    expect(validate({ services: { redis: { image: 7 } } })).toBe(false);
  });

  test('has the backing services and every role', () => {
    expect(Object.keys(file.services).sort()).toEqual([...BACKING, ...ROLES].sort());
  });

  test('every service has a health check', () => {
    for (const [name, { healthcheck }] of Object.entries(file.services)) {
      expect([name, healthcheck]).not.toEqual([name, undefined]);
    }
  });

  test('the data of every backing service is in a declared volume', () => {
    for (const name of BACKING) {
      const [volume] = (serviceOf(name).volumes?.[0] ?? '').split(':');
      expect(Object.keys(file.volumes)).toContain(volume);
    }
  });

  test.each(ROLES)('the %s waits until every backing service is healthy', (role) => {
    expect(serviceOf(role).depends_on).toEqual(
      Object.fromEntries(BACKING.map((name) => [name, { condition: 'service_healthy' }])),
    );
  });

  test.each(ROLES)('the %s sets nothing but known settings', (role) => {
    const keys = Object.keys(serviceOf(role).environment ?? {});
    expect(keys.filter((key) => !(key in SETTINGS))).toEqual([]);
  });

  test.each(ROLES)('the %s gets a configuration it accepts, for that role alone', (role) => {
    const environment = Object.entries(serviceOf(role).environment ?? {});
    const config = loadConfig(
      Object.fromEntries(environment.map(([key, value]) => [key, byDefault(value)])),
    );
    expect(config.roles).toEqual([role]);
    expect(config.eventLog.url).toBe('kafka://kafka:9092');
  });

  test.each(ROLES)('a default of the %s is that of the program, addresses aside', (role) => {
    const differing = Object.entries(serviceOf(role).environment ?? {})
      .filter(([key, value]) => value.startsWith(`\${${key}:-`) && !key.endsWith('_URL'))
      .filter(
        ([key, value]) => byDefault(value) !== SETTINGS[key as keyof typeof SETTINGS].fallback,
      );
    expect(differing).toEqual([]);
  });

  test('any number of ingesters can run: no port and no name of their own', () => {
    const { ports, container_name } = serviceOf('ingester');
    expect([ports, container_name]).toEqual([undefined, undefined]);
  });
});
