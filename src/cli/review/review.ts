import { type Command, Option } from 'commander';
import { MODES } from '../../pod/mode.ts';
import type { Review, Reviewed } from '../../report/result.ts';
import { FORMATS } from '../../report/review/index.ts';
import { overallSentences } from '../../report/words/overall.ts';
import { toldOnce } from '../../source/alike.ts';
import { addSourceOptions, flagOf, isOfCluster } from '../cluster/open.ts';
import type { SourceOptions } from '../cluster/source.ts';
import { choosing } from '../console/choices.ts';
import { Failure } from '../console/failure.ts';
import { helpBelow } from '../console/help.ts';
import type { CliIo, ExitCode } from '../console/io.ts';
import { type OutputOptions, outputOption, parseOutputs, writeAll } from '../console/output.ts';
import { refuseJudged } from '../console/same-file.ts';
import { isError, tell, tellNotes } from '../console/tell.ts';
import { addInputOptions, dockerOption, type InputOptions, refuseFiles } from '../judging/options.ts';
import type { ReviewMode } from '../judging/scope.ts';
import { tellDecisive } from '../judging/strict.ts';
import { applySettings } from '../settings/apply.ts';
import {
  type Against,
  againstBaseline,
  type BaselineOptions,
  loadBaseline,
  renewBaseline,
} from './baseline.ts';
import { reviewFiles } from './files.ts';
import { onlyOption } from './only.ts';

const FAIL_ON = ['reject', 'sandbox', 'never'] as const;
type FailOn = (typeof FAIL_ON)[number];

interface ReviewOptions extends InputOptions, SourceOptions, OutputOptions, BaselineOptions {
  readonly mode: ReviewMode;
  readonly failOn?: FailOn;
  readonly only?: readonly string[];
}

const HELP = `
Judges Pods, and every workload with a Pod template, as the webhook would. Other kinds are passed over and counted.

Folders are read with all folders in them (.yaml, .yml, .json), even hidden ones, except .git and node_modules. Files there
that are no manifests are skipped and counted. A file may hold several YAML or JSON documents, and lists. A chart or a
kustomization is one line, unless --helm and --kustomize render it.

A Compose file that is named is judged service by service, and the answer is a runtime of Docker. As Docker sets none by
itself, a service that lacks one makes the exit code 1. docs/docker.md says what counts as what.

Pods of kube-system, kube-public, kube-node-lease and of the namespaces that --exclude-namespace names are out of scope: the
API server calls no webhook for them. They are listed with the verdict that they would have, and do not change the exit code.
With --from-cluster, the webhooks that are installed in the cluster say which namespaces these are.

With --from-cluster, the Pods that a cluster runs are judged as if their owners created them again, and so are workloads that
have no Pods now, or whose template was changed after their Pods were made. It only reads, and nothing has to be installed
there. The cluster's policies and exemptions are in force besides those of --policy. With --snapshot, a saved cluster is
judged as it was then, and no cluster is asked.

With --write-baseline, a team can start with an old repository: its findings are written to a file, and --baseline leaves them
out until they get worse. Objects are compared by kind, namespace and name, and findings by their content, not by their lines.

Exit code: 0 if all is fine; 1 if a verdict is at or above --fail-on; 2 if there is no answer (usage, unreadable input or policy).

Examples:
  cofferdam review deploy/                              every manifest in a folder
  helm template ./chart | cofferdam review -            what a chart would make
  cofferdam review -f pod.yaml --policy strict          against a built-in policy
  cofferdam review -f deploy/ --cluster cluster.yaml    against the classes and nodes of a cluster
  cofferdam review -f deploy/ -o table -o json=out.json
  cofferdam review deploy/ -o html=review.html          a page in one file, to look at and to show around
  cofferdam review deploy/ --only reject                only what has to be changed
  cofferdam review deploy/ --write-baseline known.json  from now on: cofferdam review deploy/ --baseline known.json
  cofferdam review compose.yaml --docker-daemon /etc/docker/daemon.json
  cofferdam review --from-cluster                       what would become of the Pods that run, and what it would cost
  cofferdam review --snapshot cluster.json              the same, of what "cofferdam snapshot cluster.json" has saved
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
  addSourceOptions(addInputOptions(command).addOption(dockerOption()))
    .addOption(outputOption(FORMATS))
    .addOption(
      choosing(
        new Option(
          '--mode <mode>',
          'mode that the verdicts are told for; "namespace" goes by the labels of Namespaces (and is the default with --from-cluster)',
        ),
        [...MODES, 'namespace'],
      ).default('enforce'),
    )
    .addOption(
      choosing(
        new Option(
          '--fail-on <verdict>',
          'least verdict that makes the exit code 1 (default: reject in mode enforce, never in the others)',
        ),
        FAIL_ON,
      ),
    )
    .addOption(onlyOption())
    .option('--baseline <file>', 'list, and fail for, only what is new or worse than in this file')
    .option('--write-baseline <file>', 'write a file for --baseline of what there is now')
    .addHelpText('after', helpBelow(HELP))
    .action(async (files: string[], options: ReviewOptions) => {
      // A cluster has its own policies, and no settings file.
      if (!isOfCluster(options)) await applySettings(command, io);
      answer(await review(files, command.opts(), givenOn(command), io));
    });
}

/** Whether an option was given, rather than having its default. */
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
  const judged = isOfCluster(options)
    ? { review: await ofCluster(files, options, isGiven, io), entries: [] }
    : await ofFiles(files, options, io);
  const problems = toldOnce(judged.review.problems);
  const result = { ...judged.review, problems, ...(options.only && { only: options.only }) };
  tell(result.problems, io);
  tellNotes(result.notes ?? [], io);
  refuseJudged(
    [...outputs.map(({ file }) => file), options.writeBaseline],
    result.results.map(({ source }) => source),
  );
  await writeAll(outputs, FORMATS, result, io);
  if (outputs.every(({ format }) => format === 'gitlab')) tellOverall(result, io);
  await renewBaseline(judged, options, io);
  const isUnsure = tellDecisive(result.assumed, io);
  if (isUnsure || result.problems.some(isError)) return 2;
  return result.results.some(one => fails(one, options.failOn)) ? 1 : 0;
}

async function ofFiles(files: readonly string[], options: ReviewOptions, io: CliIo): Promise<Against> {
  // This comes first, as nobody should wait for a review that has no answer.
  const known = options.baseline === undefined ? undefined : await loadBaseline(options.baseline);
  const { review, files: read } = await reviewFiles(files, options, io);
  return againstBaseline(review, read, known, options);
}

async function ofCluster(
  files: readonly string[],
  options: ReviewOptions,
  isGiven: IsGiven,
  io: CliIo,
): Promise<Review> {
  const { baseline, writeBaseline } = options;
  if (baseline !== undefined || writeBaseline !== undefined) {
    throw new Failure(
      `${flagOf(options)} takes no baseline`,
      'A baseline is of manifests: Pods come and go. Leave it out, or review the manifests.',
    );
  }
  refuseFiles(files, options, flagOf(options));
  const { namespace, mode, ...rest } = options;
  // It is loaded only now, as judging manifests needs no network.
  const { reviewCluster } = await import('./cluster.ts');
  return reviewCluster(
    {
      ...rest,
      mode: isGiven('mode') ? mode : 'namespace',
      ...(isGiven('namespace') && { namespace }),
    },
    io,
  );
}

/** Reports what a format has no place for; verdicts that rest on assumptions are reported in any case. */
function tellOverall({ assumed, ...result }: Review, io: CliIo): void {
  const told = { ...result, ...(assumed && { assumed: { ...assumed, decisive: [] } }) };
  for (const line of overallSentences(told)) io.err(`${line}\n`);
}

/** What a baseline knows, and what mode `off` does not judge, cannot fail; modes other than `enforce` fail only on request. */
function fails({ mode, decision, since }: Reviewed, failOn: FailOn | undefined): boolean {
  if (mode === 'off' || since?.state === 'known') return false;
  // Docker sets no runtime by itself, so a service without the one that it needs would run on the host kernel.
  const least = decision.isService ? 'sandbox' : 'reject';
  const threshold = failOn ?? (mode === 'enforce' ? least : 'never');
  if (threshold === 'never' || decision.verdict === 'admit') return false;
  return decision.verdict === 'reject' || threshold === 'sandbox';
}
