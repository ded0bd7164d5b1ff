import { describe, expect, test } from '@jest/globals';
import { createEnricher, enrichmentSteps } from '../../../ingest/ingester/enrich-event.js';
import { createCountryLookup } from '../../../ingest/ingester/enrichment/country.js';
import type { TrackedEvent } from '../../../src/event/tracked-event.js';
import { trackedEvent } from './tracked-event.js';

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36';
const enrich = createEnricher({ countryOf: createCountryLookup() });
const enriched = (fields: Partial<TrackedEvent>) => enrich(trackedEvent(fields));
const withProperties = (eventName: string, properties: Record<string, unknown>) =>
  enriched({
    eventName,
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name, JSON.stringify(value)]),
    ),
  });

test('the steps have names of their own', () => {
  const names = enrichmentSteps({}).map((step) => step.name);
  expect(new Set(names).size).toBe(names.length);
});

test('an event without anything to derive from keeps every dimension empty', () => {
  const { event, eventName, occurredAt, properties, revenue, ...rest } = enriched({});
  expect(event).toEqual(trackedEvent());
  expect(eventName).toBe('page_view');
  expect(occurredAt).toBe(event.occurredAt);
  expect(properties).toEqual({});
  expect(revenue).toBeNull();
  expect(Object.entries(rest).filter(([, value]) => value)).toEqual([['isView', true]]);
});

test('a browser event gets its page, tags, device, referrer and country', () => {
  expect(
    enriched({
      url: 'https://Shop.Example:8443/caf%C3%A9?utm_source=News+Letter&gclid=x#top',
      referrer: 'https://WWW.Google.com/search?q=x',
      userAgent: CHROME,
      ip: '8.8.8.8',
      utmMedium: 'CPC',
    }),
  ).toMatchObject({
    host: 'shop.example',
    page: '/café',
    referrerHost: 'www.google.com',
    utmSource: 'news letter',
    utmMedium: 'cpc',
    clickId: 'gclid',
    deviceType: 'desktop',
    browser: 'Chrome',
    browserVersion: '124.0',
    os: 'Windows',
    osVersion: '10',
    country: 'US',
    isBot: false,
  });
});

test('a tag field wins over the tag in the URL, an empty one does not', () => {
  expect(enriched({ url: '/?utm_source=url', utmSource: 'Field' }).utmSource).toBe('field');
  expect(enriched({ url: '/?utm_source=url', utmSource: '  ' }).utmSource).toBe('url');
});

test('a clock far ahead is replaced by the receipt', () => {
  expect(enriched({ occurredAt: Date.UTC(2100, 0, 1) }).occurredAt).toBe(trackedEvent().receivedAt);
});

describe('trusted and SDK fields', () => {
  const fields = {
    device_type: 'tv',
    browser: 'Mosaic',
    browser_version: '3',
    os: 'BeOS',
    os_version: '5',
    country: 'XX',
    region: 'R',
    city: 'C',
    language: 'xx-YY',
  };
  const properties = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)]),
  );

  test('a trusted sender overrides what agent and address give', () => {
    expect(
      enriched({ userAgent: CHROME, ip: '8.8.8.8', isTrusted: true, properties }),
    ).toMatchObject({
      deviceType: 'tv',
      browser: 'Mosaic',
      browserVersion: '3',
      os: 'BeOS',
      osVersion: '5',
      country: 'XX',
      region: 'R',
      city: 'C',
      language: 'xx-YY',
    });
  });

  test('an ordinary web sender does not, but may name its language', () => {
    expect(enriched({ userAgent: CHROME, ip: '8.8.8.8', properties })).toMatchObject({
      deviceType: 'desktop',
      browser: 'Chrome',
      os: 'Windows',
      country: 'US',
      region: '',
      city: '',
      language: 'xx-YY',
    });
    expect(enriched({ properties })).toMatchObject({ deviceType: '', os: '', osVersion: '' });
  });

  test('a mobile SDK names device and system where no agent does', () => {
    expect(enriched({ platform: 'mobile', properties })).toMatchObject({
      deviceType: 'tv',
      os: 'BeOS',
      osVersion: '5',
      browser: '',
    });
  });

  test('the platform alone implies no device type, nor does a word that is none', () => {
    expect(enriched({ platform: 'mobile' }).deviceType).toBe('');
    expect(
      enriched({ platform: 'mobile', properties: { device_type: '"toaster"' } }),
    ).toMatchObject({ deviceType: '' });
  });
});

describe('meaning', () => {
  test.each([
    ['page_view', {}, true, false],
    ['screen_view', {}, true, false],
    ['scroll', {}, false, false],
    ['click', {}, false, true],
    ['click', { non_interaction: true }, false, false],
    ['click', { non_interaction: 'true' }, false, true],
    ['anything', {}, false, true],
  ])('%s %j: view %s, interaction %s', (name, properties, isView, isInteraction) => {
    expect(withProperties(name, properties)).toMatchObject({ isView, isInteraction });
  });

  test.each([
    ['app_start', {}, true],
    ['app_start', { start_type: 'cold' }, true],
    ['app_start', { start_type: '' }, true],
    ['app_start', { start_type: null }, true],
    ['app_start', { start_type: 'warm' }, false],
    ['app_foreground', {}, false],
  ])('%s %j is a cold start: %s', (name, properties, expected) => {
    expect(withProperties(name, properties).isColdStart).toBe(expected);
  });

  test.each([
    ['engagement', { engaged_ms: 4500 }, 4500],
    ['engagement', { engaged_ms: 4500.6 }, 4501],
    ['engagement', { engaged_ms: '4500' }, 4500],
    ['engagement', { engaged_ms: -1 }, 0],
    ['engagement', { engaged_ms: 1e300 }, 4_294_967_295],
    ['engagement', { engaged_ms: 'long' }, 0],
    ['engagement', { engaged_ms: [1] }, 0],
    ['engagement', {}, 0],
    ['click', { engaged_ms: 4500 }, 0],
  ])('%s %j engages for %d ms', (name, properties, expected) => {
    expect(withProperties(name, properties).engagedMs).toBe(expected);
  });

  test.each([
    [{ revenue: 50.5, currency: 'EUR', order_id: 'o1' }, '50.5', 'EUR', 'o1'],
    [{ revenue: '100', currency: ' usd ', order_id: 17 }, '100', 'usd', '17'],
    [{ revenue: 'many' }, null, '', ''],
    [{ revenue: true }, null, '', ''],
    [{ revenue: null }, null, '', ''],
    [{}, null, '', ''],
  ])('%j is revenue %s %s of order %s', (properties, revenue, currency, orderId) => {
    expect(withProperties('purchase', properties)).toMatchObject({ revenue, currency, orderId });
  });
});

test('values of dimensions are in normal form C, identifiers stay as they came', () => {
  const decomposed = 'cafe\u0301';
  const result = enriched({
    eventName: decomposed,
    anonymousId: decomposed,
    url: `/${decomposed}`,
    utmTerm: decomposed,
    properties: { plan: `"${decomposed}"`, screen: `"${decomposed}"` },
  });
  expect(result).toMatchObject({
    eventName: 'café',
    page: '/café',
    utmTerm: 'café',
    screen: 'café',
    properties: { plan: '"café"' },
  });
  expect(result.event.anonymousId).toBe(decomposed);
});
