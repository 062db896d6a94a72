import { START_REASONS } from '../../decision/start-mode.ts';
import type { SuggestedExemption } from '../../decision/suggest.ts';
import { MODE_LABEL } from '../../pod/labels.ts';
import { MODES } from '../../pod/mode.ts';
import { isNamespaceName } from '../../pod/namespace.ts';
import { signalById } from '../../signals/index.ts';
import { clean, sentence, someOf } from '../../source/text.ts';
import { yamlText } from '../../source/yaml/yaml-text.ts';
import { wrap } from '../layout/wrap.ts';
import { clusterName } from '../words/cluster.ts';
import { outcomeSentence } from '../words/outcome.ts';
import { riskWords } from '../words/risk.ts';
import {
  breakoutsOf,
  isRisky,
  isToLabel,
  namesWithPods,
  type StartingNamespace,
  type Suggested,
  type Workload,
  workloadName,
} from './suggested.ts';

/** The width of a comment in columns. */
const WIDTH = 100;

/** How many namespaces are in one command: a line that a shell accepts, and a person can read. */
const IN_ONE = 20;

/** `-o yaml`: the exemptions, to be reviewed, completed and applied, and the commands that label the namespaces. */
export function yaml(suggested: Suggested): string {
  const { exemptions, cluster } = suggested;
  const head = [
    ...comment(`The set to start with on ${clusterName(cluster)}, by cofferdam ${suggested.version}.`),
    ...stepsOf(suggested),
    ...labelLines(suggested.namespaces),
    ...leftLines(suggested),
  ];
  const documents = exemptions.map(
    one => `---\n${[...aboutLines(one), ''].join('\n')}${yamlText(one.exemption)}`,
  );
  return `${head.join('\n')}\n${documents.join('')}`;
}

function stepsOf({ exemptions }: Suggested): readonly string[] {
  if (exemptions.length === 0) return ['#', '# Nothing needs an exemption.'];
  const risky = exemptions.filter(isRisky).length;
  const look =
    risky === 0
      ? 'None of the exemptions below lets a container take over its node.'
      : `${risky === 1 ? 'The first exemption below lets' : `The first ${risky} exemptions below let`} a container take over its node: look at ${risky === 1 ? 'it' : 'them'}, change the workload, or accept what that means; do not just sign.`;
  return [
    '#',
    ...comment(look),
    ...comment(
      'Write who answers for each, and why, in place of TODO; delete what nobody answers for; then kubectl apply -f this file.',
    ),
  ];
}

function labelLines(namespaces: readonly StartingNamespace[]): readonly string[] {
  // A name that no API server accepts must not be in a command.
  const labelled = namespaces.filter(one => isToLabel(one) && isNamespaceName(one.name));
  if (labelled.length === 0) return [];
  const lines = [...MODES].reverse().flatMap(mode => {
    const some = labelled.filter(one => one.mode === mode);
    const reasons = [...Map.groupBy(some, ({ because }) => because)];
    return reasons.flatMap(([because, of]) => [
      '#',
      ...comment(`${mode}: ${START_REASONS[because]}.`),
      ...commandsFor(
        of.map(({ name }) => name),
        mode,
      ),
    ]);
  });
  return ['#', '# The modes, once the exemptions are applied:', ...lines];
}

const commandsFor = (names: readonly string[], mode: string): readonly string[] =>
  Array.from({ length: Math.ceil(names.length / IN_ONE) }, (_, i) => {
    const some = names.slice(i * IN_ONE, (i + 1) * IN_ONE).join(' ');
    return `#   kubectl label --overwrite namespace ${some} ${MODE_LABEL}=${mode}`;
  });

function leftLines({ left }: Suggested): readonly string[] {
  if (left.length === 0) return [];
  return [
    '#',
    '# Would be rejected in enforce, and no exemption helps; their namespaces stay below it:',
    ...left.flatMap(({ workload, decision }) =>
      comment(
        `- ${clean(workloadName(workload))}${workload.isNext ? ' (next Pods)' : ''} in ${clean(workload.namespace)}: ${outcomeSentence(decision)}`,
      ),
    ),
  ];
}

function aboutLines(one: SuggestedExemption<Workload>): readonly string[] {
  const breakouts = breakoutsOf(one);
  const signals = [...new Set(one.exemption.spec.waive.map(({ signal }) => signal))];
  return [
    ...(breakouts.length > 0 ? comment(`LOOK AT THIS: ${riskWords(breakouts)}.`) : []),
    ...comment(`For ${someOf(namesWithPods(one.runs), 10)}.`),
    ...signals.flatMap(id => {
      const signal = signalById.get(id);
      return signal ? comment(`${id}: ${signal.reason}. Instead: ${sentence(signal.fix)}`) : [];
    }),
  ];
}

const comment = (text: string): readonly string[] => wrap(text, WIDTH - 2).map(line => `# ${line}`);
