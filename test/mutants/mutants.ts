/**
 * The mechanisms of exactness, each broken on purpose in one place, and the test that notices.
 * `npm run prove` applies every mutant to a copy of the source and expects its test to fail;
 * docs/decisions/0008 shows this list.
 */

/** One mechanism, broken. */
export interface Mutant {
  readonly mechanism: string;
  /** What is done to it, as a reader would say it. */
  readonly change: string;
  readonly file: string;
  /** Text that occurs once in the file, and what stands there instead. */
  readonly from: string;
  readonly to: string;
  /** The test that fails; `name` is its own title or the beginning of it. */
  readonly test: {
    readonly file: string;
    readonly name: string;
    /** How many random worlds a test about metrics is asked of; left out, as many as ever. */
    readonly worlds?: number;
  };
}

const DUPLICATES = 'test/integration/duplicates.test.ts';
const INGESTER = 'test/integration/ingester.test.ts';
const LANES = 'test/contract/event-log-lanes.test.ts';
const GUARD = 'test/unit/ingester/window-guard.test.ts';
const KAFKA = 'test/contract/event-log-kafka.test.ts';
const COMMITS = 'test/unit/event-log/kafka-commits.test.ts';
const POSITIONS = 'test/unit/event-log/kafka-positions.test.ts';
const BLOCKS = 'test/contract/warehouse-blocks.test.ts';
const ORDER = 'test/unit/event-log/lane-order.test.ts';
const LETTERS = 'test/integration/dead-letters.test.ts';
const SILVER = 'clickhouse/silver/0004_create_events.sql';
const REBUILD = 'test/integration/ledger-rebuild.test.ts';
const HOLD = 'test/unit/ledger/write-hold.test.ts';

export const MUTANTS: readonly Mutant[] = [
  {
    mechanism: 'token',
    change: 'the token is another one at every try',
    file: 'ingest/ingester/batch-token.ts',
    from: '{batch.firstOffset}-',
    to: '{Math.random()}-',
    test: { file: INGESTER, name: 'when the process ends between insert and confirmation' },
  },
  {
    mechanism: 'token',
    change: 'the block goes without its token',
    file: 'src/warehouse/clickhouse/clickhouse-warehouse.ts',
    from: '{ ...INSERT_SETTINGS, insert_deduplication_token: token }',
    to: '{ ...INSERT_SETTINGS }',
    test: { file: INGESTER, name: 'when the process ends between insert and confirmation' },
  },
  {
    mechanism: 'token',
    change: 'tables remember no tokens',
    file: 'clickhouse/topology.ts',
    from: '{ node: 50_000, cluster: 10_000 }',
    to: '{ node: 0, cluster: 10_000 }',
    test: { file: INGESTER, name: 'when the process ends between insert and confirmation' },
  },
  {
    mechanism: 'id check',
    change: 'silver takes events whose id is known',
    file: SILVER,
    from: 'AND (project_id, event_id) NOT IN (\n',
    to: "AND ('', '') NOT IN (\n",
    test: { file: DUPLICATES, name: 'in another batch' },
  },
  {
    mechanism: 'id check',
    change: 'copies within a batch are not marked',
    file: 'ingest/ingester/consume-batch.ts',
    from: 'const isRepeat = seen.has(key);',
    to: 'const isRepeat = false;',
    test: { file: DUPLICATES, name: 'in the same batch' },
  },
  {
    mechanism: 'own-batch exclusion',
    change: 'ids of the own batch count as known',
    file: SILVER,
    from: '\n      AND batch NOT IN (SELECT batch FROM {{database}}.bronze_events)',
    to: '',
    test: {
      file: BLOCKS,
      name: 'a block of which a crash left only the ids is completed by its replay',
    },
  },
  {
    mechanism: 'single ownership',
    change: 'events count in whatever partition they lie',
    file: 'ingest/ingester/consume-batch.ts',
    from: 'record.partition !== partitionOfKey(key, eventLog.partitionCount) ||',
    to: '',
    test: {
      file: DUPLICATES,
      name: 'at two ingesters at once, which never insert one id at the same moment',
    },
  },
  {
    mechanism: 'single ownership',
    change: 'a lane goes to a member that has too many and stays with it too',
    file: 'src/event-log/assign-lanes.ts',
    from: 'of lanes.splice(share)',
    to: 'of lanes.slice(share)',
    test: {
      file: 'test/unit/event-log/assign-lanes.test.ts',
      name: 'gives every lane to exactly one member',
    },
  },
  {
    mechanism: 'single ownership',
    change: 'a lane in segment files begins anew while its former run works',
    file: 'src/event-log/embedded/consumer-group.ts',
    from: '      await before;\n',
    to: '',
    test: {
      file: LANES,
      name: 'a lane that moves within a process begins anew only when its former run has settled',
    },
  },
  {
    mechanism: 'single ownership',
    change: 'a lane in Kafka begins anew while its former run works',
    file: 'src/event-log/kafka/kafka-consumer.ts',
    from: 'await options.settledOf(number);',
    to: '',
    test: {
      file: LANES,
      name: 'a lane that moves within a process begins anew only when its former run has settled',
    },
  },
  {
    mechanism: 'intent',
    change: 'the cursor of segment files keeps no intent',
    file: 'src/event-log/embedded/group-cursor.ts',
    from: '      cursors.set(keyOf(topic, partition), { topic, partition, cursor: { committed, intent } });\n    }\n  }',
    to: '      cursors.set(keyOf(topic, partition), { topic, partition, cursor: { committed, intent: null } });\n    }\n  }',
    test: {
      file: LANES,
      name: 'the next owner first gets the open batch, with identical boundaries and records',
    },
  },
  {
    mechanism: 'intent',
    change: 'a batch is handed out before its intent is saved',
    file: 'src/event-log/run-lane.ts',
    from: 'if (next === null || !(await saveUntilDone({ intent: opening(next) }))) return;',
    to: 'if (next === null) return;\n      void saveUntilDone({ intent: opening(next) });',
    test: {
      file: 'test/unit/event-log/segment-event-log.test.ts',
      name: 'positions that cannot be written are written later, and nothing is handed out before',
    },
  },
  {
    mechanism: 'intent fencing',
    change: 'the metadata of a Kafka commit is not read as an intent',
    file: 'src/event-log/kafka/lane-state.ts',
    from: 'const intent = decodeIntent(metadata);',
    to: "const intent = decodeIntent(metadata.replace('sluice', ''));",
    test: {
      file: LANES,
      name: 'the next owner first gets the open batch, with identical boundaries and records',
    },
  },
  {
    mechanism: 'intent fencing',
    change: 'commits of a former generation are sent in the present one',
    file: 'src/event-log/kafka/fenced-commits.ts',
    from: 'if (!membership.isJoined || lane.validFor !== membership.generation) {',
    to: 'if (!membership.isJoined) {',
    test: {
      file: COMMITS,
      name: 'is not sent before the lane was found to be ours in the present generation',
    },
  },
  {
    mechanism: 'intent fencing',
    change: 'a fenced commit is sent again in the generation of then',
    file: 'src/event-log/kafka/fenced-commits.ts',
    from: 'if (lane.validFor === sentIn) lane.validFor = -1;',
    to: '',
    test: {
      file: COMMITS,
      name: 'that the coordinator fences waits until the lane is checked in the next generation',
    },
  },
  {
    mechanism: 'intent fencing',
    change: 'commits go through the function of kafkajs that tries again in a newer generation',
    file: 'src/event-log/kafka/fenced-commits.ts',
    from: 'if (commitOnce === null) {',
    to: 'if (consumer !== null) {',
    test: {
      file: COMMITS,
      name: 'goes the way that tries once, not the one that tries again in a newer generation',
    },
  },
  {
    mechanism: 'intent fencing',
    change: 'a lane that somebody else has touched goes on where it was',
    file: 'src/event-log/kafka/kafka-consumer.ts',
    from: 'if (stored !== null && isUntouched(kept, stored) && !kept.lost.signal.aborted) {',
    to: 'if (stored !== null && !kept.lost.signal.aborted) {',
    test: {
      file: KAFKA,
      name: 'a member that comes back to its lane goes on where the group is, not where it was',
    },
  },
  {
    mechanism: 'no jump',
    change: 'a partition that an answer of kafkajs leaves out has no position',
    file: 'src/event-log/kafka/kafka-admin.ts',
    from: 'if (answer.length > 0 && missing.length === 0) return answer;',
    to: 'if (answer.length > missing.length) return answer;',
    test: {
      file: POSITIONS,
      name: 'not at the beginning of the topic after an answer without one of its partitions',
    },
  },
  {
    mechanism: 'no jump',
    change: 'an answer of kafkajs about no partition is one',
    file: 'src/event-log/kafka/kafka-admin.ts',
    from: 'if (answer.length > 0 && missing.length === 0) return answer;',
    to: 'if (answer.length === 0 || missing.length === 0) return answer;',
    test: {
      file: POSITIONS,
      name: 'not at the beginning of the topic after an answer of no partition',
    },
  },
  {
    mechanism: 'no jump',
    change: 'two questions are put to one client of kafkajs at a time',
    file: 'src/event-log/kafka/kafka-admin.ts',
    from: `admin = idle.pop() ?? (await connect());
        const answer = await ask(admin);
        if (stopped.signal.aborted || idle.length >= MOST_IDLE) void drop(admin);
        else idle.push(admin);`,
    to: `admin = await ((idle as { one?: Promise<Admin> }).one ??= connect());
        if (!idle.includes(admin)) idle.push(admin);
        const answer = await ask(admin);`,
    test: {
      file: 'test/contract/kafka-admin.test.ts',
      name: 'questions asked at once are answered for every partition',
    },
  },
  {
    mechanism: 'no jump',
    change: 'a fetch from beyond the position is taken at once',
    file: 'src/event-log/kafka/lane-state.ts',
    from: 'return times > SEEKS_BEFORE_GAP;',
    to: 'return times > 0;',
    test: {
      file: KAFKA,
      name: 'a fetch that was asked for before its lane was sought passes over nothing',
    },
  },
  {
    mechanism: 'window guard',
    change: 'nobody waits for an open intent',
    file: 'ingest/ingester/window-guard.ts',
    from: 'if (look !== null && (isOldest || look.left > 0)) {',
    to: 'if (look !== null) {',
    test: { file: GUARD, name: 'the others wait at the limit, and go on once it is done' },
  },
  {
    mechanism: 'window guard',
    change: 'the open batch waits for itself',
    file: 'ingest/ingester/window-guard.ts',
    from: 'if (look !== null && (isOldest || look.left > 0)) {',
    to: 'if (look !== null && look.left > 0) {',
    test: { file: GUARD, name: 'the open batch itself does not wait' },
  },
  {
    mechanism: 'window guard',
    change: 'the window is thought to be far larger than it is',
    file: 'ingest/ingester/ingester.ts',
    from: 'limit: options.deduplicationWindow / 2,',
    to: 'limit: options.deduplicationWindow * 1_000,',
    test: {
      file: 'test/integration/window-guard.test.ts',
      name: 'other partitions wait before its token is forgotten, and its repetition counts once',
    },
  },
  {
    mechanism: 'tokens agree with parts',
    change: 'the logs are left as a kill left them',
    file: 'src/warehouse/clickhouse/embedded-connection.ts',
    from: '    mendDeduplicationLogs(path);\n',
    to: '',
    test: {
      file: 'test/integration/deduplication-logs.test.ts',
      name: 'takes the replayed block where it is missing, and nowhere else',
    },
  },
  {
    mechanism: 'power loss',
    change: 'parts of unconfirmed writes stay',
    file: 'src/warehouse/clickhouse/embedded-connection.ts',
    from: 'const parts = undoUnsettledParts(path);',
    to: 'const parts: UndoneParts = { undone: [], kept: [] };',
    test: {
      file: 'test/integration/power-loss.test.ts',
      name: 'the replay of an open batch is exact, whatever reached the disk in each table',
    },
  },
  {
    mechanism: 'month splitting',
    change: 'a block touches as many partitions as its batch does',
    file: 'ingest/ingester/split-block.ts',
    from: 'MAX_PARTITIONS_PER_BLOCK = 50',
    to: 'MAX_PARTITIONS_PER_BLOCK = 5_000',
    test: { file: INGESTER, name: 'one batch over thirty years is stored whole' },
  },
  {
    mechanism: 'month splitting',
    change: 'the parts of a batch share its token',
    file: 'ingest/ingester/batch-token.ts',
    from: 'blocks === 1 ? token :',
    to: 'blocks >= 1 ? token :',
    test: { file: INGESTER, name: 'one batch over thirty years is stored whole' },
  },
  {
    mechanism: 'first copy across topics',
    change: 'topics are merged by their oldest records alone',
    file: 'ingest/ingester/ingester.ts',
    from: 'inOrder: [topics.web, topics.app],',
    to: 'inOrder: [],',
    test: { file: DUPLICATES, name: 'in the other topic, though its batch began earlier' },
  },
  {
    mechanism: 'first copy across topics',
    change: 'a topic that lags is not waited for',
    file: 'src/event-log/lane-order.ts',
    from: 'count = Math.min(most, Math.max(count, source.countArrivedBy(other.readAt)));',
    to: 'count = most;',
    test: {
      file: ORDER,
      name: 'hands out the first copy of each key first, however the topics are fetched and cut',
    },
  },
  {
    mechanism: 'first copy across topics',
    change: 'a batch does not end before a copy that waits elsewhere',
    file: 'src/event-log/lane-order.ts',
    from: 'for (let at = 0; keys.size > 0 && at < count; at += 1) {',
    to: 'for (let at = count; at < count; at += 1) {',
    test: {
      file: ORDER,
      name: 'hands out the first copy of each key first, however the topics are fetched and cut',
    },
  },
  {
    mechanism: 'first copy across topics',
    change: 'records that another producer keyed count as they are',
    file: 'ingest/ingester/consume-batch.ts',
    from: 'record.key?.equals(Buffer.from(key)) !== true',
    to: 'false',
    test: {
      file: DUPLICATES,
      name: 'under the key of another producer, in the partition that owns it',
    },
  },
  {
    mechanism: 'dead letters',
    change: 'an event without an id gets another one at every replay',
    file: 'ingest/read-letter.ts',
    from: 'bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;',
    to: 'bytes.writeDoubleLE(Math.random());',
    test: {
      file: LETTERS,
      name: 'a replay that could not be recorded is made again and counts once',
    },
  },
  {
    mechanism: 'dead letters',
    change: 'a replay is in force as long as nobody drops the letter',
    file: 'src/dead-letter/letter-change.ts',
    from: 'base + REPLAYED + LATEST - BigInt(changedAt)',
    to: 'base + BigInt(changedAt)',
    test: {
      file: LETTERS,
      name: 'several at once, and a drop beside them, leave one event and one record',
    },
  },
  {
    mechanism: 'dead letters',
    change: 'the mark of a replay is believed of every producer',
    file: 'ingest/ingester/store-dead-letters.ts',
    from: 'source === topics.web || source === topics.app',
    to: 'source === topics.web || source !== topics.app',
    test: { file: LETTERS, name: 'is not changed by a mark that another producer made up' },
  },
  {
    mechanism: 'write hold',
    change: 'blocks pass while writes are held',
    file: SILVER,
    from: 'throwIf(max(ends_at) > now64(3), ',
    to: 'throwIf(max(ends_at) > now64(3) AND 1 = 0, ',
    test: { file: REBUILD, name: 'while writes are held no event passes, and all pass afterwards' },
  },
  {
    mechanism: 'settled moment',
    change: 'inserts that were running are not waited for',
    file: 'src/ledger/write-hold.ts',
    from: 'while (before.size > 0) {',
    to: 'while (before.size > 1_000_000) {',
    test: {
      file: HOLD,
      name: 'until the inserts that ran before have ended, however many begin meanwhile',
    },
  },
  {
    mechanism: 'settled moment',
    change: 'a batch that a failure left half done is not waited for',
    file: 'src/ledger/write-hold.ts',
    from: 'if (!isAnyOpen || ',
    to: 'if (!isAnyOpen || isAnyOpen || ',
    test: {
      file: REBUILD,
      name: 'a rebuild waits for a batch that a failure left half done, and counts it once',
    },
  },
  {
    mechanism: 'rebuild',
    change: 'what is written while a table is prepared is left out',
    file: 'src/ledger/rebuild-table.ts',
    from: 'await recipe.between(at, nearCut, cut);',
    to: 'await recipe.between(at, cut, cut);',
    test: {
      file: REBUILD,
      name: 'queries never differ from the truth all through rebuilds, and nothing written meanwhile is lost',
    },
  },
  {
    mechanism: 'acknowledgement',
    change: 'an append counts as durable although a partition has no answer',
    file: 'src/event-log/kafka/kafka-producer.ts',
    from: 'if (silent.length > 0) throw',
    to: 'if (silent.length > 1_000_000) throw',
    test: {
      file: 'test/unit/event-log/kafka-producer.test.ts',
      name: 'an append is refused when no broker has acknowledged one of its partitions',
    },
  },
  {
    mechanism: 'isolation',
    change: 'reads are not held to their project',
    file: 'src/metric/project-condition.ts',
    from: 'projectId)}`',
    to: 'projectId)} OR true`',
    test: { file: 'test/integration/isolation.test.ts', name: 'own events alone answer' },
  },
  {
    mechanism: 'definitions',
    change: 'whoever writes a version takes it for the one that was kept',
    file: 'src/definition/warehouse-definition-store.ts',
    from: 'if (kept?.changeId !== changeId) throw',
    to: 'if (kept === undefined) throw',
    test: {
      file: 'test/unit/definition/warehouse-definition-store.test.ts',
      name: 'of many processes that change one version at the same moment one does',
    },
  },
  {
    mechanism: 'definitions',
    change: 'what others use may be deleted',
    file: 'src/definition/warehouse-definition-store.ts',
    from: 'if (users.length > 0) throw',
    to: 'if (users.length > 1_000) throw',
    test: {
      file: 'test/unit/definition/warehouse-definition-store.test.ts',
      name: 'nothing that is used is deleted, and who uses it is told',
    },
  },
  {
    mechanism: 'definitions',
    change: 'what was read before a write is believed after it',
    file: 'src/control/snapshot.ts',
    from: 'looksForgotten = looksBegun;',
    to: 'looksForgotten = 0;',
    test: {
      file: 'test/unit/definition/warehouse-definition-store.test.ts',
      name: 'what was being read while a definition changed is not believed',
    },
  },
  {
    mechanism: 'definitions',
    change: 'the node of another project is taken for one of the same id',
    file: 'src/gateway/definition/definition-references.ts',
    from: "key.type === 'Definition' && key.projectId === projectId",
    to: "key.type === 'Definition' && projectId !== ''",
    test: {
      file: 'test/integration/definitions.test.ts',
      name: 'a definition of another project, by any name',
    },
  },
];
