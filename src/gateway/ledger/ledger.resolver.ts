import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { Integrity } from '../../ledger/integrity-query.js';
import type { GatewayContext } from '../context.js';
import { change } from '../project/project-answer.js';
import { IntegrityReport } from './integrity.type.js';
import { DayRangeInput, RebuildTableInput, VerifyTablesInput } from './ledger.input.js';
import { LedgerJob, LedgerJobPayload, ledgerJobNode } from './ledger-job.type.js';

/** Proof and repair of the tables. */
@Resolver()
export class LedgerResolver {
  @Query(() => IntegrityReport, {
    description:
      'Whether everything that was appended on these UTC days is where it belongs, per topic and partition, over the whole installation; needs a key with scope admin.',
  })
  async integrity(
    @Arg('range', () => DayRangeInput, {
      nullable: true,
      description: 'UTC days of append; left out: the last seven.',
    })
    range: DayRangeInput | null,
    @Ctx() { abort, ledger, requireScope }: GatewayContext,
  ): Promise<Integrity> {
    requireScope('admin');
    return ledger.integrity(range ?? {}, abort.signal);
  }

  @Query(() => LedgerJob, {
    nullable: true,
    description:
      'A job of this process; null for one it does not know. Needs a key with scope admin.',
  })
  ledgerJob(
    @Arg('id', () => ID, { description: 'As `verifyTables` or `rebuildTable` gave it.' })
    id: string,
    @Ctx() { ledger, requireScope }: GatewayContext,
  ): LedgerJob | null {
    requireScope('admin');
    const job = ledger.job(id);
    return job === null ? null : ledgerJobNode(job);
  }

  @Mutation(() => LedgerJobPayload, {
    description:
      'Starts to compare tables with a recomputation from their source, while ingestion goes on; needs a key with scope admin.',
  })
  async verifyTables(
    @Arg('input', () => VerifyTablesInput, { description: 'Which tables and days.' })
    { table, range }: VerifyTablesInput,
    @Ctx() { ledger, requireScope }: GatewayContext,
  ): Promise<LedgerJobPayload> {
    requireScope('admin');
    const start = async () => ({
      job: ledgerJobNode(await ledger.startVerify({ ...range, table: table ?? null })),
    });
    return change(start, { job: null });
  }

  @Mutation(() => LedgerJobPayload, {
    description:
      'Starts to make a table anew from its source, while ingestion and queries go on; needs a key with scope admin.',
  })
  async rebuildTable(
    @Arg('input', () => RebuildTableInput, { description: 'Which table and days.' })
    { table, range }: RebuildTableInput,
    @Ctx() { ledger, requireScope }: GatewayContext,
  ): Promise<LedgerJobPayload> {
    requireScope('admin');
    const start = async () => ({
      job: ledgerJobNode(await ledger.startRebuild({ ...range, table })),
    });
    return change(start, { job: null });
  }
}
