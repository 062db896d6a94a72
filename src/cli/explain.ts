import type { Command } from 'commander';
import { stringify } from 'yaml';
import { patchFor } from '../admission/patch.ts';
import { ApiRights } from '../input/api-rights.ts';
import { assumedFor } from '../input/assumed.ts';
import { type Ground, judge } from '../input/judge.ts';
import type { PodSubject, Subjects } from '../input/subjects.ts';
import { compileExemption } from '../policy/exemption.ts';
import type { Snapshot } from '../policy/policy.ts';
import type { SandboxExemption } from '../policy/types.gen.ts';
import { draftedExemption } from '../report/exemption.ts';
import type { Explained } from '../report/explain/explained.ts';
import { EXPLAIN_FORMATS } from '../report/explain/index.ts';
import { passedOverSentence } from '../report/passed-over.ts';
import { someOf } from '../report/words.ts';
import { Failure } from './failure.ts';
import { isError, loadGround, tell } from './ground.ts';
import { helpBelow } from './help.ts';
import { readInput } from './input.ts';
import type { CliIo, ExitCode } from './io.ts';
import { groundFor, unknowns } from './judge.ts';
import { addInputOptions, type InputOptions, inputPaths } from './options.ts';
import { type OutputOptions, outputOption, parseOutputs, writeAll } from './output.ts';
import { reviewed } from './reviewed.ts';
import { scopeWithout } from './scope.ts';
import { decisiveIn, tellDecisive, tellRepeats } from './strict.ts';
import { version } from './version.ts';

interface ExplainOptions extends InputOptions, OutputOptions {
  readonly name?: string;
}

const HELP = `
Exit code: 0 admitted, sandboxed or out of scope; 1 rejected; 2 no answer (usage, unreadable input or policy).

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
    .action(async (files: string[], options: ExplainOptions) => answer(await explain(files, options, io)));
}

async function explain(files: readonly string[], options: ExplainOptions, io: CliIo): Promise<ExitCode> {
  const outputs = parseOutputs(options, EXPLAIN_FORMATS);
  const paths = inputPaths(files, options, 'explain');
  const loaded = await loadGround(options, io);
  const input = await readInput(paths, options, io);
  tell(input.problems, io);
  const subject = pick(input, options.name);
  const ground = groundFor(loaded, input.namespaces);
  const problems = unknowns(subject, ground);
  tell(problems, io);
  if (problems.some(isError)) return 2;
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
  { strict, excludeNamespace }: ExplainOptions,
): Explained {
  const now = Date.now();
  const asked = { mode: 'enforce', scope: scopeWithout(excludeNamespace) } as const;
  const review = reviewed(subject, ground, asked, now, { rights: new ApiRights(rbac) });
  const { result, judged } = review;
  const { snapshot, view } = ground;
  const taken = snapshot.exemptions.map(({ name }) => name);
  // Of a part, the images are not known, nor what else it will ask for.
  const draft = subject.isFragment
    ? undefined
    : draftedExemption(result.decision, result, subject.pod, now, taken);
  return {
    version: version(),
    result,
    assumed: {
      ...assumedFor([judged], ground),
      ...(strict && { decisive: decisiveIn(review, ground, now) }),
    },
    profiles: snapshot.profiles,
    patch: patchFor(subject.pod, result.decision, view),
    exemption: draft ? stringify(draft) : '',
    ...(draft && {
      withExemption: judge(judged.subject, { view, snapshot: withDraft(snapshot, draft) }, now),
    }),
  };
}

/** As if the draft were in force. */
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
  if (all.length > 0) throw new Failure(`no object is called "${name}"`, `There are: ${some}`);
  const errors = problems.filter(isError).length;
  if (errors > 0) throw new Failure('nothing to explain: the input has problems');
  throw new Failure(
    'nothing to explain: no Pod, and no workload with a Pod template',
    passedOverSentence(skipped) || undefined,
  );
}

/** @param object `Kind/name` */
const isCalled = (object: string, wanted: string): boolean =>
  object.slice(object.indexOf('/') + 1) === wanted || object.toLowerCase() === wanted.toLowerCase();
