import type { Assumed } from '../../input/assumed.ts';
import { clean, count, someOf } from '../../source/text.ts';
import type { Assumptions } from '../result.ts';

/** `Assumed: classes gvisor and kata-qemu; namespaces shop and ci without labels. --cluster FILE tells yours.`; empty for nothing. */
export function assumedSentence(assumed: Assumed): string {
  const { runtimes = [] } = assumed;
  const docker =
    runtimes.length > 0
      ? `Assumed: ${named('runtime', 'runtimes', runtimes)}. --docker-daemon FILE tells yours.`
      : '';
  return [clusterSentence(assumed), docker].filter(text => text !== '').join(' ');
}

function clusterSentence({ classes, nodes, namespaces }: Assumed): string {
  const parts = [
    ...(classes.length > 0 ? [named('class', 'classes', classes)] : []),
    ...(nodes ? ['a ready node for every class'] : []),
    ...(namespaces.length > 0 ? [`${named('namespace', 'namespaces', namespaces)} without labels`] : []),
  ];
  if (parts.length === 0) return '';
  const lacking = [...(nodes ? ['Nodes'] : []), ...(namespaces.length > 0 ? ['Namespaces'] : [])];
  const hint =
    classes.length > 0
      ? '--cluster FILE tells yours'
      : `${lacking.join(' and ')} in the --cluster file tell yours`;
  return `Assumed: ${parts.join('; ')}. ${hint}.`;
}

/** The sentence for --strict: `2 verdicts rest on what was assumed: Pod/a and Deployment/b.`; empty where none does. */
export const decisiveSentence = ({ decisive = [] }: Pick<Assumptions, 'decisive'>): string =>
  decisive.length === 0
    ? ''
    : `${count(decisive.length, 'verdict rests', 'verdicts rest')} on what was assumed: ${someOf(decisive.map(name => clean(name)))}.`;

const named = (one: string, many: string, names: readonly string[]): string =>
  `${names.length === 1 ? one : many} ${someOf(names.map(name => clean(name)))}`;
