import { describe, expect, test } from '@jest/globals';
import { SOURCE_CATEGORIES, sourcePattern } from '../../../src/channel/source-category.js';

/** The category of a source whose ignored prefix is already gone, by the rules in order. */
function categoryOf(source: string): string | undefined {
  return SOURCE_CATEGORIES.find((rule) => new RegExp(sourcePattern(rule)).test(source))?.category;
}

describe('a source belongs to a category by its name and ending, or as a whole host', () => {
  test.each([
    ['google', 'search'],
    ['google.com', 'search'],
    ['google.co.uk', 'search'],
    ['google.com.au', 'search'],
    ['ecosia.org', 'search'],
    ['mail.google.com', 'email'],
    ['shopping.google.com', 'shopping'],
    ['gemini.google.com', 'ai'],
    ['copilot.microsoft.com', 'ai'],
    ['claude.ai', 'ai'],
    ['youtu.be', 'video'],
    ['twitch.tv', 'video'],
    ['t.co', 'social'],
    ['news.ycombinator.com', 'social'],
    ['com.google.android.gm', 'email'],
  ])('%s is %s', (source, category) => {
    expect(categoryOf(source)).toBe(category);
  });

  test.each([
    'google.evil.example',
    'notgoogle.com',
    'google.com.evil',
    'my-google',
    'googleXcom',
    'xt.co',
    'x.com.evil',
    '',
  ])('%j is none', (source) => {
    expect(categoryOf(source)).toBeUndefined();
  });
});
