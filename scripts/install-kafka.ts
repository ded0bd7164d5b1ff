import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Release of Apache Kafka that tests run against; needs Java 17. */
export const KAFKA_VERSION = '4.4.0';

const DEPENDENCY_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';
const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** Where the jars of an installed Kafka stand. */
export interface KafkaInstallation {
  readonly version: string;
  /** Folder of all jars, to be used as class path `libs/*`. */
  readonly libs: string;
}

/**
 * The installed Kafka below `directory`; null when it is not there. Looks only, installs nothing.
 *
 * @param directory `.cache/kafka` of the repository by convention.
 */
export async function findKafka({
  directory,
}: {
  readonly directory: string;
}): Promise<KafkaInstallation | null> {
  const home = join(directory, KAFKA_VERSION);
  try {
    await access(join(home, 'complete'));
    return { version: KAFKA_VERSION, libs: join(home, 'libs') };
  } catch {
    // The marker is written last, so without it nothing usable is there.
    return null;
  }
}

/**
 * Puts the jars of Apache Kafka below `directory` with Maven, unless they are there. Safe to run
 * from several processes at once.
 *
 * @throws Error naming what is missing when Java or Maven cannot be run, or the download fails.
 */
export async function installKafka({
  directory,
}: {
  readonly directory: string;
}): Promise<KafkaInstallation> {
  const found = await findKafka({ directory });
  if (found !== null) return found;
  await mkdir(directory, { recursive: true });
  const draft = await mkdtemp(join(directory, 'install-'));
  try {
    await writeFile(join(draft, 'pom.xml'), pom());
    await run('java', ['-version'], 'Java 17 or later (the package openjdk-17-jre-headless)');
    await run(
      'mvn',
      [
        '-B',
        '-q',
        '-f',
        join(draft, 'pom.xml'),
        `${DEPENDENCY_PLUGIN}:copy-dependencies`,
        `-DoutputDirectory=${join(draft, 'libs')}`,
        '-DincludeScope=runtime',
      ],
      'Maven (the package maven) and a way to its central repository',
    );
    await writeFile(join(draft, 'complete'), `${KAFKA_VERSION}\n`);
    const home = join(directory, KAFKA_VERSION);
    await rm(home, { recursive: true, force: true });
    try {
      await rename(draft, home);
    } catch (error) {
      // Somebody else was faster; theirs is as good.
      if ((await findKafka({ directory })) === null) throw error;
    }
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return { version: KAFKA_VERSION, libs: join(directory, KAFKA_VERSION, 'libs') };
}

async function run(command: string, args: readonly string[], need: string): Promise<void> {
  try {
    await promisify(execFile)(command, [...args], { timeout: INSTALL_TIMEOUT_MS });
  } catch (cause) {
    const output = (cause as { stdout?: string; stderr?: string }) ?? {};
    throw new Error(
      `Kafka ${KAFKA_VERSION} for the tests could not be installed; it needs ${need}.\n${output.stdout ?? ''}${output.stderr ?? ''}`,
      { cause },
    );
  }
}

function pom(): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>sluice</groupId>
  <artifactId>test-kafka</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${KAFKA_VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;
}
