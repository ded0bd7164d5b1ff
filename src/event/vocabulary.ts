/** Event names that are views (METRICS-SPEC §1). */
export const VIEW_EVENTS: ReadonlySet<string> = new Set(['page_view', 'screen_view']);

/**
 * Event names that never make a session engaged by themselves (METRICS-SPEC §1). Every other
 * event is an interaction unless it carries `properties.non_interaction = true`.
 */
export const NON_INTERACTION_EVENTS: ReadonlySet<string> = new Set([
  'page_view',
  'screen_view',
  'scroll',
  'app_start',
  'app_foreground',
  'app_background',
  'session_start',
  'page_leave',
  'engagement',
  'web_vital',
  'page_performance',
  'network_request',
  'app_crash',
  'app_anr',
  'app_error',
  'experiment_exposure',
  'form_view',
  'push_received',
]);
