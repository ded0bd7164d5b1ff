import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assignLanes } from '../../../src/event-log/assign-lanes.js';

const member = fc.record({ owned: fc.uniqueArray(fc.nat(15)) });
const group = fc
  .array(member, { minLength: 1, maxLength: 6 })
  .map((members) => members.map(({ owned }, id) => ({ id, owned })));

describe('spreading lanes over members', () => {
  test('gives every lane to exactly one member, evenly, moving none without need', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), group, (laneCount, members) => {
        const assigned = assignLanes(laneCount, members);
        const lanes = [...assigned.values()].flat();
        expect([...lanes].sort((a, b) => a - b)).toEqual(
          Array.from({ length: laneCount }, (_, lane) => lane),
        );
        const sizes = members.map(({ id }) => assigned.get(id)?.length ?? 0);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        const claimed = new Set<number>();
        for (const { id, owned } of members) {
          const own = owned.filter((lane) => lane < laneCount && !claimed.has(lane));
          for (const lane of own) claimed.add(lane);
          const kept = own.filter((lane) => assigned.get(id)?.includes(lane)).length;
          expect(kept).toBe(Math.min(own.length, assigned.get(id)?.length ?? 0));
        }
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  test('moves nothing when it is asked again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), group, (laneCount, members) => {
        const once = assignLanes(laneCount, members);
        const settled = members.map(({ id }) => ({ id, owned: once.get(id) ?? [] }));
        const again = assignLanes(laneCount, settled);
        expect(new Map([...again].sort())).toEqual(new Map([...once].sort()));
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  test('has nothing to give to nobody', () => {
    expect(assignLanes(4, []).size).toBe(0);
  });
});
