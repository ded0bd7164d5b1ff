/** Put in by the build from `schema/operations`. */
declare const __STARTER_OPERATIONS__: readonly string[];

/** What the playground opens with: named operations, each in a tab of its own. */
export const STARTER_TABS = __STARTER_OPERATIONS__.map((query) => ({ query }));
