import { relative, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { rowOf, widthsOf } from '../../report/layout/grid.ts';
import { hang } from '../../report/layout/wrap.ts';
import { clean } from '../../source/text.ts';
import { choosing } from '../console/choices.ts';
import { helpBelow } from '../console/help.ts';
import type { CliIo } from '../console/io.ts';
import { styleFor } from '../console/output.ts';
import { findSettings, SETTINGS_FILE, type SettingsFile } from '../settings/find.ts';
import { CI_SYSTEMS, type CiSystem, expiryOf, firstFiles } from './files.ts';
import { checkFolder, isRoot, writeNew } from './write.ts';

const HELP = `
Run it at the root of a repository. It writes:

  .cofferdam.yaml                      what review, explain and diff take for this repository
  FOLDER/internet-facing.yaml          a policy, with its cases beside it (.tests.yaml)
  FOLDER/node-exporter.yaml            an exemption, which expires in 30 days, with its cases
  FOLDER/runsc-team.yaml               a profile of a runtime handler
  FOLDER/.schema/                      JSON Schemas, by which editors complete and check these files
  .github/workflows/cofferdam.yml      or, with --ci gitlab, .gitlab/cofferdam.yml: tests and reviews in CI

Each is an example with comments, to be changed or deleted; docs/writing-policies.md says more. Nothing is overwritten: if one
of the files exists already, FOLDER is not empty, or a link leads out of this folder, nothing is written.

Exit code: 0 if all was written; 2 if not (usage, or something is there already).

Examples:
  cofferdam init                       policies into policies/, and a workflow for GitHub
  cofferdam init sandboxing            policies into sandboxing/
  cofferdam init --ci gitlab           a job for GitLab
  cofferdam init --ci none             no file for CI
  cofferdam test && cofferdam review . what was written, and what it makes of this repository
`;

/** Registers `cofferdam init`. */
export function initCommand(program: Command, io: CliIo): void {
  program
    .command('init')
    .summary('write a first set of policies, with their tests and CI')
    .description('Writes a first policy, an exemption, a profile, their tests, and a file for CI.')
    .argument('[folder]', 'new folder for the policies, below this one', 'policies')
    .addOption(
      choosing(new Option('--ci <system>', 'whose CI a file is written for'), CI_SYSTEMS).default('github'),
    )
    .addHelpText('after', helpBelow(HELP))
    .action((given: string, { ci }: { readonly ci: CiSystem }) => init(given, ci, io));
}

async function init(given: string, ci: CiSystem, io: CliIo): Promise<void> {
  const folder = await checkFolder(given);
  const above = await findSettings(resolve('.'));
  const now = Date.now();
  const files = firstFiles(folder, ci, now);
  await writeNew(files);
  const rows = files.map(({ path, about }) => [path, about]);
  io.out(rows.map(row => `${rowOf(row, widthsOf(rows), [])}\n`).join(''));
  const { width } = styleFor(undefined, io);
  const steps = [...overridden(above), ...(await stepsFor(folder, ci, now))];
  io.err(`\n${steps.flatMap((step, i) => hang(`${i + 1}. `, step, width)).join('\n')}\n`);
}

/** What happens to settings that have applied here until now. */
const overridden = (above: SettingsFile | undefined): readonly string[] =>
  above === undefined
    ? []
    : [
        `Decide which settings are to count. There is ${clean(relative('.', above.file))} above: in this folder and below it, the new ${SETTINGS_FILE} is taken in its place, and nothing that stands there. Copy what you need of it, or delete the new one; "review" that runs further up takes none of the new files.`,
      ];

/** What to do next, in order. */
async function stepsFor(folder: string, ci: CiSystem, now: number): Promise<readonly string[]> {
  const expires = new Date(expiryOf(now)).toISOString().slice(0, 10);
  const elsewhere = (await isRoot()) ? '' : ' It is read at the root of a repository alone.';
  const inCi: Readonly<Record<CiSystem, readonly string[]>> = {
    github: [
      `In .github/workflows/cofferdam.yml, put the repository and the commit of Cofferdam in place of example/cofferdam@0000….${elsewhere}`,
    ],
    gitlab: [
      `In .gitlab/cofferdam.yml, put the repository and the commit of Cofferdam in place of git.example and 0000…, and add "include: .gitlab/cofferdam.yml" to .gitlab-ci.yml.${elsewhere}`,
    ],
    none: [],
  };
  return [
    `Run "cofferdam test ${folder}", and "cofferdam review ." for what becomes of the Pods of this repository.`,
    `Change the files in ${folder} to what you need, and delete the others: the exemption is for a node exporter in the namespace monitoring, and expires on ${expires}.`,
    ...inCi[ci],
  ];
}
