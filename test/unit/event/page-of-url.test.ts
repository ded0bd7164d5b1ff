import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { percentDecode, urlParts } from '../../../src/event/page-of-url.js';

describe('host, page and query of a URL', () => {
  test.each([
    ['https://shop.example/caf%C3%A9?x=1#t', 'shop.example', '/café', 'x=1'],
    ['https://shop.example', 'shop.example', '/', ''],
    ['https://shop.example?x', 'shop.example', '/', 'x'],
    ['https://shop.example#x?y', 'shop.example', '/', ''],
    ['https://www.Shop.EXAMPLE:8080/A/', 'www.shop.example', '/A/', ''],
    ['https://user:p@ss@shop.example./a', 'shop.example', '/a', ''],
    ['http://[::1]:3000/a', '[::1]', '/a', ''],
    ['//cdn.example/a', 'cdn.example', '/a', ''],
    ['/a?b', '', '/a', 'b'],
    ['?b', '', '/', 'b'],
    ['#b', '', '/', ''],
    ['a/b', '', 'a/b', ''],
    ['android-app://com.google.android.gm/', 'com.google.android.gm', '/', ''],
    ['https://shop.example/a%20%20', 'shop.example', '/a', ''],
    ['https://shop.example/%20', 'shop.example', '/', ''],
    ['  https://shop.example/a  ', 'shop.example', '/a', ''],
    ['https://shop.example/100%', 'shop.example', '/100%', ''],
    ['https://shop.example/%zz%41%ff%C3%A9%E2%82', 'shop.example', '/%zzA%ffé%E2%82', ''],
    ['https://shop.example/a%2Fb%3Fc', 'shop.example', '/a/b?c', ''],
    ['', '', '', ''],
    ['   ', '', '', ''],
  ])('%s', (url, host, page, query) => {
    expect(urlParts(url)).toEqual({ host, page, query });
  });

  test('no text makes it throw, and absolute pages start with a slash', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        urlParts(text);
        expect(urlParts(`https://h.example/${text}`).page.startsWith('/')).toBe(true);
      }),
      { seed: 11 },
    );
  });
});

test('decoding undoes encoding for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(percentDecode(encodeURIComponent(text))).toBe(text);
      expect(percentDecode(`${encodeURIComponent(text)}%`)).toBe(`${text}%`);
    }),
    { seed: 12 },
  );
});
