import { expect, test } from '@jest/globals';
import type { DataLook } from '../../../src/answer/data-look.js';
import { createDataVersions } from '../../../src/answer/data-versions.js';
import { dependenceOf } from '../../../src/answer/dependence.js';
import type { Condition, MetricQuestion } from '../../../src/metric/metric-query.js';

const QUESTION: MetricQuestion = {
  projectId: 'p',
  range: { kind: 'dates', from: '1970-01-11', to: '1970-01-12' },
  timeZone: 'UTC',
  filter: [],
  includeBots: false,
};

test('a field of a person or of a session belongs to no day', () => {
  const daysBy = (field: string) => {
    const filter: Condition[] = [{ field, operator: 'equals', values: ['x'] }];
    const breakdown = { dimension: field, limit: 10 };
    const questions = [
      { ...QUESTION, filter },
      { ...QUESTION, breakdown },
    ];
    return questions.map((question) => dependenceOf('eventVolume', question, []).days);
  };
  expect(daysBy('page')).toEqual([
    { from: 10, to: 11 },
    { from: 10, to: 11 },
  ]);
  for (const field of ['person.plan', 'entry_page']) expect(daysBy(field)).toEqual([null, null]);
});

test('another start of the engine, or another engine, is another', () => {
  const versions = createDataVersions({
    warehouse: { query: () => Promise.reject(new Error('nobody looks here')) },
    database: 'sluice',
    clock: () => 0,
  });
  const look: DataLook = {
    atMs: 0,
    warehouseId: 'w',
    engineStartedAt: 100,
    tables: { silver_events: { 202601: [1, 5] } },
  };
  const depends = { projectId: 'p', tables: ['silver_events'], days: null };
  const holds = (change: Partial<DataLook>): boolean =>
    versions.isUnchanged(depends, look, { ...look, ...change });
  // The engine tells its age in whole seconds.
  expect([holds({}), holds({ engineStartedAt: 101 })]).toEqual([true, true]);
  expect([holds({ engineStartedAt: 103 }), holds({ warehouseId: 'v' })]).toEqual([false, false]);
});
