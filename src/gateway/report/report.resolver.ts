import { Arg, Ctx, Extensions, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { Report as ReportRecord } from '../../report/report.js';
import type { GatewayContext } from '../context.js';
import type { NamesDefinitions } from '../definition/resolve-definitions.js';
import { change } from '../project/project-answer.js';
import { CreateReportInput, DeleteReportInput } from './report.input.js';
import { Report, ReportPayload } from './report.type.js';
import { reportRequest } from './report-request.js';

/** Files that are made from questions. */
@Resolver()
export class ReportResolver {
  @Query(() => Report, {
    description:
      'A report; fails with `NOT_FOUND` for one that is unknown to this gateway, expired or of another project.',
  })
  async report(
    @Arg('id', () => ID, { description: 'As `createReport` gave it.' }) id: string,
    @Arg('project', () => ID, {
      nullable: true,
      description: 'Project of the report; left out: that of the key.',
    })
    projectId: string | null,
    @Ctx() { askIn, reports }: GatewayContext,
  ): Promise<ReportRecord> {
    return reports.report((await askIn(projectId)).project.id, id);
  }

  @Mutation(() => ReportPayload, {
    description:
      'Asks for a report, which is made in the background; needs a key with scope read. REST has its file at `/api/v1/reports/{id}/file`.',
  })
  @Extensions({ namesDefinitions: true } satisfies NamesDefinitions)
  async createReport(
    @Arg('input', () => CreateReportInput, { description: 'The report to make.' })
    input: CreateReportInput,
    @Ctx() { askIn, limits, reports }: GatewayContext,
  ): Promise<ReportPayload> {
    const asking = await askIn(input.projectId);
    const make = () => reports.create(asking, reportRequest(asking, input, limits));
    return change(async () => ({ report: await make() }), NONE);
  }

  @Mutation(() => ReportPayload, {
    description: 'Ends the work on a report and removes its file; needs a key with scope read.',
  })
  async deleteReport(
    @Arg('input', () => DeleteReportInput, { description: 'The report to delete.' })
    input: DeleteReportInput,
    @Ctx() { askIn, reports }: GatewayContext,
  ): Promise<ReportPayload> {
    const { id } = (await askIn(input.projectId)).project;
    return change(async () => ({ report: await reports.delete(id, input.id) }), NONE);
  }
}

const NONE = { report: null };
