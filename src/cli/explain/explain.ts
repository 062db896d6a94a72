import type { Command } from 'commander';
import { patchFor } from '../../admission/patch.ts';
import { draftedExemption, toFillIn } from '../../decision/draft-exemption.ts';
import { decideCreation, type Ground } from '../../decision/ground.ts';
import { asUnnamed, signalsToWaive } from '../../decision/to-waive.ts';
import { ApiRights } from '../../input/api-rights.ts';
import { assumedFor } from '../../input/assumed.ts';
import type { PodSubject, Subjects } from '../../input/subjects.ts';
import type { Pod } from '../../pod/kube.ts';
import { compileExemption } from '../../policy/exemption.ts';
import type { Snapshot } from '../../policy/policy.ts';
import type { SandboxExemption } from '../../policy/types.gen.ts';
import type { Explained } from '../../report/explain/explained.ts';
import { EXPLAIN_FORMATS } from '../../report/explain/index.ts';
import { passedOverSentence } from '../../report/words/passed-over.ts';
import { suggest } from '../../source/flaw.ts';
import { someOf } from '../../source/text.ts';
import { Failure } from '../console/failure.ts';
import { helpBelow } from '../console/help.ts';
import type { CliIo, ExitCode } from '../console/io.ts';
import { type OutputOptions, outputOption, parseOutputs, writeAll } from '../console/output.ts';
import { isError, tell } from '../console/tell.ts';
import { version } from '../console/version.ts';
import { loadGround } from '../judging/ground.ts';
import { readInput } from '../judging/input.ts';
import { groundFor, unknowns } from '../judging/manifest-ground.ts';
import { addInputOptions, type InputOptions, inputPaths } from '../judging/options.ts';
import { reviewed } from '../judging/reviewed.ts';
import { scopeWithout } from '../judging/scope.ts';
import { asStrict, decisiveIn, tellDecisive, tellRepeats } from '../judging/strict.ts';
import { applySettings } from '../settings/apply.ts';

interface ExplainOptions extends InputOptions, OutputOptions {
  readonly name?: string;
}

const HELP = `
Exit code: 0 if admitted, sandboxed or out of scope; 1 if rejected; 2 if there is no answer (usage, unreadable input or policy).

Examples:
  cofferdam explain pod.yaml
  cofferdam explain deploy/ --name Deployment/web
  kubectl get pod web -o yaml | cofferdam explain -
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
    .option('--name <name>', 'the object to explain where there are several: NAME or KIND/NAME')
    .addOption(outputOption(EXPLAIN_FORMATS))
    .addHelpText('after', helpBelow(HELP))
    .action(async (files: string[]) => {
      await applySettings(command, io);
      answer(await explain(files, command.opts(), io));
    });
}

async function explain(files: readonly string[], options: ExplainOptions, io: CliIo): Promise<ExitCode> {
  const outputs = parseOutputs(options, EXPLAIN_FORMATS);
  const paths = inputPaths(files, options, 'explain');
  const loaded = await loadGround(options, io);
  const input = await readInput(paths, options, io);
  tell(input.problems, io);
  const bySettings = options.settings?.problems ?? [];
  const weakened = options.strict ? asStrict(bySettings) : bySettings;
  tell(weakened, io);
  const subject = pick(input, options.name);
  const ground = groundFor(loaded, input.namespaces);
  const problems = unknowns(subject, ground);
  tell(problems, io);
  if ([...weakened, ...problems].some(isError)) return 2;
  const explained = explainOne(subject, ground, input, options);
  await writeAll(outputs, EXPLAIN_FORMATS, explained, io);
  const isUnsure = options.strict === true && tellRepeats(subject, io);
  if (tellDecisive(explained.assumed, io) || isUnsure) return 2;
  const { decision, outOfScope } = explained.result;
  return decision.verdict === 'reject' && !outOfScope ? 1 : 0;
}

function explainOne(
  subject: PodSubject,
  ground: Ground,
  { rbac }: Subjects,
  { strict, excludeNamespace, settings }: ExplainOptions,
): Explained {
  const now = Date.now();
  const asked = { mode: 'enforce', scope: scopeWithout(excludeNamespace) } as const;
  const review = reviewed(subject, ground, asked, now, { rights: new ApiRights(rbac) });
  const { result, judged } = review;
  const { snapshot, view } = ground;
  const taken = snapshot.exemptions.map(({ name }) => name);
  // For a part of a Pod, neither the images are known, nor what else it will ask for.
  const unnamed = asUnnamed(result.decision);
  const decision = unnamed ?? result.decision;
  const isExemptible = !subject.isFragment && signalsToWaive(decision).length > 0;
  const fillIn = isExemptible ? toFillIn(result) : undefined;
  const draft = isExemptible ? draftedExemption(decision, result, subject.pod, now, taken) : undefined;
  const exempt = unnamed ? withoutName(judged.subject) : judged.subject;
  return {
    version: version(),
    result,
    assumed: {
      ...assumedFor([judged], ground),
      ...(strict && { decisive: decisiveIn(review, ground, now) }),
      ...(settings && { settings }),
    },
    profiles: snapshot.profiles,
    patch: patchFor(subject.pod, result.decision, view),
    ...(draft && {
      exemption: draft,
      withExemption: decideCreation(exempt, { view, snapshot: withDraft(snapshot, draft) }, now),
    }),
    ...(fillIn && { fillIn }),
    ...(isExemptible && unnamed && { isUnnamed: true }),
  };
}

/** What names no class, for which alone an exemption helps. */
const withoutName = <T extends Pick<PodSubject, 'pod'>>(subject: T): T => {
  const { runtimeClassName: _, ...spec } = subject.pod.spec ?? {};
  return { ...subject, pod: { ...subject.pod, spec } as Pod };
};

/** The snapshot as it would be with the draft in force. */
const withDraft = (snapshot: Snapshot, draft: SandboxExemption): Snapshot => ({
  ...snapshot,
  exemptions: [...snapshot.exemptions, compileExemption(draft)],
});

/** The one object to explain. */
function pick({ subjects, skipped, problems }: Subjects, name: string | undefined): PodSubject {
  const named =
    name === undefined ? subjects : subjects.filter(one => isCalled(`${one.kind}/${one.name}`, name));
  const [first, ...rest] = named;
  if (first && rest.length === 0) return first;
  const all = (first ? named : subjects).map(({ kind, name: own }) => `${kind}/${own}`);
  const some = someOf(all, 10);
  if (first) throw new Failure(`${named.length} objects to choose from`, `Choose one with --name: ${some}`);
  const unread = problems.find(({ object }) => object && name && isCalled(object, name))?.object;
  if (unread) throw new Failure(`${unread} cannot be judged`, 'What is wrong with it stands above.');
  if (all.length > 0) {
    throw new Failure(
      `no object is called "${name}"`,
      suggest(name ?? '', namesOf(all), `There are: ${some}`),
    );
  }
  const errors = problems.filter(isError).length;
  if (errors > 0) throw new Failure('nothing to explain: the input has problems');
  throw new Failure(
    'nothing to explain: no Pod, and no workload with a Pod template',
    passedOverSentence(skipped) || undefined,
  );
}

/** The names as `--name` takes them, without the kind and with it. */
const namesOf = (objects: readonly string[]): readonly string[] => [
  ...objects.map(object => object.slice(object.indexOf('/') + 1)),
  ...objects,
];

/** @param object `Kind/name` */
const isCalled = (object: string, wanted: string): boolean =>
  object.slice(object.indexOf('/') + 1) === wanted || object.toLowerCase() === wanted.toLowerCase();
