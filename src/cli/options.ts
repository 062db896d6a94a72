import { type Command, Option } from 'commander';
import { SYSTEM_NAMESPACES } from '../cluster/system.ts';
import { BUILTIN_POLICIES } from '../policy/builtin.ts';
import { Failure } from './failure.ts';
import { STRICT } from './strict.ts';

/** What `review` and `explain` share: where the input is, and what it is judged by. */
export interface InputOptions {
  readonly filename?: readonly string[];
  readonly namespace: string;
  readonly policy?: readonly string[];
  readonly balanced: boolean;
  readonly cluster?: string;
  readonly exclude?: readonly string[];
  readonly ignore?: boolean;
  readonly excludeNamespace?: readonly string[];
  readonly helm?: boolean;
  readonly kustomize?: boolean;
  readonly strict?: boolean;
}

/** An option that may be given several times. */
export const collect = (value: string, previous: readonly string[] | undefined): readonly string[] => [
  ...(previous ?? []),
  value,
];

export function addInputOptions(command: Command): Command {
  command
    .option('-f, --filename <path>', 'file or folder to read, - for standard input (repeatable)', collect)
    .option('-n, --namespace <name>', 'namespace of objects that name none', 'default')
    .option('--exclude-namespace <name>', EXCLUDE_NAMESPACE, collect)
    .option('--exclude <glob>', 'what to leave out of folders, as .gitignore has it (repeatable)', collect)
    .option('--no-ignore', 'read what a .cofferdamignore leaves out, too')
    .option('--helm', 'render charts with helm, which has to be on PATH')
    .option('--kustomize', 'build kustomizations with kustomize or kubectl, one of which has to be on PATH');
  return addPolicyOptions(command).option('--cluster <file>', CLUSTER_FILE).option('--strict', STRICT);
}

export const EXCLUDE_NAMESPACE = `namespace that is out of scope, besides ${SYSTEM_NAMESPACES.join(', ')} (repeatable)`;

export const CLUSTER_FILE =
  'RuntimeClasses, Nodes and Namespaces as "kubectl get -o yaml" prints them (default: well-known classes, no nodes)';

/** What Pods are judged by. */
export const addPolicyOptions = (command: Command): Command =>
  command
    .addOption(policyOption('with policies, exemptions and profiles'))
    .option('--no-balanced', NO_BALANCED);

/** @param what a file that is given is read for */
export const policyOption = (what: string): Option =>
  new Option(
    '--policy <name|path>',
    `${BUILTIN_POLICIES.join(', ')}, or a file or folder ${what} (repeatable)`,
  ).argParser(collect);

/** A deleted policy or a dropped label opens no door: decision/require.ts. */
export const NO_BALANCED =
  'keep the built-in policy balanced, which otherwise judges every Pod, to those that no cluster policy without a podSelector matches';

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
