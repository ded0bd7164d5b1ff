import { AppError } from '../errors.js';
import { statement } from '../warehouse/statement.js';
import { checkedLimit, percent, ratio, startAnswer } from './answer.js';
import { type Plan, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';
import { orNone, textProperty } from './property-sql.js';
import { planSessionEvents, sessionEventSource } from './session-event-source.js';

export const FORM_ANALYTICS: MetricDefinition = {
  id: 'form_analytics',
  title: 'Form analytics',
  meaning:
    'Sessions that saw a form (any of its events), started it (form_start, form_field or form_submit) and submitted it, one unit per session and form; mean time from first start or field to first submit; and the last field of those who started and did not submit.',
  unit: 'sessions, percent, seconds',
  additivity: 'ratio',
  tables: ['silver_events'],
  dimensions: 'session',
  emptyValue: '0 and null',
  exactness: 'exact',
};

/** Forms and fields shown when a question sets no limit. */
const USUAL_ROWS = 100;

/** A question about one form, or about all of them together. */
export interface FormQuestion extends MetricQuestion {
  /** `form_id` of the events; `(none)` for those without one. */
  readonly formId?: string;
}

/** Units are sessions, or pairs of session and form where several forms are asked about. */
export interface FormAnalyticsAnswer {
  readonly views: number;
  readonly starts: number;
  readonly submits: number;
  /** Starts ÷ views, 0–100; null without views. */
  readonly startRatePercent: number | null;
  /** Submits ÷ starts, 0–100; null without starts. */
  readonly completionRatePercent: number | null;
  /** 100 − completion. */
  readonly abandonRatePercent: number | null;
  /** Mean over the units that started by an event of their own before they submitted; null without any. */
  readonly averageSeconds: number | null;
  /** Parallel lists: last field of the units that started and did not submit, most units first. */
  readonly dropOff: {
    readonly fields: readonly string[];
    readonly sessions: readonly number[];
    readonly otherFields: number;
  };
  /** Parallel lists, most views first. */
  readonly byForm: {
    readonly formIds: readonly string[];
    readonly views: readonly number[];
    readonly starts: readonly number[];
    readonly submits: readonly number[];
    readonly otherForms: number;
  };
  readonly meta: AnswerMeta;
}

interface Row {
  readonly kind: 'total' | 'form' | 'field';
  readonly label: string;
  readonly views: number;
  readonly starts: number;
  readonly submits: number;
  readonly timed: number;
  readonly time_ms: number;
  readonly kind_count: number;
}

const FORM_EVENTS = `['form_view', 'form_start', 'form_field', 'form_submit']`;

/**
 * Forms in the sessions that start in the range.
 *
 * @param question Its breakdown gives the most fields and forms; without one 100 each.
 * @throws AppError `BAD_USER_INPUT` for an empty form id, else as `computeEventVolume`.
 */
export async function computeFormAnalytics(
  context: MetricContext,
  question: FormQuestion,
): Promise<FormAnalyticsAnswer> {
  if (question.formId === '') {
    throw new AppError(
      'BAD_USER_INPUT',
      'formId must be the id of a form, or (none) for events without one, got an empty text',
      { details: { field: 'formId' } },
    );
  }
  const run = startAnswer(context);
  const plan = await planSessionEvents(planOf(context, question), run);
  const rows = await run.query(formStatement(plan, question.formId));
  const total = rows.find((row) => row.kind === 'total');
  const fields = rows.filter((row) => row.kind === 'field');
  const forms = rows.filter((row) => row.kind === 'form');
  const { views = 0, starts = 0, submits = 0, timed = 0, time_ms = 0 } = total ?? {};
  const completion = percent(submits, starts);
  const average = ratio(time_ms, timed);
  return {
    views,
    starts,
    submits,
    startRatePercent: percent(starts, views),
    completionRatePercent: completion,
    abandonRatePercent: completion === null ? null : 100 - completion,
    averageSeconds: average === null ? null : average / 1000,
    dropOff: {
      fields: fields.map((row) => row.label),
      sessions: fields.map((row) => row.views),
      otherFields: (fields[0]?.kind_count ?? 0) - fields.length,
    },
    byForm: {
      formIds: forms.map((row) => row.label),
      views: forms.map((row) => row.views),
      starts: forms.map((row) => row.starts),
      submits: forms.map((row) => row.submits),
      otherForms: (forms[0]?.kind_count ?? 0) - forms.length,
    },
    meta: run.meta(),
  };
}

function formStatement(plan: Plan, formId: string | undefined) {
  const scope = statementScope(plan);
  const form = orNone(textProperty('form_id'));
  const ofForm =
    formId === undefined
      ? ''
      : ` AND ${form} = ${scope.parameters.bind('String', formId.normalize('NFC'))}`;
  const events = sessionEventSource(
    plan,
    scope,
    [
      { name: 'form_name', sql: form },
      { name: 'field_name', sql: textProperty('field') },
      { name: 'stage', sql: `indexOf(${FORM_EVENTS}, event_name)` },
    ],
    `event_name IN ${FORM_EVENTS}${ofForm}`,
  );
  // Stages: 1 viewed, 2 started, 3 a field, 4 submitted; whoever submits has started.
  return statement<Row>(
    'metric.form_analytics',
    `SELECT *, count() OVER (PARTITION BY kind) AS kind_count
FROM (
  SELECT multiIf(grouping(form) = 0, 'form', grouping(field) = 0, 'field', 'total') AS kind, concat(form, field) AS label,
    count() AS views, countIf(is_started) AS starts, countIf(is_submitted) AS submits, countIf(is_timed) AS timed, sumIf(submitted_ms - started_ms, is_timed) AS time_ms
  FROM (
    SELECT session_key, form_name AS form, max(stage) >= 2 AS is_started, max(stage) = 4 AS is_submitted,
      minIf(occurred_ms, stage IN (2, 3)) AS started_ms, minIf(occurred_ms, stage = 4) AS submitted_ms,
      is_submitted AND countIf(stage IN (2, 3)) > 0 AND started_ms <= submitted_ms AS is_timed,
      if(is_started AND NOT is_submitted, ${orNone(`argMaxIf(field_name, (occurred_ms, event_id), stage = 3 AND field_name != '')`)}, '') AS field
    FROM (${events})
    GROUP BY session_key, form
  )
  GROUP BY GROUPING SETS ((), (form), (field))
)
WHERE kind != 'field' OR label != ''
ORDER BY kind ASC, views DESC, label ASC
LIMIT ${checkedLimit(plan.question.breakdown?.limit ?? USUAL_ROWS)} BY kind`,
    scope.parameters.values(),
  );
}
