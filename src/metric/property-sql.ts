/**
 * Properties that the vocabulary gives a meaning (METRICS-SPEC §1), as SQL over the column
 * `properties` of `silver_events`, which holds canonical JSON texts. Names come from the catalogue
 * only, never from a question.
 */

/**
 * The text a property stands for: strings themselves, numbers and booleans as they read, everything
 * else and absent ones the empty text. The rule is that of `scalarText`, which columns follow.
 */
export function textProperty(name: string): string {
  const json = `properties['${name}']`;
  return `multiIf(startsWith(${json}, '"'), JSONExtractString(${json}), match(${json}, '^(-?[0-9]|true$|false$)'), ${json}, '')`;
}

/** The number a property is, or reads as; `Nullable(Float64)`, null when it is no finite number. */
export function numberProperty(name: string): string {
  const json = `properties['${name}']`;
  const number = `toFloat64OrNull(if(startsWith(${json}, '"'), JSONExtractString(${json}), ${json}))`;
  return `if(isFinite(${number}), ${number}, NULL)`;
}

/** Text of a value with the label `(none)` where it is empty. */
export function orNone(text: string): string {
  return `ifNull(nullIf(${text}, ''), '(none)')`;
}
