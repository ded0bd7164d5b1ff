import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { partitionOf } from '../../src/event/partition-of.js';
import { MAX_EVENT_BYTES, openDeadLetterWorld } from '../testkit/dead-letter-world.js';
import { eventually } from '../testkit/deadline.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';
import { trackedEvent } from '../unit/ingester/tracked-event.js';

let kit: TestWarehouse;
const open: (() => Promise<void>)[] = [];
beforeAll(async () => {
  kit = await startTestWarehouse();
}, 60_000);
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});
afterAll(() => kit.stop());

async function start() {
  const opened = await openDeadLetterWorld({ kit });
  open.push(opened.world.close);
  await opened.world.start();
  return opened;
}

/** Lacks somebody who did it. */
const NOBODY = { event_id: 'e1', event_name: 'click', timestamp: '2024-01-15T12:00:00.000Z' };
const SOMEBODY = { anonymous_id: 'a1' };

describe('replaying', () => {
  test('a letter that is replayed twice counts once', async () => {
    const w = await start();
    await w.post(JSON.stringify(NOBODY));
    const { deadLetterId, receivedAt } = await w.onlyLetter();
    w.pass(60_000);
    const [first] = await w.replay([deadLetterId], { patch: SOMEBODY });
    expect(first).toMatchObject({ outcome: 'accepted', letter: { eventIds: ['e1'], attempts: 2 } });
    const replayedAt = w.now();
    w.pass(60_000);
    const [second] = await w.replay([deadLetterId], { patch: SOMEBODY });
    expect(second?.outcome).toBe('already_replayed');
    expect(await w.counted('event_id')).toEqual(['e1']);
    expect(await w.world.goldCount()).toBe(1);
    expect(await w.counted('toUnixTimestamp64Milli(received_at)')).toEqual([receivedAt]);
    expect(await w.letters()).toEqual([
      expect.objectContaining({
        state: 'replayed',
        changedAt: replayedAt,
        changedBy: 'admin',
        eventProjectId: w.scope.projectId,
        reason: 'MISSING_ACTOR',
      }),
    ]);
  });

  test('a replay that could not be recorded is made again and counts once', async () => {
    const w = await start();
    await w.post(JSON.stringify({ ...NOBODY, event_id: null }));
    const { deadLetterId } = await w.onlyLetter();
    const cut = w.officeWith({
      warehouse: {
        ...kit.warehouse,
        insert: () => Promise.reject(new Error('the process ends here')),
      },
    });
    const request = {
      selection: { ids: [deadLetterId] },
      repair: { patch: SOMEBODY },
      isDryRun: false,
      by: 'admin',
    };
    await expect(cut.replay(w.scope, request)).rejects.toThrow('the process ends here');
    expect((await w.letters())[0]).toMatchObject({ state: 'open', attempts: 1 });
    const { results } = await w.office.replay(w.scope, request);
    expect(results[0]?.outcome).toBe('accepted');
    // The id is derived from the letter: both copies are one event.
    expect(await w.counted('event_id')).toEqual(results[0]?.letter.eventIds);
    expect(await w.world.bronzeCount()).toBe(2);
    expect(await w.world.goldCount()).toBe(1);
  });

  test('a letter whose event the log did not take stays open', async () => {
    const w = await start();
    await w.post(JSON.stringify(NOBODY));
    const before = await w.onlyLetter();
    const cut = w.officeWith({
      eventLog: { append: () => Promise.reject(new Error('the log is away')) },
    });
    const selection = { ids: [before.deadLetterId] };
    const request = { selection, repair: { patch: SOMEBODY }, isDryRun: false, by: 'admin' };
    await expect(cut.replay(w.scope, request)).rejects.toThrow('the log is away');
    expect(await w.letters()).toEqual([before]);
  });

  test('an event that its sender has since sent correctly counts once', async () => {
    const w = await start();
    await w.post(JSON.stringify(NOBODY));
    const { deadLetterId } = await w.onlyLetter();
    await w.post(JSON.stringify({ ...NOBODY, anonymous_id: 'sent again' }));
    await w.replay([deadLetterId], { patch: SOMEBODY });
    expect(await w.counted('anonymous_id')).toEqual(['sent again']);
    expect(await w.world.goldCount()).toBe(1);
  });

  test('several at once, and a drop beside them, leave one event and one record', async () => {
    const w = await start();
    await w.post(JSON.stringify(NOBODY));
    const { deadLetterId } = await w.onlyLetter();
    const selection = { ids: [deadLetterId] };
    const replay = (by: string) =>
      w.office.replay(w.scope, { selection, repair: { patch: SOMEBODY }, isDryRun: false, by });
    await Promise.all([
      replay('one'),
      replay('two'),
      w.office.drop(w.scope, { selection, by: 'three' }),
      w.replay([deadLetterId]),
    ]);
    expect(await w.counted('event_id')).toEqual(['e1']);
    const [letter] = await w.letters();
    expect(letter).toMatchObject({
      state: 'replayed',
      changedBy: expect.stringMatching(/one|two/),
    });
    await replay('four');
    expect(await w.letters()).toEqual([letter]);
  });

  test('a letter that is refused again stays one letter, with the new reason', async () => {
    const w = await start();
    await w.post(JSON.stringify(NOBODY));
    const { deadLetterId } = await w.onlyLetter();
    const [refused] = await w.replay([deadLetterId], {
      patch: { anonymous_id: 'a', timestamp: 'soon' },
    });
    expect(refused).toMatchObject({ outcome: 'refused', letter: { reason: 'INVALID_TIMESTAMP' } });
    expect(await w.letters()).toEqual([
      expect.objectContaining({
        deadLetterId,
        state: 'open',
        attempts: 2,
        reason: 'INVALID_TIMESTAMP',
        changedBy: 'admin',
      }),
    ]);
    expect(await w.letters({ reasons: ['MISSING_ACTOR'] })).toEqual([]);
    await w.replay([deadLetterId], { patch: SOMEBODY });
    expect(await w.letters()).toEqual([
      expect.objectContaining({ state: 'replayed', attempts: 3 }),
    ]);
  });

  test('a dry run says what would come, and changes nothing', async () => {
    const w = await start();
    await w.post(JSON.stringify([NOBODY, { ...NOBODY, event_id: 'e2', timestamp: 'soon' }]));
    await eventually('both are stored', async () => (await w.letters()).length === 2);
    const before = await w.letters();
    const appended = await w.world.log.positions('g', [w.world.topics.web]);
    const ids = before.map(({ deadLetterId }) => deadLetterId);
    const results = await w.replay(ids, { patch: SOMEBODY }, true);
    expect(
      results.map(({ outcome, letter }) => [outcome, letter.eventIds.join(), letter.reason]).sort(),
    ).toEqual([
      ['accepted', 'e1', 'MISSING_ACTOR'],
      ['refused', '', 'INVALID_TIMESTAMP'],
    ]);
    expect(await w.letters()).toEqual(before);
    expect(await w.world.log.positions('g', [w.world.topics.web])).toEqual(appended);
    expect(await w.counted('event_id')).toEqual([]);
  });

  test('a patch that gives many letters one id is refused before anything is done', async () => {
    const w = await start();
    await w.post(JSON.stringify([NOBODY, NOBODY]));
    await eventually('both are stored', async () => (await w.letters()).length === 2);
    const ids = (await w.letters()).map(({ deadLetterId }) => deadLetterId);
    const repair = { patch: { ...SOMEBODY, event_id: 'same' } };
    await expect(w.replay(ids, repair)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { field: 'patch' },
    });
    expect((await w.letters()).map(({ attempts }) => attempts)).toEqual([1, 1]);
  });
});

describe('what came over HTTP', () => {
  test('keeps the address and the agent of its sender', async () => {
    const w = await start();
    await w.post(JSON.stringify(NOBODY));
    const { deadLetterId } = await w.onlyLetter();
    await w.replay([deadLetterId], { patch: SOMEBODY });
    expect(await w.counted('browser')).toEqual(['Firefox']);
    await w.world.drained();
    expect(
      await w.world.column('SELECT ip AS value FROM {{db}}.bronze_events WHERE {{world}}'),
    ).toEqual(['192.0.2.7']);
  });

  test('of an importer keeps the moment of receipt that it gave', async () => {
    const w = await start();
    const event = { ...NOBODY, received_at: '2024-01-15T12:00:09.000Z' };
    await w.post(JSON.stringify(event), { isTrusted: true });
    const { deadLetterId } = await w.onlyLetter();
    await w.replay([deadLetterId], { patch: SOMEBODY });
    expect(await w.counted('toUnixTimestamp64Milli(received_at)')).toEqual([
      Date.UTC(2024, 0, 15, 12, 0, 9),
    ]);
  });

  test('and was no JSON is replaced by a patch that is a whole event', async () => {
    const w = await start();
    await w.post('{"event_id": "e1", \n{"event_id": "e2"', { format: 'ndjson' });
    await eventually('both are stored', async () => (await w.letters()).length === 2);
    const [letter] = await w.letters({ reasons: ['MALFORMED_JSON'] });
    const id = letter?.deadLetterId ?? '';
    expect((await w.replay([id]))[0]).toMatchObject({ outcome: 'refused' });
    const { event_id: _, ...whole } = { ...NOBODY, ...SOMEBODY };
    const [replayed] = await w.replay([id], { patch: whole });
    expect(replayed?.outcome).toBe('accepted');
    expect(await w.counted('event_id')).toEqual(replayed?.letter.eventIds);
  });

  test('and was no body is read again as it came, compressed or not', async () => {
    const w = await start();
    const events = [1, 2, 3].map((n) => ({ ...NOBODY, ...SOMEBODY, event_id: `e${n}` }));
    const whole = gzipSync(JSON.stringify(events));
    await w.post(whole.subarray(0, whole.length - 12), {
      encoding: 'gzip',
      contentType: 'application/json; charset=utf-8',
    });
    const { deadLetterId, reason } = await w.onlyLetter();
    expect(reason).toBe('MALFORMED_BODY');
    expect((await w.replay([deadLetterId]))[0]).toMatchObject({ outcome: 'refused' });
    // Of a list, the patch is the body: all of its events or none.
    const [none] = await w.replay([deadLetterId], { patch: [events[0], { event_id: 'bad' }] });
    expect(none).toMatchObject({
      outcome: 'refused',
      letter: { message: expect.stringContaining('Event 1 of the body') },
    });
    expect(await w.counted('event_id')).toEqual([]);
    const [all] = await w.replay([deadLetterId], { patch: events });
    expect(all?.letter.eventIds).toEqual(['e1', 'e2', 'e3']);
    expect(await w.counted('event_id')).toEqual(['e1', 'e2', 'e3']);
  });

  test('and was too large is judged by its size after the patch', async () => {
    const w = await start();
    await w.post(JSON.stringify({ ...NOBODY, ...SOMEBODY, note: 'x'.repeat(MAX_EVENT_BYTES) }));
    const { deadLetterId } = await w.onlyLetter();
    expect((await w.replay([deadLetterId]))[0]?.letter.reason).toBe('EVENT_TOO_LARGE');
    expect((await w.replay([deadLetterId], { patch: { note: null } }))[0]?.outcome).toBe(
      'accepted',
    );
  });
});

describe('what came from a topic', () => {
  test('as JSON, on a topic of another producer, counts at the owner of its id', async () => {
    const w = await start();
    const [foreign = ''] = w.world.topics.foreign;
    const value = { ...NOBODY, project_id: w.scope.projectId, platform: 'mobile' };
    await w.world.appendValues(foreign, [Buffer.from(JSON.stringify(value))]);
    const letter = await w.onlyLetter();
    expect(letter).toMatchObject({ source: foreign, deadLetterId: `${foreign}/0/0` });
    await w.replay([letter.deadLetterId], { patch: SOMEBODY });
    await w.world.drained();
    expect(
      await w.world.column(
        'SELECT [topic, toString(log_partition), toString(toUnixTimestamp64Milli(received_at))] AS value FROM {{db}}.bronze_events WHERE {{world}}',
      ),
    ).toEqual([
      [
        w.world.topics.app,
        String(partitionOf(w.scope.projectId, 'e1', w.world.log.partitionCount)),
        String(letter.receivedAt),
      ],
    ]);
  });

  test('as Avro is patched in the same fields', async () => {
    const w = await start();
    const event = trackedEvent({
      projectId: w.scope.projectId,
      eventId: '',
      properties: { plan: '"pro"', seats: '5' },
    });
    await w.world.append([event], w.world.topics.web, 0);
    const { deadLetterId, reason } = await w.onlyLetter();
    expect(reason).toBe('MISSING_EVENT_ID');
    expect((await w.replay([deadLetterId]))[0]?.outcome).toBe('refused');
    const [result] = await w.replay([deadLetterId], { patch: { properties: { seats: 6 } } });
    expect(await w.counted('event_id')).toEqual(result?.letter.eventIds);
    expect(await w.counted("[properties['plan'], properties['seats']]")).toEqual([['"pro"', '6']]);
    expect(await w.counted('toUnixTimestamp64Milli(received_at)')).toEqual([event.receivedAt]);
  });

  test('and names no project belongs to nobody until one is given', async () => {
    const w = await start();
    const { projectId } = w.scope;
    const json = Buffer.from(JSON.stringify({ ...NOBODY, ...SOMEBODY, event_id: projectId }));
    const avro = w.world.codec.encode(
      trackedEvent({ projectId: 'No Project', eventId: `${projectId}-2` }),
    );
    await w.world.appendValues(w.world.topics.web, [json, avro]);
    await w.world.drained();
    expect(await w.letters()).toEqual([]);
    const letters = await w.letters({ sources: [w.world.topics.web] }, w.unowned);
    expect(letters.map(({ reason }) => reason)).toEqual(['UNKNOWN_PROJECT', 'UNKNOWN_PROJECT']);
    const ids = letters.map(({ deadLetterId }) => deadLetterId);
    const outcomes = async (assignProjectId?: string) => {
      const repair = assignProjectId === undefined ? {} : { assignProjectId };
      const results = await w.replay(ids, repair, false, w.unowned);
      return results.map(({ outcome }) => outcome);
    };
    expect(await outcomes()).toEqual(['refused', 'refused']);
    await expect(outcomes('nowhere')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const elsewhere = await w.replay(
      ids.slice(0, 1),
      { patch: { project_id: 'nowhere' } },
      false,
      w.unowned,
    );
    expect(elsewhere[0]).toMatchObject({
      outcome: 'refused',
      letter: { reason: 'UNKNOWN_PROJECT' },
    });
    expect(await outcomes(projectId)).toEqual(['accepted', 'accepted']);
    expect(await w.counted('event_id')).toEqual([projectId, `${projectId}-2`]);
    await expect(w.replay(ids)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the state of a letter', () => {
  test('stays when a replay of the log brings the letter again', async () => {
    const w = await start();
    await w.post(JSON.stringify(NOBODY));
    const { deadLetterId } = await w.onlyLetter();
    await w.replay([deadLetterId], { patch: SOMEBODY });
    const before = await w.letters();
    await w.world.restart();
    // What a group that begins anew reads: the same letter from another place of the log.
    const { key, value, headers } = (await w.office.content(w.scope, deadLetterId)) ?? {};
    await w.world.log.append([
      {
        topic: w.world.topics.deadLetters,
        partition: 0,
        key: null,
        value: w.world.deadLetterCodec.encode({
          deadLetterId,
          projectId: w.scope.projectId,
          reason: 'MISSING_ACTOR',
          message: before[0]?.message ?? '',
          source: 'http',
          sourcePartition: -1,
          sourceOffset: -1n,
          attempts: 1,
          receivedAt: before[0]?.receivedAt ?? 0,
          key: key ?? null,
          value: value ?? Buffer.alloc(0),
          headers: headers ?? {},
        }),
      },
    ]);
    await w.world.start();
    await eventually('the copy is stored', async () => {
      const [letter] = await w.letters();
      return letter !== undefined && letter.appendedAt > (before[0]?.appendedAt ?? 0);
    });
    expect(await w.letters()).toEqual([{ ...before[0], appendedAt: expect.any(Number) }]);
  });

  test('is open again when the ingester refuses what a replay had appended', async () => {
    let isRefusing = true;
    const opened = await openDeadLetterWorld({
      kit,
      // The warehouse takes no row of this event while the flag is up.
      wrapWarehouse: (warehouse) => ({
        insert: async (block) => {
          const isBad = block.rows.some((row) => row.includes('unwelcome'));
          if (!isRefusing || !isBad) return warehouse.insert(block);
          return warehouse.insert({
            ...block,
            columns: ['project_id', 'occurred_at'],
            rows: [['p', 'yesterday']],
          });
        },
      }),
    });
    open.push(opened.world.close);
    const w = opened;
    await w.world.start();
    await w.post(JSON.stringify({ ...NOBODY, event_id: 'unwelcome' }));
    const { deadLetterId } = await w.onlyLetter();
    const [replayed] = await w.replay([deadLetterId], { patch: SOMEBODY });
    expect(replayed?.outcome).toBe('accepted');
    const returned = await eventually('it is open again', async () => {
      const letters = await w.letters();
      return letters[0]?.state === 'open' ? letters : null;
    });
    expect(returned).toEqual([
      expect.objectContaining({ deadLetterId, attempts: 2, reason: 'ROW_REFUSED', generation: 1 }),
    ]);
    // A row tells where the replayed event lay, for the balance of that partition.
    expect(
      await w.world.column(
        `SELECT [source, replay_of] AS value FROM {{db}}.bronze_dead_letters FINAL
         JOIN {{db}}.control_dead_letters FINAL USING (project_id, dead_letter_id)
         WHERE project_id = {project:String} AND state = 'returned'`,
      ),
    ).toEqual([[w.world.topics.web, deadLetterId]]);
    isRefusing = false;
    await w.replay([deadLetterId], { patch: SOMEBODY });
    expect(await w.counted('event_id')).toEqual(['unwelcome']);
    expect(await w.letters()).toEqual([
      expect.objectContaining({ state: 'replayed', attempts: 3 }),
    ]);
  });

  test('is not changed by a mark that another producer made up', async () => {
    const w = await start();
    await w.post(JSON.stringify(NOBODY));
    const { deadLetterId } = await w.onlyLetter();
    await w.replay([deadLetterId], { patch: SOMEBODY });
    const [foreign = ''] = w.world.topics.foreign;
    const mark = Buffer.from(JSON.stringify([w.scope.projectId, deadLetterId, 0, 2]));
    await w.world.log.append([
      {
        topic: foreign,
        partition: 0,
        key: null,
        value: Buffer.from(JSON.stringify({ project_id: w.scope.projectId })),
        headers: { 'sluice-dead-letter': mark },
      },
    ]);
    await eventually('the second letter is stored', async () => (await w.letters()).length === 2);
    expect((await w.letters()).map(({ state }) => state)).toEqual(['open', 'replayed']);
  });

  test('is dropped once, looked at afterwards, and replayed if somebody changes their mind', async () => {
    const w = await start();
    await w.post(JSON.stringify(NOBODY));
    const { deadLetterId } = await w.onlyLetter();
    const drop = async (by: string) =>
      (await w.office.drop(w.scope, { selection: { ids: [deadLetterId] }, by })).results[0]
        ?.outcome;
    expect(await drop('first')).toBe('dropped');
    w.pass(1000);
    expect(await drop('second')).toBe('already_dropped');
    const all = { page: { filter: { states: ['open' as const] }, first: 10, after: null } };
    const repair = { patch: SOMEBODY };
    const request = { selection: all, repair, isDryRun: false, by: 'admin' };
    expect((await w.office.replay(w.scope, request)).results).toEqual([]);
    await w.replay([deadLetterId]);
    expect(await w.letters()).toEqual([
      expect.objectContaining({ state: 'dropped', changedBy: 'first', attempts: 2 }),
    ]);
    expect((await w.office.content(w.scope, deadLetterId))?.value.toString()).toBe(
      JSON.stringify(NOBODY),
    );
    expect((await w.replay([deadLetterId], repair))[0]?.outcome).toBe('accepted');
    expect(await drop('third')).toBe('already_replayed');
    expect(await w.counted('event_id')).toEqual(['e1']);
  });
});
