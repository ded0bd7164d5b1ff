/** A consumer that wants lanes, and those it has now. */
export interface LaneMember<Id> {
  readonly id: Id;
  readonly owned: readonly number[];
}

/**
 * Spreads lanes over members: every lane to exactly one, numbers differing by at most one, and no
 * lane moving that need not. Pure; the same members in the same order give the same answer. Where
 * two members claim a lane, the earlier one keeps it.
 *
 * @param laneCount Lanes are numbered 0 to `laneCount - 1`.
 * @returns The lanes of each member, ascending; empty when there is no member.
 */
export function assignLanes<Id>(
  laneCount: number,
  members: readonly LaneMember<Id>[],
): ReadonlyMap<Id, readonly number[]> {
  const free = new Set(Array.from({ length: laneCount }, (_, lane) => lane));
  const claims = members.map(({ id, owned }) => ({
    id,
    lanes: owned.filter((lane) => free.delete(lane)),
  }));
  const least = Math.floor(laneCount / Math.max(1, members.length));
  const extra = laneCount - least * members.length;
  // Those who have most keep most; sorting is stable, so ties follow the order given.
  const bySize = [...claims].sort((a, b) => b.lanes.length - a.lanes.length);
  const shares = bySize.map(({ id, lanes }, index) => {
    const share = least + (index < extra ? 1 : 0);
    for (const lane of lanes.splice(share)) free.add(lane);
    return { id, lanes, share };
  });
  const left = [...free].sort((a, b) => a - b);
  for (const { lanes, share } of shares) {
    while (lanes.length < share) {
      const lane = left.shift();
      if (lane === undefined) break;
      lanes.push(lane);
    }
  }
  return new Map(shares.map(({ id, lanes }) => [id, lanes.sort((a, b) => a - b)]));
}
