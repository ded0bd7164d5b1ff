import { expect, test } from '@jest/globals';
import { readTraceParent } from '../../../src/trace/trace-parent.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

test('a caller’s span is taken over, with its sampling and state', () => {
  const parent = { traceId: TRACE, spanId: SPAN, isSampled: true, traceState: '' };
  expect(readTraceParent(`00-${TRACE}-${SPAN}-01`)).toEqual(parent);
  expect(readTraceParent(`00-${TRACE}-${SPAN}-03`, 'a=1')).toEqual({
    ...parent,
    traceState: 'a=1',
  });
  expect(readTraceParent(`00-${TRACE}-${SPAN}-00`)).toEqual({ ...parent, isSampled: false });
  // A later version may say more behind.
  expect(readTraceParent(`cc-${TRACE}-${SPAN}-01-more`)).toEqual(parent);
});

test('a state beyond 512 characters is left out', () => {
  expect(readTraceParent(`00-${TRACE}-${SPAN}-01`, 'a'.repeat(513))?.traceState).toBe('');
});

test.each([
  undefined,
  7,
  '',
  'nothing',
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE}-${SPAN}-01-more`,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  [`00-${TRACE}-${SPAN}-01`],
])('%p names none', (header) => {
  expect(readTraceParent(header)).toBeNull();
});
