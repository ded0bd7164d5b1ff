import type { OracleEvent } from './oracle-event.js';
import { distinct, type OracleWorld, ranked } from './oracle-metrics.js';
import { pageLabel, share } from './oracle-performance.js';
import { holds } from './oracle-rules.js';
import type { OracleSession } from './oracle-session.js';
import { numberOf, textOf } from './oracle-value.js';

/** METRICS-SPEC §12, event by event: clicks, scrolling, forms and videos. */

interface Grid {
  readonly page: string;
  readonly columns: number;
  readonly rowPixels: number;
}

/** The cells of a page that were clicked, most clicks first, then from the top left. */
export function oracleHeatmap(world: OracleWorld, { page, columns, rowPixels }: Grid) {
  const clicks = world.counted.filter((event) => event.name === 'click' && event.page === page);
  const cells = new Map<string, { column: number; row: number; clicks: number }>();
  let dropped = 0;
  for (const { properties } of clicks) {
    const x = numberOf(properties.x);
    const y = numberOf(properties.y);
    const width = numberOf(properties.viewport_width);
    if (x === null || y === null || width === null || width <= 0) {
      if (holds('clicks without coordinates are dropped')) dropped += 1;
      continue;
    }
    const across = Math.floor((x * columns) / width);
    const down = Math.floor(y / rowPixels);
    const last = holds('clicks at the edge are in the last column') ? columns - 1 : across;
    const first = holds('clicks above the page are in the first row') ? 0 : down;
    const column = Math.min(Math.max(across, 0), last);
    const row = Math.max(down, first);
    const cell = cells.get(`${column} ${row}`) ?? { column, row, clicks: 0 };
    cell.clicks += 1;
    cells.set(`${column} ${row}`, cell);
  }
  const sorted = [...cells.values()].sort(
    (a, b) => b.clicks - a.clicks || a.row - b.row || a.column - b.column,
  );
  return {
    columns: sorted.map(({ column }) => column),
    rows: sorted.map(({ row }) => row),
    clicks: sorted.map((cell) => cell.clicks),
    total: sorted.reduce((sum, cell) => sum + cell.clicks, 0),
    dropped,
  };
}

interface Click {
  readonly page: string;
  readonly at: number;
  /** Not a number where it has none. */
  readonly x: number;
  readonly y: number;
}

/** Pages of the bursts of a session. */
function burstsOf({ events }: OracleSession): readonly string[] {
  const clicks = events
    .filter((event) => event.name === 'click')
    .flatMap((event): Click[] => {
      const x = numberOf(event.properties.x);
      const y = numberOf(event.properties.y);
      const isPlaced = x !== null && y !== null;
      if (!isPlaced && holds('clicks without coordinates are ignored')) return [];
      return [{ page: pageLabel(event), at: event.at, x: x ?? Number.NaN, y: y ?? Number.NaN }];
    });
  const pages = holds('a burst is on one page')
    ? [...new Set(clicks.map(({ page }) => page))]
    : ['anywhere'];
  const bursts: string[] = [];
  for (const page of pages) {
    const own = clicks.filter((click) => page === 'anywhere' || click.page === page);
    let run = 0;
    for (const [index, click] of own.entries()) {
      const before = own[index - 1];
      run = before !== undefined && follows(click, before) ? run + 1 : 1;
      const needed = holds('three clicks are a rage click') ? 3 : 2;
      if (run === needed || (run > needed && !holds('a burst counts once'))) {
        bursts.push(click.page);
      }
    }
  }
  return bursts;
}

function follows(click: Click, before: Click): boolean {
  const pause = click.at - before.at;
  const way = Math.abs(click.x - before.x) + Math.abs(click.y - before.y);
  const isSoon = holds('a second is near enough') ? pause <= 1_000 : pause < 1_000;
  return isSoon && (holds('thirty pixels are too far') ? way < 30 : way <= 30);
}

/** Bursts of clicks of the started sessions. */
export function oracleRageClicks(world: OracleWorld) {
  const bursts = world.started.flatMap((session, index) =>
    burstsOf(session).map((page) => ({ page, index: String(index) })),
  );
  const { values, counts } = ranked(
    bursts,
    ({ page }) => page,
    (group) => group.length,
  );
  const sessionsOf = (some: typeof bursts): number => distinct(some, ({ index }) => index);
  return {
    bursts: bursts.length,
    sessions: sessionsOf(bursts),
    pages: values,
    pageBursts: counts,
    pageSessions: values.map((page) => sessionsOf(bursts.filter((burst) => burst.page === page))),
  };
}

/** Visits (session and page) of the started sessions with the greatest depth of each. */
export function oracleScrollDepth(world: OracleWorld) {
  const deepest = new Map<string, { readonly page: string; depth: number }>();
  for (const [index, { events }] of world.started.entries()) {
    for (const event of events.filter(({ name }) => name === 'scroll')) {
      const said = numberOf(event.properties.percent);
      if (said === null) continue;
      const page = pageLabel(event);
      const isHeld = holds('a scroll is held to 0 and 100');
      const depth = isHeld ? Math.min(Math.max(said, 0), 100) : said;
      const key = holds('scroll depth is per page') ? `${index} ${page}` : `${index}`;
      const visit = deepest.get(key) ?? { page, depth };
      const isDeepest = holds('the deepest scroll of a visit counts');
      visit.depth = isDeepest ? Math.max(visit.depth, depth) : depth;
      deepest.set(key, visit);
    }
  }
  const visits = [...deepest.values()];
  const mean = (some: typeof visits): number | null =>
    some.length === 0 ? null : some.reduce((sum, { depth }) => sum + depth, 0) / some.length;
  const { values, counts } = ranked(
    visits,
    ({ page }) => page,
    (group) => group.length,
  );
  const own = values.map((value) => visits.filter(({ page }) => page === value));
  return {
    samples: visits.length,
    averagePercent: mean(visits),
    pages: values,
    pageSamples: counts,
    averagePercents: own.map(mean),
    reachPercents: own.map((some) =>
      [25, 50, 75, 90, 100].map((step) =>
        share(some.filter(({ depth }) => depth >= step).length, some.length),
      ),
    ),
  };
}

const FORM_EVENTS = ['form_view', 'form_start', 'form_field', 'form_submit'];

/** One form in one session. */
interface FormUnit {
  readonly form: string;
  readonly isViewed: boolean;
  readonly isStarted: boolean;
  readonly submits: number;
  /** ms from the first start or field to the first submit behind it; null without. */
  readonly time: number | null;
  readonly lastField: string;
}

function formUnit(form: string, events: readonly OracleEvent[]): FormUnit {
  const of = (...names: readonly string[]): readonly OracleEvent[] =>
    events.filter(({ name }) => names.includes(name));
  const [began] = of('form_start', 'form_field');
  const submits = of('form_submit');
  const [submitted] = submits;
  const timed = holds('a form is timed from its first field') ? began : of('form_start')[0];
  const fields = of('form_field')
    .map(({ properties }) => textOf(properties.field))
    .filter((field) => field !== '');
  return {
    form,
    isViewed: holds('any form event is a view') || of('form_view').length > 0,
    isStarted: began !== undefined || (submitted !== undefined && holds('a submit is a start')),
    submits: submits.length,
    time:
      timed !== undefined && submitted !== undefined && timed.at <= submitted.at
        ? submitted.at - timed.at
        : null,
    lastField: fields.at(holds('the last field drops off') ? -1 : 0) ?? '(none)',
  };
}

/** Forms of the started sessions, one or all of them. */
export function oracleForms(world: OracleWorld, formId?: string) {
  const units = world.started.flatMap(({ events }) => {
    const own = events.filter(({ name }) => FORM_EVENTS.includes(name));
    const formOf = ({ properties }: OracleEvent): string => textOf(properties.form_id) || '(none)';
    return [...new Set(own.map(formOf))].map((form) =>
      formUnit(
        form,
        own.filter((event) => formOf(event) === form),
      ),
    );
  });
  const asked = units.filter(({ form }) => formId === undefined || form === formId);
  const figures = (some: readonly FormUnit[]) => ({
    views: some.filter(({ isViewed }) => isViewed).length,
    starts: some.filter(({ isStarted }) => isStarted).length,
    submits: holds('a form is submitted once per session')
      ? some.filter(({ submits }) => submits > 0).length
      : some.reduce((sum, { submits }) => sum + submits, 0),
  });
  const lost = asked.filter(
    ({ isStarted, submits }) => submits === 0 && (isStarted || !holds('only starters drop off')),
  );
  const dropOff = ranked(
    lost,
    ({ lastField }) => lastField,
    (group) => group.length,
  );
  const forms = ranked(
    asked,
    ({ form }) => form,
    (group) => group.length,
  ).values.map((form) => ({ form, ...figures(asked.filter((unit) => unit.form === form)) }));
  const times = asked.flatMap(({ time }) => time ?? []);
  const { views, starts, submits } = figures(asked);
  return {
    views,
    starts,
    submits,
    startRatePercent: share(starts, views),
    completionRatePercent: share(submits, starts),
    averageSeconds:
      times.length === 0 ? null : times.reduce((sum, ms) => sum + ms, 0) / times.length / 1000,
    dropOff: { fields: dropOff.values, sessions: dropOff.counts },
    byForm: {
      formIds: forms.map(({ form }) => form),
      views: forms.map((form) => form.views),
      starts: forms.map((form) => form.starts),
      submits: forms.map((form) => form.submits),
    },
  };
}

/** Plays of the range, and sessions that viewed pages in it. */
export function oracleVideoPlays(world: OracleWorld) {
  const sessionOf = new Map<OracleEvent, number>();
  for (const [index, { events }] of world.sessions.entries()) {
    for (const event of events) sessionOf.set(event, index);
  }
  const plays = world.counted.filter(({ name }) => name === 'video_play');
  const views = world.counted.filter(({ isView }) => isView);
  const figures = (isPage: (page: string) => boolean) => {
    const at = (events: readonly OracleEvent[]): ReadonlySet<string> =>
      new Set(
        events
          .filter((event) => isPage(pageLabel(event)))
          .map((event) => `${sessionOf.get(event)} ${pageLabel(event)}`),
      );
    const sessionsOf = (keys: Iterable<string>): number =>
      new Set([...keys].map((key) => key.split(' ')[0])).size;
    const [played, viewed] = [at(plays), at(views)];
    const isOnViewed = holds('a play counts on viewed pages');
    const viewing = sessionsOf(viewed);
    const playing = sessionsOf([...played].filter((key) => viewed.has(key) || !isOnViewed));
    return { viewing, playing, rate: share(playing, viewing) };
  };
  const { values, counts } = ranked(plays, pageLabel, (group) => group.length);
  const pages = values.map((value) => figures((page) => page === value));
  const total = figures(() => true);
  return {
    plays: plays.length,
    viewingSessions: total.viewing,
    playingSessions: total.playing,
    playRatePercent: total.rate,
    pages: values,
    pagePlays: counts,
    pageViewingSessions: pages.map(({ viewing }) => viewing),
    pagePlayingSessions: pages.map(({ playing }) => playing),
    pagePlayRatePercents: pages.map(({ rate }) => rate),
  };
}
