import { compose, type Sluice } from './compose.js';
import { loadConfig } from './config.js';
import { isAppError, messageOf } from './errors.js';
import { createTelemetry } from './telemetry.js';

/** A second signal within a stop ends the process at once. */
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Runs a server until a signal asks it to stop. Exits with 0 after a clean stop, with 1 and the
 * reason on stderr when it cannot start.
 */
export async function start(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  let sluice: Sluice;
  try {
    const config = loadConfig(env);
    const telemetry = createTelemetry({ level: config.logLevel, withProcessMetrics: true });
    sluice = await compose({ config, telemetry, clock: Date.now });
  } catch (error) {
    process.stderr.write(`${isAppError(error) ? `${error.code}: ` : ''}${messageOf(error)}\n`);
    process.exit(1);
  }
  for (const signal of SIGNALS) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(130));
      sluice.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`stop: ${messageOf(error)}\n`);
          process.exit(1);
        },
      );
    });
  }
  try {
    const keys = await sluice.started;
    process.stdout.write(greeting(sluice.url, keys));
  } catch (error) {
    process.stderr.write(`${isAppError(error) ? `${error.code}: ` : ''}${messageOf(error)}\n`);
    await sluice.stop();
    process.exit(1);
  }
}

function greeting(
  url: string,
  keys: readonly { readonly name: string; readonly secret: string }[],
): string {
  const lines = [
    '',
    `  Sluice is ready at ${url}`,
    `  GraphQL     ${url}/graphql   (playground: ${url}/)`,
    `  Collector   ${url}/v1/events`,
  ];
  if (keys.length > 0) {
    lines.push('', '  Keys of the project "default", shown this once:');
    for (const { name, secret } of keys) lines.push(`    ${name.padEnd(8)} ${secret}`);
  }
  return `${lines.join('\n')}\n\n`;
}
