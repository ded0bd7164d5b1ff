/**
 * A slow evaluation of METRICS-SPEC §10 over event lists, written from its text and sharing no code
 * with the product: who met which variant, and who of them reached a goal when.
 */

/** An event of a world; times are ms since 1970. Absent text is the empty string. */
export interface ExposureEvent {
  readonly id: string;
  readonly name: string;
  readonly time: number;
  readonly device: string;
  readonly user: string;
  readonly experiment: string;
  readonly variant: string;
  readonly plan: string;
  readonly isBot: boolean;
}

export interface ExposureQuestion {
  readonly experiment: string;
  /** Half-open. */
  readonly from: number;
  readonly to: number;
  readonly goals: readonly { readonly event?: string; readonly plan?: string }[];
  /** ms, inclusive; null for any time. */
  readonly window: number | null;
  /** Only exposures with this plan; null for all. */
  readonly onlyPlan: string | null;
  readonly includeBots: boolean;
}

/** One person that met the experiment. */
export interface OracleParticipant {
  readonly variant: string;
  readonly isMixed: boolean;
  readonly exposed: number;
  /** Per goal the moment of the first conversion, or null. */
  readonly converted: readonly (number | null)[];
}

export function oracleParticipants(
  question: ExposureQuestion,
  all: readonly ExposureEvent[],
): readonly OracleParticipant[] {
  const sorted = [...all].sort(
    (a, b) => a.time - b.time || Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)),
  );
  // Bots link devices too; they are stored like others.
  const personOf = (event: ExposureEvent): string => {
    if (event.user !== '') return `user ${event.user}`;
    const link = sorted.find((other) => other.user !== '' && other.device === event.device);
    return link === undefined ? `device ${event.device}` : `user ${link.user}`;
  };
  const counted = sorted.filter(
    (event) =>
      event.time >= question.from &&
      event.time < question.to &&
      (question.includeBots || !event.isBot),
  );
  const participants: OracleParticipant[] = [];
  for (const person of new Set(counted.map(personOf))) {
    const own = counted.filter((event) => personOf(event) === person);
    const exposures = own.filter(
      (event) =>
        event.name === 'experiment_exposure' &&
        event.experiment === question.experiment &&
        event.variant !== '' &&
        (question.onlyPlan === null || event.plan === question.onlyPlan),
    );
    const [first] = exposures;
    if (first === undefined) continue;
    participants.push({
      variant: first.variant,
      isMixed: exposures.some((event) => event.variant !== first.variant),
      exposed: first.time,
      converted: question.goals.map((goal) => {
        const reached = own.find(
          (event) =>
            (goal.event === undefined || event.name === goal.event) &&
            (goal.plan === undefined || event.plan === goal.plan) &&
            event.time >= first.time &&
            (question.window === null || event.time - first.time <= question.window),
        );
        return reached?.time ?? null;
      }),
    });
  }
  return participants;
}
