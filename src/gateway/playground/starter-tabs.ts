/** Put in by the build from `schema/operations`. */
declare const __STARTER_OPERATIONS__: readonly string[];

const DAYS_SHOWN = 7;
const DAY_MS = 86_400_000;

/** The UTC date so many days ago, `YYYY-MM-DD`. */
function daysAgo(days: number): string {
  return new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
}

/** Values that make a starter operation run as it stands: the last week, two steps of a funnel. */
function variablesOf(query: string): Record<string, unknown> {
  return {
    ...(query.includes('$range: TimeRangeInput!')
      ? { range: { from: daysAgo(DAYS_SHOWN - 1), to: daysAgo(0) } }
      : {}),
    ...(query.includes('$steps: [EventSelectorInput!]!')
      ? { steps: [{ event: 'page_view' }, { event: 'click' }] }
      : {}),
  };
}

/** What the playground opens with: named operations, each in a tab of its own. */
export function starterTabs(): { query: string; variables: string }[] {
  return __STARTER_OPERATIONS__.map((query) => ({
    query,
    variables: JSON.stringify(variablesOf(query), null, 2),
  }));
}
