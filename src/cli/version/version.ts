import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { packaged } from '../../source/packaged.ts';
import { jsonText } from '../../source/text.ts';
import { helpBelow } from '../console/help.ts';
import type { CliIo, ExitCode } from '../console/io.ts';
import { type Formats, type OutputOptions, outputOption, parseOutputs, writeAll } from '../console/output.ts';
import { packageFile } from '../console/version.ts';

/** The beginning of a bug report. */
export interface About {
  readonly version: string;
  /** The hash of the commit that it was built from; null where nobody recorded it. */
  readonly commit: string | null;
  /** The version of Node. */
  readonly node: string;
  /** The platform by the names of Node and npm: `linux-x64`. */
  readonly platform: string;
}

export const VERSION_FORMATS: Formats<About> = {
  text: ({ version, commit, node, platform }) =>
    `cofferdam ${version}\ncommit    ${commit ?? 'unknown'}\nnode      ${node}\nplatform  ${platform}\n`,
  json: about => `${jsonText(about, 2)}\n`,
};

const HELP = `
"cofferdam --version" prints the first alone. The commit is that of the checkout, or what the image was built with
(--build-arg REVISION).

Exit code: 0 if it was printed; 2 on wrong usage.

Examples:
  cofferdam version
  cofferdam version -o json
`;

/** Registers `cofferdam version`. */
export function versionCommand(program: Command, io: CliIo, answer: (code: ExitCode) => void): void {
  program
    .command('version')
    .summary('print the version, and what it runs on')
    .description('Prints the version, the commit where it is known, the version of Node, and the platform.')
    .addOption(outputOption(VERSION_FORMATS))
    .addHelpText('after', helpBelow(HELP))
    .action(async (options: OutputOptions) => {
      const outputs = parseOutputs(options, VERSION_FORMATS);
      await writeAll(outputs, VERSION_FORMATS, await about(), io);
      answer(0);
    });
}

async function about(): Promise<About> {
  const { version, gitHead } = packageFile();
  return {
    version,
    commit: gitHead ?? (await commitOfCheckout()) ?? null,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  };
}

/** git is only asked where the program is in a checkout of its own: below node_modules, another repository would answer. */
async function commitOfCheckout(): Promise<string | undefined> {
  if (!existsSync(packaged('.git'))) return undefined;
  try {
    const root = fileURLToPath(packaged('.'));
    const { stdout } = await promisify(execFile)('git', ['-C', root, 'rev-parse', 'HEAD']);
    return stdout.trim();
  } catch {
    return undefined;
  }
}
