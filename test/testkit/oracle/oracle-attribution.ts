import { oracleChannel, oracleMedium, oracleSource } from './oracle-channel.js';
import type { OracleEvent } from './oracle-event.js';
import type { OracleWorld } from './oracle-metrics.js';
import { entryEvent, type OracleSession } from './oracle-session.js';

/** What attribution is asked for, METRICS-SPEC §9. */
export interface OracleAttributionQuestion {
  readonly isGoal: (event: OracleEvent) => boolean;
  readonly by: 'channel' | 'source' | 'medium' | 'campaign';
  readonly lookbackMs: number;
  readonly halfLifeMs: number;
  readonly excludeDirect: boolean;
}

export interface OracleTouch {
  readonly at: number;
  readonly label: string;
  readonly isDirect: boolean;
}

/** A goal event with what led to it, oldest first. */
export interface OracleConversion {
  readonly event: OracleEvent;
  readonly touches: readonly OracleTouch[];
  /** Ten-thousandths; null where it has no value. */
  readonly amount: number | null;
  readonly currency: string;
}

/** A way that ended in a conversion, or in none. */
export interface OracleJourney {
  readonly labels: readonly string[];
  readonly isWon: boolean;
}

/** Conversions and ways of everybody, in the order of people and of time. */
export function oracleConversions(world: OracleWorld, question: OracleAttributionQuestion) {
  const { all, counted, sessions, personOf, dateOf, question: asked } = world;
  const { linkedDomains } = asked;
  const touchOf = (session: OracleSession): OracleTouch => {
    const entry = entryEvent(session);
    const channel = oracleChannel(entry, linkedDomains);
    const label = {
      channel,
      source: oracleSource(entry, linkedDomains),
      medium: oracleMedium(entry, linkedDomains),
      campaign: entry.tags.campaign ?? '',
    }[question.by];
    return {
      at: session.start,
      label: label === '' ? '(none)' : label,
      isDirect: channel === 'Direct',
    };
  };
  const ordered = [...sessions].sort((a, b) => {
    const [one, other] = [a.events[0], b.events[0]];
    return (
      a.start - b.start || Buffer.compare(Buffer.from(one?.id ?? ''), Buffer.from(other?.id ?? ''))
    );
  });
  const touchesOf = new Map<string, OracleTouch[]>();
  for (const session of ordered) {
    const first = session.events[0];
    if (first === undefined) continue;
    const person = personOf(first);
    touchesOf.set(person, [...(touchesOf.get(person) ?? []), touchOf(session)]);
  }
  const isRepeat = repeatedOrders(all);
  const conversions: OracleConversion[] = [];
  const journeys: OracleJourney[] = [];
  const goalsOf = new Map<string, OracleEvent[]>();
  for (const event of counted.filter(question.isGoal)) {
    goalsOf.set(personOf(event), [...(goalsOf.get(personOf(event)) ?? []), event]);
  }
  const inRange = (at: number): boolean => dateOf(at) >= asked.from && dateOf(at) <= asked.to;
  for (const person of new Set([...touchesOf.keys(), ...goalsOf.keys()])) {
    const own = touchesOf.get(person) ?? [];
    let before = Number.NEGATIVE_INFINITY;
    for (const event of goalsOf.get(person) ?? []) {
      const near = own.filter(({ at }) => at <= event.at && event.at - at <= question.lookbackMs);
      const touches = question.excludeDirect ? indirect(near) : near;
      const money = Number(event.properties.revenue ?? Number.NaN);
      const currency = String(event.properties.currency ?? '');
      const hasValue = !Number.isNaN(money) && currency !== '' && !isRepeat(event);
      conversions.push({
        event,
        touches,
        amount: hasValue ? Math.round(money * 10_000) : null,
        currency: hasValue ? currency : '',
      });
      const since = touches.filter(({ at }) => at > before);
      const way = since.length > 0 ? since : touches.slice(-1);
      if (way.length > 0) journeys.push({ labels: way.map(({ label }) => label), isWon: true });
      before = event.at;
    }
    const rest = own.filter(({ at }) => at > before && inRange(at));
    const kept = question.excludeDirect ? indirect(rest) : rest;
    if (kept.length > 0) journeys.push({ labels: kept.map(({ label }) => label), isWon: false });
  }
  return { conversions, journeys };
}

/** Whether an earlier counted purchase of all history has the order of an event. */
function repeatedOrders(all: readonly OracleEvent[]): (event: OracleEvent) => boolean {
  const first = new Map<string, number>();
  for (const [index, event] of all.entries()) {
    const order = String(event.properties.order_id ?? '');
    const isPaid =
      !Number.isNaN(Number(event.properties.revenue ?? Number.NaN)) &&
      String(event.properties.currency ?? '') !== '';
    if (event.name === 'purchase' && order !== '' && isPaid && !first.has(order)) {
      first.set(order, index);
    }
  }
  return (event) => {
    const order = String(event.properties.order_id ?? '');
    return order !== '' && (first.get(order) ?? Number.POSITIVE_INFINITY) < all.indexOf(event);
  };
}

function indirect(touches: readonly OracleTouch[]): readonly OracleTouch[] {
  return touches.some(({ isDirect }) => !isDirect)
    ? touches.filter(({ isDirect }) => !isDirect)
    : touches;
}

/** Credit of each touch of one conversion by a rule. */
export function oracleShares(
  model: string,
  { event, touches }: Pick<OracleConversion, 'event' | 'touches'>,
  halfLifeMs: number,
): readonly number[] {
  const n = touches.length;
  const only = (index: number): readonly number[] => touches.map((_, at) => (at === index ? 1 : 0));
  if (model === 'first_touch') return only(0);
  if (model === 'last_touch') return only(n - 1);
  if (model === 'last_non_direct') {
    for (let at = n - 1; at >= 0; at -= 1) if (touches[at]?.isDirect === false) return only(at);
    return only(n - 1);
  }
  if (model === 'linear') return touches.map(() => 1 / n);
  if (model === 'position_based') {
    if (n === 1) return [1];
    if (n === 2) return [0.5, 0.5];
    return touches.map((_, at) => (at === 0 || at === n - 1 ? 0.4 : 0.2 / (n - 2)));
  }
  const youngest = Math.min(...touches.map(({ at }) => event.at - at));
  const weights = touches.map(({ at }) => 2 ** (-(event.at - at - youngest) / halfLifeMs));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Conversions ÷ ways, the effect of removing each name, and credits. */
export function oracleMarkov(journeys: readonly OracleJourney[]) {
  const names = [...new Set(journeys.flatMap(({ labels }) => labels))].sort();
  const won = journeys.filter(({ isWon }) => isWon).length;
  const whole = convertsWithout(journeys, names, null);
  const effects = new Map<string, number>();
  if (whole > 0) {
    for (const name of names) effects.set(name, 1 - convertsWithout(journeys, names, name) / whole);
  }
  const sum = [...effects.values()].reduce((total, effect) => total + effect, 0);
  const credits = new Map(
    names.map((name) => [name, sum === 0 ? 0 : (won * (effects.get(name) ?? 0)) / sum] as const),
  );
  return { probability: journeys.length === 0 ? null : whole, effects, credits };
}

/** Probability to convert from the start when visits to one name lead nowhere. */
function convertsWithout(
  journeys: readonly OracleJourney[],
  names: readonly string[],
  removed: string | null,
): number {
  const size = names.length + 1;
  const moves = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const wins = new Array<number>(size).fill(0);
  const leaves = new Array<number>(size).fill(0);
  for (const { labels, isWon } of journeys) {
    let from = 0;
    for (const label of labels) {
      const to = names.indexOf(label) + 1;
      (moves[from] as number[])[to] = (moves[from]?.[to] ?? 0) + 1;
      leaves[from] = (leaves[from] ?? 0) + 1;
      from = to;
    }
    if (isWon) wins[from] = (wins[from] ?? 0) + 1;
    leaves[from] = (leaves[from] ?? 0) + 1;
  }
  // p = wins + moves · p, with p = 0 at the removed name, by elimination.
  const gone = removed === null ? -1 : names.indexOf(removed) + 1;
  const rows = Array.from({ length: size }, (_, from) => {
    const total = leaves[from] ?? 0;
    const isDead = from === gone || total === 0;
    const row = Array.from({ length: size }, (__, to) => {
      const share = isDead ? 0 : (moves[from]?.[to] ?? 0) / total;
      return (from === to ? 1 : 0) - share;
    });
    return [...row, isDead ? 0 : (wins[from] ?? 0) / total];
  });
  // Last unknown first; what is above is cleared, so that the start is known in the end.
  for (let at = size - 1; at >= 0; at -= 1) {
    const pivot = rows[at] as number[];
    for (let above = 0; above < at; above += 1) {
      const row = rows[above] as number[];
      const factor = (row[at] ?? 0) / (pivot[at] ?? 1);
      for (let column = 0; column <= size; column += 1) {
        row[column] = (row[column] ?? 0) - factor * (pivot[column] ?? 0);
      }
    }
  }
  const [start] = rows;
  return (start?.[size] ?? 0) / (start?.[0] ?? 1);
}

/** Shapley values by their definition, over all subsets of names. */
export function oracleShapley(journeys: readonly OracleJourney[]): ReadonlyMap<string, number> {
  const names = [...new Set(journeys.filter(({ isWon }) => isWon).flatMap(({ labels }) => labels))];
  const n = names.length;
  const ways = new Map<number, number>();
  for (const { labels, isWon } of journeys) {
    if (!isWon) continue;
    const mask = labels.reduce((all, label) => all | (1 << names.indexOf(label)), 0);
    ways.set(mask, (ways.get(mask) ?? 0) + 1);
  }
  const worth = new Float64Array(2 ** n);
  for (let set = 0; set < worth.length; set += 1) {
    for (const [mask, count] of ways) {
      if ((mask & ~set) === 0) worth[set] = (worth[set] ?? 0) + count;
    }
  }
  const factorial = (k: number): number => (k <= 1 ? 1 : k * factorial(k - 1));
  const sizeOf = (set: number): number => set.toString(2).replaceAll('0', '').length;
  const chance = Array.from(
    { length: n },
    (_, size) => (factorial(size) * factorial(n - size - 1)) / factorial(n),
  );
  return new Map(
    names.map((name, index) => {
      let value = 0;
      for (let set = 0; set < worth.length; set += 1) {
        if ((set & (1 << index)) !== 0) continue;
        const gain = (worth[set | (1 << index)] ?? 0) - (worth[set] ?? 0);
        if (gain !== 0) value += (chance[sizeOf(set)] ?? 0) * gain;
      }
      return [name, value] as const;
    }),
  );
}
