import { Command, CommanderError } from 'commander';
import { isAppError, messageOf } from '../errors.js';
import { start } from '../start.js';
import { importAccessLogs } from './import-access-log.js';
import { createKey, listKeys, revokeKey } from './keys.js';
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
    .action((name: string, options: { scopes: string; project: string; expiresAt?: string }) =>
      ask((session) => createKey(session, name, options)),
    );
  keys
    .command('revoke <id>')
    .description('refuse a key from now on')
    .option('--project <id>', 'project', 'default')
    .action((id: string, options: { project: string }) =>
      ask((session) => revokeKey(session, id, options.project)),
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

  try {
    await program.parseAsync([...argv]);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`${isAppError(error) ? `${error.code}: ` : ''}${messageOf(error)}\n`);
    return 1;
  }
}
