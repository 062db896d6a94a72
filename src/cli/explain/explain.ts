import { type Command, Option } from 'commander';
import { patchFor } from '../../admission/patch.ts';
import type { Ground } from '../../decision/ground.ts';
import { ApiRights } from '../../input/api-rights.ts';
import { assumedFor } from '../../input/assumed.ts';
import type { PodSubject, Subjects } from '../../input/subjects.ts';
import { ISOLATIONS } from '../../profiles/isolation.ts';
import type { Explained } from '../../report/explain/explained.ts';
import { EXPLAIN_FORMATS } from '../../report/explain/index.ts';
import { choosing } from '../console/choices.ts';
import { Failure } from '../console/failure.ts';
import { helpBelow } from '../console/help.ts';
import type { CliIo, ExitCode } from '../console/io.ts';
import { outputOption, parseOutputs, writeAll } from '../console/output.ts';
import { version } from '../console/version.ts';
import { addInputOptions } from '../judging/options.ts';
import { reviewed } from '../judging/reviewed.ts';
import { scopeWithout } from '../judging/scope.ts';
import { decisiveIn, tellDecisive, tellRepeats } from '../judging/strict.ts';
import { applySettings } from '../settings/apply.ts';
import { ask, type ExplainOptions, tellUnknowns } from './asked.ts';
import { draftFor } from './draft.ts';
import { pick } from './pick.ts';

const HELP = `
With --fix, standard output is a patch: the smallest change with which each object that is rejected is let in, or put into
a sandbox that is there. With --to, it is the smallest change with which nothing needs more isolation than that. What each
object becomes, and what has to be done by hand, is told on standard error. --exempt prints exemptions in place of it.

Exit code: 0 if admitted, sandboxed or out of scope; 1 if rejected; 2 if there is no answer (usage, unreadable input or policy).
With --fix and --exempt: 0 if that is all that has to be done; 1 if something has to be done by hand; 2 as above.

Examples:
  cofferdam explain pod.yaml
  cofferdam explain deploy/ --name Deployment/web
  kubectl get pod web -o yaml | cofferdam explain -
  cofferdam explain deploy/ --fix | git apply              look at the patch first: what is removed may be needed
  cofferdam explain deploy/ --fix --write                  change the files themselves
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
    .action(async (files: string[]) => {
      await applySettings(command, io);
      answer(await explain(files, refusingAlone(command.opts()), io));
    });
}

/** @throws Failure where flags do not go together */
function refusingAlone(options: ExplainOptions): ExplainOptions {
  const { fix, to, write, exempt } = options;
  if (fix && exempt) throw new Failure('--fix and --exempt are two ways out', 'Ask for one at a time.');
  const alone = fix ? undefined : write ? '--write' : to ? '--to' : undefined;
  if (alone) throw new Failure(`${alone} is for --fix`, `Write --fix ${alone}.`);
  return options;
}

async function explain(files: readonly string[], options: ExplainOptions, io: CliIo): Promise<ExitCode> {
  if (options.fix) return (await import('./fix.ts')).fix(files, options, io);
  if (options.exempt) return (await import('./exempt.ts')).exempt(files, options, io);
  const outputs = parseOutputs(options, EXPLAIN_FORMATS);
  const { input, ground, isWeakened } = await ask(files, options, io);
  const subject = pick(input, options.name);
  if (tellUnknowns(subject, ground, io) || isWeakened) return 2;
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
    ...draftFor(subject, review, ground, now),
  };
}
