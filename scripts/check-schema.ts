import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, findBreakingChanges, type GraphQLSchema, parse, validate } from 'graphql';

const SCHEMA = 'schema/api.graphql';
const OPERATIONS = 'schema/operations';
/** Breaking changes that are meant, one a line, as this check prints them; emptied by a release. */
const DECLARED = 'schema/breaking-changes.txt';

/**
 * Breaking changes of the API against a baseline that nobody has declared, with the operations they
 * break; and declarations of what is no longer one.
 *
 * @param declared Text of the file of declarations; `#` begins a comment.
 */
export function breakingProblems(input: {
  readonly baseline: GraphQLSchema;
  readonly current: GraphQLSchema;
  readonly operations: ReadonlyMap<string, string>;
  readonly declared: string;
}): readonly string[] {
  const { baseline, current, operations } = input;
  const declared = new Set(
    input.declared
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#')),
  );
  const changes = findBreakingChanges(baseline, current).map(({ description }) => description);
  const broken = brokenOperations(baseline, current, operations);
  const undeclared = changes.filter((change) => !declared.has(change));
  return [
    ...undeclared.map((change) => `${SCHEMA}: ${change}`),
    ...(undeclared.length === 0
      ? []
      : broken.map(({ file, problem }) => `${file} breaks: ${problem}`)),
    ...[...declared]
      .filter((line) => !changes.includes(line))
      .map((line) => `${DECLARED}: declared, but no breaking change: ${line}`),
  ];
}

/** Operations that fitted the baseline and do not fit now, with the first reason. */
function brokenOperations(
  baseline: GraphQLSchema,
  current: GraphQLSchema,
  operations: ReadonlyMap<string, string>,
): readonly { readonly file: string; readonly problem: string }[] {
  return [...operations].flatMap(([file, text]) => {
    const document = parse(text);
    const [problem] = validate(current, document);
    if (problem === undefined || validate(baseline, document).length > 0) return [];
    return [{ file, problem: problem.message }];
  });
}

/**
 * The same for a checkout: the baseline is the schema as it was last released, the newest tag, or,
 * before there is one, the schema of the last commit.
 */
export function schemaProblems(root: string): readonly string[] {
  const git = (...args: readonly string[]) =>
    spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const tag = git('describe', '--tags', '--abbrev=0').stdout.trim();
  const revision = tag === '' ? 'HEAD' : tag;
  const committed = git('show', `${revision}:${SCHEMA}`);
  // The first commit of a schema has nothing to break.
  if (committed.status !== 0) return [];
  const folder = join(root, OPERATIONS);
  const operations = readdirSync(folder).filter((name) => name.endsWith('.graphql'));
  const declarations = join(root, DECLARED);
  return breakingProblems({
    baseline: buildSchema(committed.stdout),
    current: buildSchema(readFileSync(join(root, SCHEMA), 'utf8')),
    operations: new Map(
      operations.map((name) => [`${OPERATIONS}/${name}`, readFileSync(join(folder, name), 'utf8')]),
    ),
    declared: existsSync(declarations) ? readFileSync(declarations, 'utf8') : '',
  });
}
