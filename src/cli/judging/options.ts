import { type Command, Option } from 'commander';
import { SYSTEM_NAMESPACES } from '../../cluster/system.ts';
import { BUILTIN_POLICIES } from '../../policy/builtin.ts';
import { collect } from '../console/collect.ts';
import { Failure } from '../console/failure.ts';
import { offering } from '../console/offered.ts';
import { addSettingsOptions, type SettingsOptions } from '../settings/options.ts';
import { STRICT } from './strict.ts';

/** The options that `review` and `explain` share: where the input is, and what it is judged by. */
export interface InputOptions extends SettingsOptions {
  readonly filename?: readonly string[];
  readonly namespace: string;
  readonly policy?: readonly string[];
  readonly balanced: boolean;
  readonly cluster?: string;
  readonly dockerDaemon?: string;
  readonly exclude?: readonly string[];
  readonly ignore?: boolean;
  readonly excludeNamespace?: readonly string[];
  readonly helm?: boolean;
  readonly kustomize?: boolean;
  readonly strict?: boolean;
}

export function addInputOptions(command: Command): Command {
  command
    .option('-f, --filename <path>', 'file or folder to read, - for standard input (repeatable)', collect)
    .option('-n, --namespace <name>', 'namespace of objects that name none', 'default')
    .option('--exclude-namespace <name>', EXCLUDE_NAMESPACE, collect)
    .option(
      '--exclude <glob>',
      'what to leave out of folders, a pattern as in a .gitignore (repeatable)',
      collect,
    )
    .option('--no-ignore', 'also read what a .cofferdamignore leaves out')
    .option('--helm', 'render charts with helm, which has to be on PATH')
    .option('--kustomize', 'build kustomizations with kustomize or kubectl, one of which has to be on PATH');
  addPolicyOptions(command).option('--cluster <file>', CLUSTER_FILE).option('--strict', STRICT);
  return addSettingsOptions(command);
}

/** The option for what services of Compose files are judged by. */
export const dockerOption = (): Option =>
  new Option(
    '--docker-daemon <file>',
    'daemon.json of the Docker that runs the services of Compose files (default: runtimes runsc and io.containerd.kata.v2)',
  );

export const EXCLUDE_NAMESPACE = `namespace that is out of scope, besides ${SYSTEM_NAMESPACES.join(', ')} (repeatable)`;

export const CLUSTER_FILE =
  'RuntimeClasses, Nodes and Namespaces as "kubectl get -o yaml" prints them (default: well-known classes, no nodes)';

/** Adds the options for what Pods are judged by. */
export const addPolicyOptions = (command: Command): Command =>
  command
    .addOption(policyOption('with policies, exemptions and profiles'))
    .option('--no-balanced', NO_BALANCED);

/** @param what what a given file is read for */
export const policyOption = (what: string): Option =>
  offering(
    new Option(
      '--policy <name|path>',
      `${BUILTIN_POLICIES.join(', ')}, or a file or folder ${what} (repeatable)`,
    ).argParser(collect),
    BUILTIN_POLICIES,
  );

/** A deleted policy or a removed label opens no door: decision/require.ts. */
export const NO_BALANCED =
  'let your cluster policies replace the built-in policy balanced: it then judges only Pods that none of them matches (one with a podSelector does not count)';

/** Plain arguments and those of `-f`, in that order. */
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

/**
 * @param flag the flag that asks for a cluster
 * @throws Failure where an option for manifests is given with it
 */
export function refuseFiles(
  files: readonly string[],
  { filename, cluster, config, exclude, helm, kustomize, dockerDaemon }: InputOptions,
  flag: string,
): void {
  if (files.length > 0 || filename || cluster || config || exclude || helm || kustomize || dockerDaemon) {
    throw new Failure(
      `${flag} takes no files, no --cluster and no --config`,
      'It judges the Pods that a cluster runs; leave it out to judge manifests.',
    );
  }
}
