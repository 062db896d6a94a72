import { type Command, Option } from 'commander';
import { MODES } from '../pod/mode.ts';
import { FORMATS } from '../report/index.ts';
import type { Review, Reviewed } from '../report/result.ts';
import { addConnectionOptions, type ConnectionOptions } from './connection.ts';
import { Failure } from './failure.ts';
import { isError, tell } from './ground.ts';
import { helpBelow } from './help.ts';
import type { CliIo, ExitCode } from './io.ts';
import { addInputOptions, type InputOptions } from './options.ts';
import { type OutputOptions, outputOption, parseOutputs, writeAll } from './output.ts';
import { reviewCluster } from './review-cluster.ts';
import { reviewFiles } from './review-files.ts';
import type { ReviewMode } from './reviewed.ts';
import { tellDecisive } from './strict.ts';

const FAIL_ON = ['reject', 'sandbox', 'never'] as const;
type FailOn = (typeof FAIL_ON)[number];

interface ReviewOptions extends InputOptions, ConnectionOptions, OutputOptions {
  readonly mode: ReviewMode;
  readonly fromCluster?: true;
  readonly failOn?: FailOn;
}

const HELP = `
Judges Pods, and every workload with a Pod template, as the webhook would. Other kinds are passed over and counted.

Folders are read to the bottom (.yaml, .yml, .json), hidden ones too, but for .git and node_modules; what is no manifest
there is passed over and counted. Files may hold YAML or JSON documents, JSON objects one after the other, and lists.
Charts and kustomizations are one line each, or are made with --helm and --kustomize.

Pods of kube-system, kube-public, kube-node-lease and of what --exclude-namespace names are out of scope: the API server
asks nobody about them. They are listed with the verdict that they would have, and do not bear on the exit code. With
--from-cluster, the webhooks that are installed there say which namespaces these are.

With --from-cluster it judges the Pods that a cluster runs, as if their owners made them anew, and workloads that have
none now: read-only, and before anything is installed there. Policies and exemptions that the cluster holds are in force besides those of --policy.

Exit code: 0 fine; 1 a verdict is at or above --fail-on; 2 no answer (usage, unreadable input or policy).

Examples:
  cofferdam review deploy/                              every manifest in a folder
  helm template ./chart | cofferdam review -            what a chart would make
  cofferdam review -f pod.yaml --policy strict          against a built-in policy
  cofferdam review -f deploy/ --cluster cluster.yaml    against the classes and nodes of a cluster
  cofferdam review -f deploy/ -o table -o json=out.json
  cofferdam review --from-cluster                       what would become of the Pods that run, and what it would cost
`;

/** Registers `cofferdam review`. */
export function reviewCommand(program: Command, io: CliIo, answer: (code: ExitCode) => void): void {
  const command = program
    .command('review')
    .summary('judge manifests, or the Pods of a cluster')
    .description(
      'Says which sandbox each Pod of some manifests, or of a cluster, would run in, or why it would be rejected.',
    )
    .argument('[files...]', 'files or folders to read, - for standard input');
  addConnectionOptions(
    addInputOptions(command).option(
      '--from-cluster',
      'judge the Pods that a cluster runs (-n: of one namespace)',
    ),
  )
    .addOption(outputOption(FORMATS))
    .addOption(
      new Option(
        '--mode <mode>',
        'mode that the verdicts are told for; "namespace" goes by the labels of Namespaces (and is the default with --from-cluster)',
      )
        .choices([...MODES, 'namespace'])
        .default('enforce'),
    )
    .addOption(
      new Option(
        '--fail-on <verdict>',
        'least verdict that makes the exit code 1 (default: reject in mode enforce, never in the others)',
      ).choices(FAIL_ON),
    )
    .addHelpText('after', helpBelow(HELP))
    .action(async (files: string[], options: ReviewOptions) =>
      answer(await review(files, options, givenOn(command), io)),
    );
}

/** Whether an option was given, or has its default. */
type IsGiven = (option: 'mode' | 'namespace') => boolean;
const givenOn =
  (command: Command): IsGiven =>
  option =>
    command.getOptionValueSource(option) !== 'default';

async function review(
  files: readonly string[],
  options: ReviewOptions,
  isGiven: IsGiven,
  io: CliIo,
): Promise<ExitCode> {
  const outputs = parseOutputs(options, FORMATS);
  const result = options.fromCluster
    ? await fromCluster(files, options, isGiven, io)
    : await reviewFiles(files, options, io);
  tell(result.problems, io);
  await writeAll(outputs, FORMATS, result, io);
  const isUnsure = tellDecisive(result.assumed, io);
  if (isUnsure || result.problems.some(isError)) return 2;
  return result.results.some(one => fails(one, options.failOn)) ? 1 : 0;
}

function fromCluster(
  files: readonly string[],
  options: ReviewOptions,
  isGiven: IsGiven,
  io: CliIo,
): Promise<Review> {
  const { filename, cluster, exclude, helm, kustomize } = options;
  if (files.length > 0 || filename || cluster || exclude || helm || kustomize) {
    throw new Failure(
      '--from-cluster takes no files and no --cluster',
      'It judges the Pods that the cluster runs; leave it out to judge manifests.',
    );
  }
  const { namespace, mode, ...rest } = options;
  return reviewCluster(
    {
      ...rest,
      mode: isGiven('mode') ? mode : 'namespace',
      ...(isGiven('namespace') && { namespace }),
    },
    io,
  );
}

/** Mode `off` judges nothing, so nothing can fail there; other modes than `enforce` fail only when asked to. */
function fails({ mode, decision }: Reviewed, failOn: FailOn | undefined): boolean {
  if (mode === 'off') return false;
  const threshold = failOn ?? (mode === 'enforce' ? 'reject' : 'never');
  if (threshold === 'never' || decision.verdict === 'admit') return false;
  return decision.verdict === 'reject' || threshold === 'sandbox';
}
