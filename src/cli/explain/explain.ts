import { type Command, Option } from 'commander';
import { patchFor } from '../../admission/patch.ts';
import type { Ground } from '../../decision/ground.ts';
import { ApiRights } from '../../input/api-rights.ts';
import { assumedFor } from '../../input/assumed.ts';
import type { RunningPod } from '../../input/cluster.ts';
import type { PodSubject } from '../../input/subjects.ts';
import { ISOLATIONS } from '../../profiles/isolation.ts';
import type { Explained } from '../../report/explain/explained.ts';
import { EXPLAIN_FORMATS } from '../../report/explain/index.ts';
import { choosing } from '../console/choices.ts';
import { Failure } from '../console/failure.ts';
import { helpBelow } from '../console/help.ts';
import type { CliIo, ExitCode } from '../console/io.ts';
import { type Output, outputOption, parseOutputs, writeAll } from '../console/output.ts';
import { refuseJudged } from '../console/same-file.ts';
import { isError } from '../console/tell.ts';
import { version } from '../console/version.ts';
import { ofRunning } from '../judging/of-running.ts';
import { addInputOptions, dockerOption, refuseFiles } from '../judging/options.ts';
import { reviewed } from '../judging/reviewed.ts';
import { scopeWithout } from '../judging/scope.ts';
import { decisiveIn, tellDecisive, tellRepeats } from '../judging/strict.ts';
import { applySettings } from '../settings/apply.ts';
import { ask, type ExplainOptions, tellUnknowns } from './asked.ts';
import { draftFor } from './draft.ts';
import { pick } from './pick.ts';
import type { Judging } from './snapshot.ts';

const HELP = `
With --fix, standard output is a patch: the smallest change with which each rejected object is admitted, or put into an
existing sandbox. With --to, it is the smallest change with which nothing needs more isolation than that. Standard error
says what becomes of each object, and what has to be done by hand. With --exempt, standard output has exemptions instead.
A service of a Compose file is given the runtime that it has to name, as nobody else sets one.

Exit code: 0 if admitted, sandboxed or out of scope; 1 if rejected; 2 if there is no answer (usage, unreadable input or policy).
With --fix and --exempt: 0 if that is all that has to be done; 1 if something has to be done by hand; 2 as above.

Examples:
  cofferdam explain pod.yaml
  cofferdam explain deploy/ --name Deployment/web
  kubectl get pod web -o yaml | cofferdam explain -
  cofferdam explain --snapshot cluster.json -n shop --name Deployment/web
  cofferdam explain deploy/ --fix | git apply              look at the patch first: what is removed may be needed
  cofferdam explain deploy/ --fix --write                  change the files themselves
  cofferdam explain compose.yaml --fix --write             set the runtime of the services that need one
  cofferdam explain web.yaml --fix --to app-kernel         what it takes to run in gVisor in place of a VM
  cofferdam explain agent.yaml --exempt > exemption.yaml   if it has to be as it is
`;

/** Registers `cofferdam explain`. */
export function explainCommand(program: Command, io: CliIo, answer: (code: ExitCode) => void): void {
  const command = program
    .command('explain')
    .summary('show the whole trace of one decision')
    .description(
      'Shows how the decision on one Pod or workload comes about: what was found, how it adds up, what is required, which class fits.',
    )
    .argument('[files...]', 'files or folders to read, - for standard input');
  addInputOptions(command)
    .addOption(dockerOption())
    .option('--snapshot <file>', 'explain a Pod or workload of a cluster that "cofferdam snapshot" has saved')
    .option('--name <name>', 'the object to explain where there are several: NAME or KIND/NAME')
    .option('--fix', 'print the smallest change of the manifests, as a patch')
    .addOption(
      choosing(
        new Option('--to <isolation>', 'with --fix: change what needs more isolation than this, too'),
        ISOLATIONS,
      ),
    )
    .option('--write', 'with --fix: change the files in place, and nothing else in them')
    .option('--exempt', 'print the narrowest exemptions, as YAML')
    .addOption(outputOption(EXPLAIN_FORMATS))
    .addHelpText('after', helpBelow(HELP))
    .action(async (files: string[], { snapshot }: ExplainOptions) => {
      // A cluster has its own policies, and no settings file.
      if (snapshot === undefined) await applySettings(command, io);
      const options = refusingAlone(command.opts<ExplainOptions>());
      if (snapshot === undefined) return answer(await explain(files, options, io));
      const isNamed = command.getOptionValueSource('namespace') !== 'default';
      answer(await explainRunning(files, options, isNamed ? options.namespace : undefined, io));
    });
}

const SNAPSHOT_HELPS =
  'Give the files instead; "cofferdam suggest --snapshot FILE" makes the exemptions that a cluster needs.';

/** @throws Failure where flags do not go together */
function refusingAlone(options: ExplainOptions): ExplainOptions {
  const { fix, to, write, exempt } = options;
  if (fix && exempt) throw new Failure('--fix and --exempt are two ways out', 'Ask for one at a time.');
  const alone = fix ? undefined : write ? ['--write'] : to ? ['--to', to] : undefined;
  if (alone) throw new Failure(`${alone[0]} is for --fix`, `Write --fix ${alone.join(' ')}.`);
  if (options.snapshot !== undefined && (fix || exempt)) {
    const flag = fix ? '--fix' : '--exempt';
    throw new Failure(`${flag} is about manifests, and a snapshot has none`, SNAPSHOT_HELPS);
  }
  return options;
}

async function explain(files: readonly string[], options: ExplainOptions, io: CliIo): Promise<ExitCode> {
  if (options.fix) return (await import('./fix.ts')).fix(files, options, io);
  if (options.exempt) return (await import('./exempt.ts')).exempt(files, options, io);
  const outputs = parseOutputs(options, EXPLAIN_FORMATS);
  const { input, groundOf, isWeakened } = await ask(files, options, io);
  const subject = pick(input, options.name);
  const ground = groundOf(subject);
  if (tellUnknowns(subject, ground, io) || isWeakened) return 2;
  const judging = { rights: new ApiRights(input.rbac), scope: scopeWithout(options.excludeNamespace) };
  const code = await answerWith(explainOne(subject, ground, judging, options), outputs, io);
  return options.strict === true && tellRepeats(subject, io) ? 2 : code;
}

/** @param namespace the namespace that was named */
async function explainRunning(
  files: readonly string[],
  options: ExplainOptions,
  namespace: string | undefined,
  io: CliIo,
): Promise<ExitCode> {
  const outputs = parseOutputs(options, EXPLAIN_FORMATS);
  refuseFiles(files, options, '--snapshot');
  // It is loaded only now, as explaining a manifest does not need it.
  const { ofSnapshot } = await import('./snapshot.ts');
  const { subject, ground, judging, problems } = await ofSnapshot(namespace, options, io);
  if (problems.some(isError)) return 2;
  return answerWith(explainOne(subject, ground, judging, options), outputs, io);
}

async function answerWith(explained: Explained, outputs: readonly Output[], io: CliIo): Promise<ExitCode> {
  refuseJudged(
    outputs.map(({ file }) => file),
    [explained.result.source],
  );
  await writeAll(outputs, EXPLAIN_FORMATS, explained, io);
  if (tellDecisive(explained.assumed, io)) return 2;
  const { decision, outOfScope } = explained.result;
  return decision.verdict === 'reject' && !outOfScope ? 1 : 0;
}

function explainOne(
  subject: PodSubject,
  ground: Ground,
  { scope, ...by }: Judging,
  { strict, settings }: ExplainOptions,
): Explained {
  const now = Date.now();
  const review = reviewed(subject, ground, { mode: 'enforce', scope }, now, by);
  const { judged } = review;
  const owner = 'owner' in subject ? (subject as RunningPod).owner : undefined;
  const result = { ...review.result, ...('owner' in subject && ofRunning(subject as RunningPod)) };
  const { snapshot, view } = ground;
  return {
    version: version(),
    result,
    assumed: {
      ...assumedFor([judged], ground),
      ...(strict && { decisive: decisiveIn(review, ground, now) }),
      ...(settings && { settings }),
    },
    profiles: snapshot.profiles,
    patch: subject.isService ? [] : patchFor(subject.pod, result.decision, view),
    ...draftFor(subject, { ...review, result: { ...result, ...owner } }, ground, now),
  };
}
