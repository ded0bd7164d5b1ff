import type { OracleEvent } from './oracle-event.js';
import { distinct, type OracleWorld, percentile, ranked } from './oracle-metrics.js';
import { holds } from './oracle-rules.js';
import type { OracleSession } from './oracle-session.js';
import { composed, numberOf, textOf } from './oracle-value.js';

/** METRICS-SPEC §11, event by event: crashes, starts, requests, pages, vitals and screens. */

const DAY = 86_400_000;

/** Share in percent; null of nothing. */
export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : (part / whole) * 100;
}

/** The page of an event as lists show it. */
export function pageLabel(event: OracleEvent): string {
  return event.page === '' ? '(none)' : event.page;
}

/** The counted events of one name. */
function named(world: OracleWorld, name: string): readonly OracleEvent[] {
  return world.counted.filter((event) => event.name === name);
}

function isCrash(event: OracleEvent): boolean {
  const isCounted =
    event.receivedAt - event.at <= DAY || holds('a late crash counts in its session');
  const others = holds('only app_crash is a crash') ? [] : ['app_anr', 'app_error'];
  return isCounted && ['app_crash', ...others].includes(event.name);
}

function versionOf({ events }: OracleSession): string {
  const told = events.map(({ version }) => version).filter((version) => version !== '');
  return told.at(holds('the version is the first that is told') ? 0 : -1) ?? '(unknown)';
}

/** Stability of the mobile sessions, of all and by version. */
export function oracleCrashFree(world: OracleWorld) {
  const mobile = world.started.filter(
    ({ events }) =>
      events.some(({ platform }) => platform === 'mobile') ||
      !holds('only sessions with a mobile event can crash'),
  );
  const person = ({ events: [first] }: OracleSession): string =>
    first === undefined ? '' : world.personOf(first);
  const figures = (sessions: readonly OracleSession[]) => {
    const crashed = sessions.filter(({ events }) => events.some(isCrash));
    const whole = sessions.filter((session) => !crashed.includes(session));
    const stuck = sessions.filter(({ events }) => events.some(({ name }) => name === 'app_anr'));
    const users = distinct(sessions, person);
    const free = holds('a person with a crashed session is not free')
      ? users - distinct(crashed, person)
      : distinct(whole, person);
    const isOfPersons = holds('not responding is of persons');
    return {
      sessions: sessions.length,
      crashedSessions: crashed.length,
      users,
      crashFreeSessionsPercent: share(whole.length, sessions.length),
      crashFreeUsersPercent: share(free, users),
      anrRatePercent: isOfPersons
        ? share(distinct(stuck, person), users)
        : share(stuck.length, sessions.length),
    };
  };
  const versions = ranked(mobile, versionOf, (group) => group.length).values;
  return {
    overall: figures(mobile),
    versions,
    figures: versions.map((version) =>
      figures(mobile.filter((session) => versionOf(session) === version)),
    ),
  };
}

/** Crashes by what they say of themselves, most first. */
export function oracleCrashGroups(world: OracleWorld) {
  const crashes = named(world, 'app_crash');
  const order = holds('a crash without a fingerprint has its exception')
    ? ['fingerprint', 'exception', 'type', 'message']
    : ['fingerprint'];
  const groupOf = ({ properties }: OracleEvent): string =>
    order.map((name) => textOf(properties[name])).find((text) => text !== '') ?? '(none)';
  const { values, counts } = ranked(crashes, groupOf, (group) => group.length);
  const groups = values.map((value) => crashes.filter((event) => groupOf(event) === value));
  const bytewise = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return {
    total: crashes.length,
    groups: values,
    crashes: counts,
    users: groups.map((group) => distinct(group, world.personOf)),
    versions: groups.map((group) =>
      [...new Set(group.map(({ version }) => (version === '' ? '(unknown)' : version)))].sort(
        bytewise,
      ),
    ),
    firstAt: groups.map(([first]) => new Date(first?.at ?? 0).toISOString()),
    lastAt: groups.map((group) => new Date(group.at(-1)?.at ?? 0).toISOString()),
    sampleEventIds: groups.map((group) => group.at(-1)?.id),
    samples: groups.map((group) =>
      Object.fromEntries(
        Object.entries(group.at(-1)?.properties ?? {}).map(([name, value]) => [
          name,
          typeof value === 'string' ? composed(value) : value,
        ]),
      ),
    ),
  };
}

function durations(values: readonly number[]) {
  return {
    samples: values.length,
    p50: percentile(values, 0.5),
    p95: percentile(values, 0.95),
    p99: percentile(values, 0.99),
  };
}

/** Starts by their type, and requests. */
export function oracleAppPerformance(world: OracleWorld) {
  const starts = named(world, 'app_start').flatMap(({ properties }) => {
    const duration = numberOf(properties.duration_ms);
    const type = textOf(properties.start_type);
    const usual = holds('a start time without a type is cold') ? 'cold' : '';
    const isBelieved =
      duration !== null &&
      (duration >= 0 || !holds('a start below zero is left out')) &&
      (duration <= 60_000 || !holds('a start of more than a minute is left out'));
    return isBelieved ? [{ type: type === '' ? usual : type, duration }] : [];
  });
  const startTypes = [...new Set(starts.map(({ type }) => type))].sort();
  const requests = named(world, 'network_request').map(({ properties }) => ({
    status: numberOf(properties.status),
    duration: numberOf(properties.duration_ms),
  }));
  const failed = requests.filter(({ status }) =>
    status === null
      ? holds('a request without a status failed')
      : status > 400 || (status === 400 && holds('a status of 400 failed')),
  );
  return {
    startTypes,
    starts: startTypes.map((type) =>
      durations(starts.filter((start) => start.type === type).map(({ duration }) => duration)),
    ),
    network: durations(requests.flatMap(({ duration }) => duration ?? [])),
    requests: requests.length,
    failedRequests: failed.length,
    errorPercent: share(failed.length, requests.length),
  };
}

/** Load times in all, and by page. */
export function oraclePageLoad(world: OracleWorld) {
  const loads = named(world, 'page_performance').flatMap((event) => {
    const ms = numberOf(event.properties.load_ms);
    return ms === null ? [] : [{ page: pageLabel(event), ms }];
  });
  const figures = (some: typeof loads) => {
    const values = some.map(({ ms }) => ms);
    const at = (q: number): number | null => percentile(values, q);
    return { samples: values.length, p50: at(0.5), p75: at(0.75), p95: at(0.95) };
  };
  const { values } = ranked(
    loads,
    ({ page }) => page,
    (group) => group.length,
  );
  return {
    ...figures(loads),
    pages: values,
    byPage: values.map((page) => figures(loads.filter((load) => load.page === page))),
  };
}

const VITALS = {
  LCP: [2500, 4000],
  INP: [200, 500],
  CLS: [0.1, 0.25],
  FCP: [1800, 3000],
  TTFB: [800, 1800],
} as const;

/** The five vitals of all pages, or of one. */
export function oracleWebVitals(world: OracleWorld, page?: string) {
  const events = named(world, 'web_vital').filter(
    (event) => page === undefined || event.page === page,
  );
  const figures = Object.entries(VITALS).map(([name, [good, fair]]) => {
    const last = new Map<string, number>();
    for (const [index, event] of events.entries()) {
      const value = numberOf(event.properties.value);
      if (textOf(event.properties.name) !== name || value === null) continue;
      const id = textOf(event.properties.metric_id);
      const isAlone = id === '' && holds('a vital without an id stands alone');
      const isKept = holds('the last value of a vital counts');
      last.set(isAlone || !isKept ? `event ${index}` : `metric ${id}`, value);
    }
    const values = [...last.values()];
    const p75 = percentile(values, 0.75);
    const isGood = (value: number): boolean =>
      holds('a vital at the threshold is good') ? value <= good : value < good;
    const isFair = (value: number): boolean =>
      holds('a vital at the second threshold needs improvement') ? value <= fair : value < fair;
    const rate = (value: number): string =>
      isGood(value) ? 'good' : isFair(value) ? 'needs-improvement' : 'poor';
    return {
      name,
      samples: values.length,
      p75,
      rating: p75 === null ? null : rate(p75),
      goodPercent: share(values.filter(isGood).length, values.length),
    };
  });
  return figures;
}

/** Screen views, and who had them. */
export function oracleScreenViews(world: OracleWorld) {
  const views = named(world, 'screen_view');
  const { values, counts } = ranked(views, pageLabel, (group) => group.length);
  return {
    total: views.length,
    users: distinct(views, world.personOf),
    screens: values,
    views: counts,
    screenUsers: values.map((screen) =>
      distinct(
        views.filter((event) => pageLabel(event) === screen),
        world.personOf,
      ),
    ),
  };
}
