import { expect, test } from '@jest/globals';
import { visitorAgent } from '../../../ingest/collector/visitor-agent.js';

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0', true],
  ['Opera/9.80 (Windows NT 6.1) Presto/2.12.388 Version/12.18', true],
  ['curl/8.5.0', false],
  ['node', false],
  ['python-requests/2.32', false],
  ['', false],
])('the header %s stands for the visitor: %s', (header, isVisitor) => {
  expect(visitorAgent(header)).toBe(isVisitor ? header : '');
});
