/**
 * A slow evaluation of METRICS-SPEC §7, written from its text and sharing no code with the product:
 * every assignment of events to steps is tried out.
 */

export interface OracleRules {
  readonly stepCount: number;
  readonly order: 'ordered' | 'strict' | 'unordered';
  /** Same unit as the times. */
  readonly window: number;
  readonly exclusions: readonly { readonly fromStep: number; readonly toStep: number }[];
}

/** One event of one actor. Steps are counted from 1, exclusions from 0. */
export interface OracleEvent {
  readonly time: number;
  readonly id: string;
  readonly steps: readonly number[];
  readonly exclusions: readonly number[];
}

/** Depth 0 and no times: nothing reached, or removed by an exclusion. */
export interface OracleChain {
  readonly depth: number;
  readonly times: readonly number[];
}

export const NO_CHAIN: OracleChain = { depth: 0, times: [] };

/** The chain of one actor whose events are given in any order. */
export function oracleChain(rules: OracleRules, events: readonly OracleEvent[]): OracleChain {
  const sorted = [...events].sort(
    (a, b) => a.time - b.time || Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)),
  );
  if (rules.order === 'strict') return strictChain(rules, sorted);
  return rules.order === 'ordered' ? orderedChain(rules, sorted) : unorderedChain(rules, sorted);
}

/** Longest chain over all choices and all orders inside an instant; no exclusions. */
export function longestChain(rules: OracleRules, events: readonly OracleEvent[]): number {
  const tryFrom = (step: number, opening: number, last: number, used: readonly OracleEvent[]) => {
    let best = step;
    for (const event of events) {
      if (used.includes(event) || !event.steps.includes(step + 1)) continue;
      if (step > 0 && (event.time < last || event.time - opening > rules.window)) continue;
      const start = step === 0 ? event.time : opening;
      best = Math.max(best, tryFrom(step + 1, start, event.time, [...used, event]));
    }
    return best;
  };
  return tryFrom(0, 0, Number.NEGATIVE_INFINITY, []);
}

/** A run of neighbours, each the next step, none later than the window allows. */
function strictChain(rules: OracleRules, sorted: readonly OracleEvent[]): OracleChain {
  let best = NO_CHAIN;
  for (let end = 1; end <= sorted.length; end += 1) {
    for (let length = Math.min(end, rules.stepCount); length > best.depth; length -= 1) {
      const run = sorted.slice(end - length, end);
      const opening = run[0]?.time ?? 0;
      const fits = run.every(
        (event, i) => event.steps.includes(i + 1) && event.time - opening <= rules.window,
      );
      if (fits) best = { depth: length, times: run.map((event) => event.time) };
    }
  }
  return best;
}

/** Whether steps (in any order of trial) can be given different events. */
function canFill(steps: readonly number[], events: readonly OracleEvent[]): boolean {
  const [step, ...others] = steps;
  if (step === undefined) return true;
  return events.some(
    (event, i) =>
      event.steps.includes(step) &&
      canFill(others, [...events.slice(0, i), ...events.slice(i + 1)]),
  );
}

interface HeldChain {
  readonly times: readonly number[];
  spoiled: boolean;
}

function orderedChain(rules: OracleRules, sorted: readonly OracleEvent[]): OracleChain {
  let held = new Map<number, HeldChain>();
  const arrivals: { depth: number; chain: HeldChain }[] = [];
  const opening = (chain: HeldChain | undefined) => chain?.times[0];

  for (const time of new Set(sorted.map((event) => event.time))) {
    const instant = sorted.filter((event) => event.time === time);
    const stepEvents = instant.filter((event) => event.steps.length > 0);
    if (stepEvents.length === 0) {
      for (const number of new Set(instant.flatMap((event) => event.exclusions))) {
        const rule = rules.exclusions[number];
        if (rule === undefined) throw new Error(`No exclusion ${number}.`);
        const spoil = (depth: number, chain: HeldChain) => {
          const isBetween = rule.fromStep <= depth && depth < rule.toStep;
          if (isBetween && time - (opening(chain) ?? 0) <= rules.window) chain.spoiled = true;
        };
        for (const [depth, chain] of held) spoil(depth, chain);
        for (const { depth, chain } of arrivals) spoil(depth, chain);
      }
      continue;
    }
    // Everything climbs from the state before the instant.
    const climbs: { from: number; to: number; chain: HeldChain }[] = [];
    for (let from = 0; from < rules.stepCount; from += 1) {
      const base = from === 0 ? { times: [], spoiled: false } : held.get(from);
      if (base === undefined || base.spoiled) continue;
      const opened = opening(base) ?? time;
      if (time - opened > rules.window) continue;
      if (from > 0 && opening(held.get(from + 1)) === opened) continue;
      for (let to = from + 1; to <= rules.stepCount; to += 1) {
        const steps = Array.from({ length: to - from }, (_, i) => from + 1 + i);
        if (!canFill(steps, stepEvents)) continue;
        climbs.push({
          from,
          to,
          chain: { times: [...base.times, ...steps.map(() => time)], spoiled: false },
        });
      }
    }
    const after = new Map(held);
    for (let to = 1; to <= rules.stepCount; to += 1) {
      const arriving = climbs.filter((climb) => climb.to === to);
      const latest = arriving.reduce<HeldChain | undefined>(
        (best, { chain }) =>
          best === undefined || (opening(chain) ?? 0) > (opening(best) ?? 0) ? chain : best,
        undefined,
      );
      if (latest !== undefined) after.set(to, { ...latest });
      arriving.sort((a, b) => b.from - a.from);
      for (const { chain } of arriving) arrivals.push({ depth: to, chain });
    }
    held = after;
    // After the last step nothing changes.
    if (arrivals.some(({ depth }) => depth === rules.stepCount)) break;
  }
  const depth = Math.max(0, ...arrivals.map((arrival) => arrival.depth));
  const clean = arrivals.find((arrival) => arrival.depth === depth && !arrival.chain.spoiled);
  return clean === undefined ? NO_CHAIN : { depth, times: clean.chain.times };
}

/** Whether all events can have different steps. */
function canAllStep(
  stepCount: number,
  events: readonly OracleEvent[],
  used: readonly number[] = [],
): boolean {
  const [event, ...others] = events;
  if (event === undefined) return true;
  return event.steps.some(
    (step) => !used.includes(step) && canAllStep(stepCount, others, [...used, step]),
  );
}

/** The size of the maximum matching, by trying every set of steps. */
function mostSteps(stepCount: number, events: readonly OracleEvent[]): number {
  let most = 0;
  for (let set = 0; set < 2 ** stepCount; set += 1) {
    const steps = Array.from({ length: stepCount }, (_, i) => i + 1).filter(
      (step) => Math.floor(set / 2 ** (step - 1)) % 2 === 1,
    );
    if (steps.length > most && canFill(steps, events)) most = steps.length;
  }
  return most;
}

function unorderedChain(rules: OracleRules, sorted: readonly OracleEvent[]): OracleChain {
  const stepEvents = sorted.filter((event) => event.steps.length > 0);
  let best = NO_CHAIN;
  for (const end of new Set(stepEvents.map((event) => event.time))) {
    const inWindow = stepEvents.filter(
      (event) => event.time <= end && end - event.time <= rules.window,
    );
    const taken: OracleEvent[] = [];
    for (const event of inWindow) {
      if (canAllStep(rules.stepCount, [...taken, event])) taken.push(event);
    }
    const most = mostSteps(rules.stepCount, inWindow);
    if (taken.length !== most) throw new Error('The oldest events are not a maximum matching.');
    if (most > best.depth) best = { depth: most, times: taken.map((event) => event.time) };
  }
  if (best.depth === 0) return NO_CHAIN;
  const first = best.times[0] ?? 0;
  const last = best.times[best.depth - 1] ?? 0;
  const isSpoiled = sorted.some((event) => {
    if (event.exclusions.length === 0) return false;
    if (stepEvents.some((other) => other.time === event.time)) return false;
    if (event.time <= first) return false;
    return best.depth === rules.stepCount ? event.time < last : event.time - first <= rules.window;
  });
  return isSpoiled ? NO_CHAIN : best;
}

/** An event of a world; times are ms since 1970. Absent text is the empty string. */
export interface WorldEvent {
  readonly id: string;
  readonly name: string;
  readonly time: number;
  readonly device: string;
  readonly user: string;
  readonly session: string;
  readonly page: string;
  readonly plan: string;
  readonly isBot: boolean;
}

export interface WorldSelector {
  readonly event?: string | undefined;
  readonly plan?: string | undefined;
}

export interface WorldQuestion extends Omit<OracleRules, 'stepCount' | 'exclusions'> {
  readonly from: number;
  readonly to: number;
  readonly steps: readonly WorldSelector[];
  readonly exclusions: readonly {
    readonly event: WorldSelector;
    readonly fromStep: number;
    readonly toStep: number;
  }[];
  readonly per: 'user' | 'session';
  readonly breakdown: 'first_touch' | 'last_touch' | 'all_events' | null;
  /** Only events with this plan. */
  readonly onlyPlan: string | null;
  /** Only events of sessions that enter on this page. */
  readonly onlyEntryPage: string | null;
  readonly includeBots: boolean;
}

const byOrder = (a: WorldEvent, b: WorldEvent): number =>
  a.time - b.time || Buffer.compare(Buffer.from(a.id), Buffer.from(b.id));

/** Session of every event (METRICS-SPEC §3), 30 minutes. */
function sessionsOf(events: readonly WorldEvent[]): Map<WorldEvent, string> {
  const sessions = new Map<WorldEvent, string>();
  const open = new Map<string, { number: number; first: number; last: number }>();
  for (const event of [...events].sort(byOrder)) {
    if (event.session !== '') {
      sessions.set(event, `client ${event.session}`);
      continue;
    }
    const device = event.device === '' ? `user ${event.user}` : `device ${event.device}`;
    const current = open.get(device);
    const continues =
      current !== undefined &&
      event.time - current.last <= 1_800_000 &&
      event.time - current.first <= 86_400_000 &&
      event.name !== 'app_start';
    const next = continues
      ? { ...current, last: event.time }
      : { number: (current?.number ?? 0) + 1, first: event.time, last: event.time };
    open.set(device, next);
    sessions.set(event, `${device} ${next.number}`);
  }
  return sessions;
}

/** Person of every event (METRICS-SPEC §1, Identity); bots link too, they are stored like others. */
function personsOf(events: readonly WorldEvent[]): Map<WorldEvent, string> {
  const sorted = [...events].sort(byOrder);
  return new Map(
    events.map((event) => {
      if (event.user !== '') return [event, `user ${event.user}`];
      const link = sorted.find((other) => other.user !== '' && other.device === event.device);
      return [event, link === undefined ? `device ${event.device}` : `user ${link.user}`];
    }),
  );
}

/** The chain of an actor, and who has its first step event (of the value). */
export interface OraclePassage extends OracleChain {
  readonly person: string;
}

/** Chains of all actors; with a breakdown one list per value. Removed actors are left out. */
export function oracleFunnel(
  question: WorldQuestion,
  all: readonly WorldEvent[],
): Map<string, OraclePassage[]> {
  const persons = personsOf(all);
  const counted = all.filter((event) => question.includeBots || !event.isBot);
  const sessions = sessionsOf(counted);
  const entryPage = (event: WorldEvent): string =>
    counted
      .filter((other) => sessions.get(other) === sessions.get(event) && other.name === 'page_view')
      .sort(byOrder)[0]?.page ?? '';
  const fits = (event: WorldEvent, { event: name, plan }: WorldSelector): boolean =>
    (name === undefined || event.name === name) && (plan === undefined || event.plan === plan);
  const kept = counted.filter(
    (event) =>
      event.time >= question.from &&
      event.time < question.to &&
      (question.onlyPlan === null || event.plan === question.onlyPlan) &&
      (question.onlyEntryPage === null || entryPage(event) === question.onlyEntryPage),
  );
  const rules: OracleRules = {
    stepCount: question.steps.length,
    order: question.order,
    window: question.window,
    exclusions: question.exclusions,
  };
  const numbers = (selectors: readonly WorldSelector[], event: WorldEvent, first: number) =>
    selectors.flatMap((selector, i) => (fits(event, selector) ? [i + first] : []));
  const actors = question.per === 'user' ? persons : sessions;
  const results = new Map<string, OraclePassage[]>();
  const add = (
    value: string,
    own: readonly (OracleEvent & { readonly person: string })[],
  ): void => {
    const chain = oracleChain(rules, own);
    if (chain.depth === 0) return;
    const label = value === '' ? '(none)' : value;
    const person = own.find((event) => event.steps.length > 0)?.person ?? '';
    results.set(label, [...(results.get(label) ?? []), { ...chain, person }]);
  };

  for (const actor of new Set(kept.map((event) => actors.get(event)))) {
    const own = kept
      .filter((event) => actors.get(event) === actor)
      .sort(byOrder)
      .map((event) => ({
        value: event.plan,
        person: persons.get(event) ?? '',
        time: event.time,
        id: event.id,
        steps: numbers(question.steps, event, 1),
        exclusions: numbers(
          question.exclusions.map((exclusion) => exclusion.event),
          event,
          0,
        ),
      }));
    const touches = own.filter((event) => event.steps.length > 0 && event.value !== '');
    switch (question.breakdown) {
      case null:
        add('', own);
        break;
      case 'first_touch':
        add(touches[0]?.value ?? '', own);
        break;
      case 'last_touch':
        add(touches.at(-1)?.value ?? '', own);
        break;
      case 'all_events':
        // A step with another value is no step of this value, but still an event of the actor.
        for (const value of new Set(own.map((event) => event.value))) {
          const split = own.map((event) =>
            event.value === value ? event : { ...event, steps: [] as number[] },
          );
          add(value, split);
        }
    }
  }
  return results;
}
