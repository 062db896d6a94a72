import { type Command, Option } from 'commander';
import { SYSTEM_NAMESPACES } from '../../cluster/system.ts';
import type { Ground } from '../../decision/ground.ts';
import { partsMissing } from '../../doctor/guard-parts.ts';
import { guardBindings } from '../../guard/binding.ts';
import { fitGuard } from '../../guard/guard.ts';
import { locksFor } from '../../guard/locks.ts';
import type { AdmissionBinding } from '../../guard/object.ts';
import { GuardTooLarge } from '../../guard/too-large.ts';
import { yamlOf } from '../../guard/yaml.ts';
import { MODES, type Mode } from '../../pod/mode.ts';
import { addConnectionOptions, type ConnectionOptions, connectTo } from '../cluster/connection.ts';
import { liveSource } from '../cluster/fetch.ts';
import { clusterGround, deciding, type PolicyOptions } from '../cluster/ground.ts';
import { choosing } from '../console/choices.ts';
import { collect } from '../console/collect.ts';
import { Failure } from '../console/failure.ts';
import { helpBelow } from '../console/help.ts';
import type { CliIo } from '../console/io.ts';
import { loadGround } from '../judging/ground.ts';
import { addPolicyOptions, EXCLUDE_NAMESPACE } from '../judging/options.ts';
import { type ExportOptions, part, write } from './options.ts';

interface GuardOptions extends ExportOptions, PolicyOptions, ConnectionOptions {
  readonly cluster?: string;
  readonly fromCluster?: true;
  readonly defaultMode: Mode;
  readonly excludeNamespace?: readonly string[];
}

const HELP = `
With the guard, the API server itself refuses what must not run, even while no webhook answers. With the locks, only a few
people can change what decides about Pods. docs/guard.md says what each does. Without the chart, nobody keeps the guard in
step with the policies: write it again when they change, or run "cofferdam serve --guard". Apply it with --server-side, as
it is too large for the annotation in which "kubectl apply" otherwise keeps a copy.
`;

/** Registers `cofferdam export guard`. */
export function exportGuard(parent: Command, io: CliIo): void {
  const command = part(parent, 'guard', 'the guard and the locks, as ValidatingAdmissionPolicies', [
    '--policy strict | kubectl apply --server-side -f -',
    '--from-cluster --default-mode enforce --exclude-namespace monitoring',
  ]);
  addPolicyOptions(command)
    .option(
      '--cluster <file>',
      'RuntimeClasses as "kubectl get -o yaml" prints them (default: well-known classes)',
    )
    .option('--from-cluster', 'take the RuntimeClasses, policies, exemptions and profiles of the cluster');
  addConnectionOptions(command)
    .addOption(
      choosing(new Option('--default-mode <mode>', 'mode of namespaces without a label'), MODES).default(
        'warn',
      ),
    )
    .option('--exclude-namespace <name>', EXCLUDE_NAMESPACE, collect)
    .addHelpText('after', helpBelow(HELP))
    .action(async (options: GuardOptions) => write(await guardText(options, io), options, io));
}

async function guardText(options: GuardOptions, io: CliIo): Promise<string> {
  if (options.fromCluster && options.cluster !== undefined) {
    throw new Failure(
      '--cluster and --from-cluster cannot be used together',
      'Give only one of them: the RuntimeClasses come either from a file or from the cluster.',
    );
  }
  const { snapshot, view } = await groundOf(options, io);
  const { defaultMode, excludeNamespace = [] } = options;
  const excludedNamespaces = [...new Set([...SYSTEM_NAMESPACES, ...excludeNamespace])];
  return yamlOf([
    ...guardOf({ snapshot, view }, guardBindings({ defaultMode, excludedNamespaces }), io),
    ...locksFor(snapshot.profiles).flatMap(({ policy, binding }) => [policy, binding]),
  ]);
}

async function groundOf(options: GuardOptions, io: CliIo): Promise<Ground> {
  if (!options.fromCluster) return loadGround({ ...options, namespace: 'default' }, io);
  const source = liveSource(await connectTo(options));
  return clusterGround(await deciding(source, io), options, io);
}

/** The guard; what it leaves out is reported on standard error, in the words of `doctor`. */
function guardOf(
  { snapshot, view }: Ground,
  bindings: readonly AdmissionBinding[],
  io: CliIo,
): readonly object[] {
  try {
    const guard = fitGuard(snapshot, view.runtimeClasses(), Date.now(), { besideLabels: true });
    for (const { mark, message } of partsMissing(guard)) io.err(`${mark}: ${message}\n`);
    // This is the order in which they have to come into force: what stands beside the guard comes first.
    return [guard.ofLabels, ...bindings, guard.policy];
  } catch (error) {
    if (!(error instanceof GuardTooLarge)) throw error;
    throw new Failure(
      error.message,
      'Merge or shorten policies and exemptions; docs/guard.md says how much fits into a guard.',
    );
  }
}
