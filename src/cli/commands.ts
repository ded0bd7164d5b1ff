import { Command, CommanderError } from 'commander';
import { migrationDirectory, readMigrations } from '../../clickhouse/migrate.js';
import { rowPolicyStatements, tablesOf } from '../../clickhouse/row-policy.js';
import { isAppError, messageOf } from '../errors.js';
import { start } from '../start.js';
import type { LetterListFlags, LetterSelectionFlags, ReplayFlags } from './dead-letter-flags.js';
import {
  dropDeadLetters,
  listDeadLetters,
  replayDeadLetters,
  showDeadLetter,
} from './dead-letters.js';
import { importAccessLogs } from './import-access-log.js';
import { createKey, type KeyFlags, listKeys, revokeKey, rotateKey } from './keys.js';
import { type LedgerFlags, rebuildTable, showIntegrity, verifyTables } from './ledger.js';
import { createProject, listProjects, type ProjectFlags, updateProject } from './projects.js';
import { type ServerSession, withServer } from './server-session.js';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The command line, `npx sluice …`.
 *
 * @returns The exit code: 0 done, 1 failed, 2 called wrongly.
 */
export async function run(argv: readonly string[], env: Env): Promise<number> {
  const program = new Command('sluice')
    .description('GraphQL analytics platform: typed, live, exact')
    .option(
      '--url <address>',
      'server to talk to; default: the one on DATA_DIR, else one for the command',
    )
    .option('--key <secret>', 'admin key for --url', env.SLUICE_KEY)
    .exitOverride();

  const ask = <T>(use: (session: ServerSession) => Promise<T>): Promise<T> => {
    const { url, key } = program.opts<{ url?: string; key?: string }>();
    return withServer({ env, url, key }, use);
  };

  program
    .command('start', { isDefault: true })
    .description('run the server')
    .action(() => start(env));

  program
    .command('migrate')
    .description('bring the warehouse up to date and stop')
    .action(() =>
      ask(async () => {
        process.stdout.write('the warehouse is up to date\n');
      }),
    );

  program
    .command('row-policies')
    .description('print what locks the gateways of a ClickHouse server to one project a statement')
    .requiredOption('--user <name>', 'user of the server as whom gateways ask')
    .option('--database <name>', 'database of the tables', 'sluice')
    .option('--cluster <name>', 'cluster, if there is one')
    .action(({ user, ...topology }: { user: string; database: string; cluster?: string }) => {
      const statements = rowPolicyStatements(
        { cluster: null, ...topology },
        user,
        readMigrations(migrationDirectory()).flatMap(({ sql }) => tablesOf(sql)),
      );
      for (const sql of statements) process.stdout.write(`${sql};\n`);
    });

  const project = program.command('project').description('projects and their settings');
  project
    .command('list')
    .description('list all projects')
    .action(() => ask(listProjects));
  project
    .command('create <id>')
    .description('create a project')
    .option('--name <name>')
    .option('--time-zone <zone>', 'IANA time zone')
    .option('--session-timeout <seconds>', 'inactivity that ends a session')
    .option('--linked-domains <hosts>', 'comma-separated')
    .option('--allowed-origins <origins>', 'comma-separated')
    .action((id: string, options: ProjectFlags) =>
      ask((session) => createProject(session, id, options)),
    );
  project
    .command('update <id>')
    .description('change the settings given')
    .option('--name <name>')
    .option('--time-zone <zone>', 'IANA time zone')
    .option('--session-timeout <seconds>', 'inactivity that ends a session')
    .option('--linked-domains <hosts>', 'comma-separated')
    .option('--allowed-origins <origins>', 'comma-separated')
    .action((id: string, options: ProjectFlags) =>
      ask((session) => updateProject(session, id, options)),
    );

  const keys = program.command('keys').description('keys of a project');
  keys
    .command('list')
    .description('list keys, without their secrets')
    .option('--project <id>', 'project', 'default')
    .action(({ project: id }: { project: string }) => ask((session) => listKeys(session, id)));
  keys
    .command('create <name>')
    .description('make a key; its secret is shown this once')
    .requiredOption('--scopes <scopes>', 'comma-separated: write, read, importer, admin')
    .option('--project <id>', 'project', 'default')
    .option('--expires-at <instant>', 'ISO 8601')
    .option('--origins <origins>', 'comma-separated; pages that alone may ask with it')
    .option('--budget-rows <rows>', 'rows that its questions may read within the window')
    .action((name: string, options: KeyFlags) =>
      ask((session) => createKey(session, name, options)),
    );
  keys
    .command('rotate <id>')
    .description('make a key with the same rights; the old one goes on for a while')
    .option('--project <id>', 'project', 'default')
    .option('--grace <seconds>', 'for how long the old key goes on; 0: it ends at once', '86400')
    .action((id: string, options: { project: string; grace: string }) =>
      ask((session) => rotateKey(session, id, options)),
    );
  keys
    .command('revoke <id>')
    .description('refuse a key from now on')
    .option('--project <id>', 'project', 'default')
    .action((id: string, options: { project: string }) =>
      ask((session) => revokeKey(session, id, options.project)),
    );

  const letters = program
    .command('dead-letters')
    .description('input that could not become an event: look at it, repair it, try it again');
  const picking = (command: Command): Command =>
    command
      .option('--project <id>', 'project of the letters', 'default')
      .option('--unowned', 'the letters that name no project instead', false)
      .option('--reason <reasons>', 'comma-separated, e.g. MISSING_EVENT_ID')
      .option('--source <sources>', 'comma-separated: http, or topics')
      .option('--from <instant>', 'received at or after: date or instant, ISO 8601')
      .option('--to <instant>', 'received until that date, or before that instant')
      .option('--json', 'one JSON object a line', false);
  picking(letters.command('list'))
    .description('list letters, the newest first')
    .option('--state <states>', 'comma-separated: open, replayed, dropped; or any', 'open')
    .option('--limit <number>', 'most letters', '50')
    .action((options: LetterListFlags) => ask((session) => listDeadLetters(session, options)));
  letters
    .command('show <id>')
    .description('one letter with its headers and bytes')
    .option('--project <id>', 'project of the letter', 'default')
    .option('--unowned', 'a letter that names no project', false)
    .option('--json', 'as JSON', false)
    .action((id: string, options: LetterSelectionFlags) =>
      ask((session) => showDeadLetter(session, id, options)),
    );
  picking(letters.command('replay [ids...]'))
    .description('try letters again: these, or all open ones that fit; twice counts once')
    .option('--all', 'without ids and filters: every open letter', false)
    .option('--patch <json>', 'JSON merge patch of the event, or @file')
    .option('--assign <id>', 'with --unowned: the project to give to letters without one')
    .option('--dry-run', 'tell what would come of it, change nothing', false)
    .action((ids: string[], options: ReplayFlags) =>
      ask((session) => replayDeadLetters(session, ids, options)),
    );
  picking(letters.command('drop [ids...]'))
    .description('mark letters as not worth a replay; nothing is deleted')
    .option('--all', 'without ids and filters: every open letter', false)
    .action((ids: string[], options: LetterSelectionFlags) =>
      ask((session) => dropDeadLetters(session, ids, options)),
    );

  const imports = program.command('import').description('import events');
  imports
    .command('access-log <files...>')
    .description('Common or Combined Log Format; .gz is read as such, - is standard input')
    .option('--project <id>', 'project', 'default')
    .option('--site <address>', 'scheme and host the log belongs to', 'http://localhost')
    .option('--rejects <file>', 'where refused lines go', 'access-log-rejects.ndjson')
    .action((files: string[], options: { project: string; site: string; rejects: string }) =>
      ask((session) => importAccessLogs(session, files, options)),
    );

  program
    .command('integrity')
    .description(
      'add up what became of all that was appended; exit code 1 when it does not balance',
    )
    .option('--from <day>', 'first UTC day of append; default: six days ago')
    .option('--to <day>', 'last UTC day, included; default: today')
    .option('--json', 'print everything as JSON')
    .action((flags: LedgerFlags) => ask((session) => showIntegrity(session, flags)));
  program
    .command('verify')
    .description('compare tables with a recomputation; exit code 1 when one differs')
    .option('--table <name>', 'one table; default: all that come from silver')
    .option('--from <day>', 'first UTC day of events; default: all')
    .option('--to <day>', 'last UTC day, included; default: all')
    .action((flags: LedgerFlags) => ask((session) => verifyTables(session, flags)));
  program
    .command('rebuild')
    .description('make a table anew from its source, while everything goes on')
    .requiredOption('--table <name>', 'table, e.g. gold_event_counts_per_hour')
    .option('--from <day>', 'first UTC day of events, whose month is rebuilt whole; default: all')
    .option('--to <day>', 'last UTC day, included; default: all')
    .action((flags: LedgerFlags) => ask((session) => rebuildTable(session, flags)));

  try {
    await program.parseAsync([...argv]);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`${isAppError(error) ? `${error.code}: ` : ''}${messageOf(error)}\n`);
    return 1;
  }
}
