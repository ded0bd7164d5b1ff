/**
 * Gives events to steps, one event per step, by augmenting paths (Kuhn's algorithm). Events with the
 * same mask are interchangeable, so they form one class with as many places as it has events.
 *
 * Choosing greedily falls short where conditions overlap: steps a, a with plan=p, a and the events
 * a(plan=p), a: the event with the plan must be kept for the second step.
 */
export interface StepMatching {
  /** Forgets all classes and assignments. */
  clear(): void;
  /** Adds a class of `places` events that match the steps of `mask`; returns its number. */
  addClass(mask: number, places: number): number;
  /** One more event in the class. */
  addPlace(classNumber: number): void;
  /** Takes back what {@link StepMatching.addPlace} gave, while no step uses the place. */
  removePlace(classNumber: number): void;
  /** Forgets the assignments, keeps the classes. */
  unassign(): void;
  /**
   * Finds an event for the step of `bit` (0 for step 1), moving steps placed before to other events
   * where needed. False when that is impossible; the assignment is then as before.
   */
  placeStep(bit: number): boolean;
  /**
   * Finds a step that is not placed yet for one more event of the class. False when that is
   * impossible; the class and the assignment are then as before.
   */
  placeEvent(classNumber: number): boolean;
}

/** @param stepCount 1 to 31. */
export function createStepMatching(stepCount: number): StepMatching {
  const masks: number[] = [];
  const places: number[] = [];
  const taken: number[] = [];
  const visited: boolean[] = [];
  /** Class that serves the step, or −1. */
  const classOf = new Int32Array(stepCount).fill(-1);

  function clearVisited(): void {
    for (let c = 0; c < masks.length; c += 1) visited[c] = false;
  }

  function place(bit: number): boolean {
    const wanted = 1 << bit;
    for (let c = 0; c < masks.length; c += 1) {
      if (visited[c] === true || ((masks[c] ?? 0) & wanted) === 0) continue;
      visited[c] = true;
      if ((taken[c] ?? 0) < (places[c] ?? 0)) {
        taken[c] = (taken[c] ?? 0) + 1;
        classOf[bit] = c;
        return true;
      }
      for (let other = 0; other < stepCount; other += 1) {
        if (classOf[other] !== c) continue;
        // The step that holds a place here moves to another class and leaves the place to `bit`.
        if (place(other)) {
          classOf[bit] = c;
          return true;
        }
      }
    }
    return false;
  }

  const matching: StepMatching = {
    clear() {
      masks.length = 0;
      places.length = 0;
      taken.length = 0;
      classOf.fill(-1);
    },
    addClass(mask, count) {
      masks.push(mask);
      places.push(count);
      taken.push(0);
      return masks.length - 1;
    },
    addPlace(classNumber) {
      places[classNumber] = (places[classNumber] ?? 0) + 1;
    },
    removePlace(classNumber) {
      places[classNumber] = (places[classNumber] ?? 0) - 1;
    },
    unassign() {
      taken.fill(0);
      classOf.fill(-1);
    },
    placeStep(bit) {
      clearVisited();
      return place(bit);
    },
    placeEvent(classNumber) {
      matching.addPlace(classNumber);
      // A larger matching exists exactly when some free step can be reached; the search from the
      // free steps finds it, since all places given before are taken.
      for (let bit = 0; bit < stepCount; bit += 1) {
        if (classOf[bit] === -1 && matching.placeStep(bit)) return true;
      }
      matching.removePlace(classNumber);
      return false;
    },
  };
  return matching;
}
