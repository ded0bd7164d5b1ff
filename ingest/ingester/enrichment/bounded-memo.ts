export interface BoundedMemoOptions<Value> {
  readonly compute: (key: string) => Value;
  /** At most twice this many values are kept. */
  readonly size: number;
  /** Longer keys are computed each time, so that memory stays bounded in bytes too. */
  readonly maxKeyLength: number;
}

/**
 * Remembers a pure function of a text. Two generations stand in for a strict least-recently-used
 * order: when the young one is full it becomes the old one, and what is asked for again moves
 * back. A hit costs one or two look-ups and no bookkeeping; asking for the last key again costs a
 * comparison.
 */
export function boundedMemo<Value extends object | string>({
  compute,
  size,
  maxKeyLength,
}: BoundedMemoOptions<Value>): (key: string) => Value {
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  let lastKey = '';
  let lastValue: Value | undefined;

  function find(key: string): Value {
    const known = young.get(key);
    if (known !== undefined) return known;
    if (key.length > maxKeyLength) return compute(key);
    const value = old.get(key) ?? compute(key);
    if (young.size >= size) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
    return value;
  }

  return (key) => {
    if (lastValue !== undefined && key === lastKey) return lastValue;
    lastValue = find(key);
    lastKey = key;
    return lastValue;
  };
}
