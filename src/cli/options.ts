import type { Command } from 'commander';
import { BUILTIN_POLICIES } from '../policy/builtin.ts';
import { Failure } from './failure.ts';

/** What `review` and `explain` share: where the input is, and what it is judged by. */
export interface InputOptions {
  readonly filename?: readonly string[];
  readonly namespace: string;
  readonly policy?: readonly string[];
  readonly balanced: boolean;
  readonly cluster?: string;
}

/** An option that may be given several times. */
export const collect = (value: string, previous: readonly string[] | undefined): readonly string[] => [
  ...(previous ?? []),
  value,
];

export function addInputOptions(command: Command): Command {
  command
    .option('-f, --filename <path>', 'file or folder to read, - for standard input (repeatable)', collect)
    .option('-n, --namespace <name>', 'namespace of objects that name none', 'default');
  return addPolicyOptions(command).option(
    '--cluster <path>',
    'RuntimeClasses, Nodes and Namespaces as "kubectl get -o yaml" prints them (default: well-known classes, no nodes)',
  );
}

/** What Pods are judged by. */
export const addPolicyOptions = (command: Command): Command =>
  command
    .option(
      '--policy <name|path>',
      `${BUILTIN_POLICIES.join(', ')}, or a file or folder with policies, exemptions and profiles (repeatable; default: balanced)`,
      collect,
    )
    .option(
      '--no-balanced',
      'leave the built-in policy balanced out; otherwise it is in force besides others',
    );

/** Plain arguments and `-f`, in that order. */
export function inputPaths(
  plain: readonly string[],
  options: InputOptions,
  command: string,
): readonly string[] {
  const paths = [...plain, ...(options.filename ?? [])];
  if (paths.length > 0) return paths;
  throw new Failure(
    'no input',
    `Name files or folders, such as "cofferdam ${command} -f deploy/", or - for standard input.`,
  );
}
