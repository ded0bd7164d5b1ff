import { createHash } from 'node:crypto';
import type { MetricContext } from '../metric/metric.js';
import type { AnswerMeta } from '../metric/metric-query.js';
import type { DataLook, Dependence } from './data-look.js';

/** Changes when what is kept gets another form, or answers another meaning. */
const FORM = 1;

/** Local days of every zone begin on quarter hours, so nothing else of the clock is in an answer. */
export const QUARTER_HOUR_MS = 900_000;

/** Whatever a question answers, it tells how. */
export interface Answer {
  readonly meta: AnswerMeta;
}

/** An answer with what decides whether it may be given again. */
export interface KeptAnswer {
  readonly dependence: Dependence;
  /** How far the data had come before it was made. */
  readonly since: Omit<DataLook, 'atMs'>;
  readonly answer: Answer;
}

/** All that an answer is made of besides data. */
export interface AskedQuestion {
  readonly name: string;
  readonly settings: MetricContext['settings'];
  readonly question: { readonly projectId: string };
}

/** Under what an answer is kept: equal for equal questions of one project, settings and quarter hour. */
export function answerKey(database: string, asked: AskedQuestion, atMs: number): string | null {
  const { name, settings, question } = asked;
  const { sessionTimeoutSeconds, linkedDomains, channelRules } = settings;
  const parts = [
    [FORM, database, name],
    [sessionTimeoutSeconds, linkedDomains, channelRules ?? null],
    Math.floor(atMs / QUARTER_HOUR_MS),
    question,
  ];
  if (!isJson(parts, isNoCollection)) return null;
  return `answer/${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;
}

/** The text of an answer; null when text could not say all of it. */
export function formatAnswer(kept: KeptAnswer): string | null {
  return isJson(kept.answer, isPlainObject) ? JSON.stringify(kept) : null;
}

/** Reads what {@link formatAnswer} wrote. */
export function parseAnswer(text: string): KeptAnswer {
  return JSON.parse(text) as KeptAnswer;
}

/** The look as an answer has to remember it: of the tables that it was read from. */
export function lookOf(
  { atMs: _, tables, ...engine }: DataLook,
  of: readonly string[],
): KeptAnswer['since'] {
  const kept = Object.entries(tables).filter(([table]) => of.includes(table));
  return { ...engine, tables: Object.fromEntries(kept) };
}

/** Whether JSON says all of a value. */
function isJson(value: unknown, isWhole: (object: object) => boolean): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object':
      if (value === null) return true;
      if (Array.isArray(value))
        return value.every((each) => each !== undefined && isJson(each, isWhole));
      return isWhole(value) && Object.values(value).every((each) => isJson(each, isWhole));
    default:
      return false;
  }
}

/** Arguments may come as objects of classes, which have no more to them than their fields. */
function isNoCollection(value: object): boolean {
  return !(Symbol.iterator in value) && !('toJSON' in value);
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
