import type { Decision, Objection, PlacementStep } from '../../decision/decision.ts';
import { atLeast } from '../../profiles/isolation.ts';
import type { SignalId } from '../../signals/signal.ts';
import { clean, list } from '../../source/text.ts';
import { phraseOf, titleOf } from './terms.ts';

/** The parts of a decision on which words about a class depend. */
type Asked = Pick<Decision, 'required' | 'isService'>;

/** What stands against a class, as a sentence without its subject: `does not support a raw block volume`. */
export function objectionSentence(
  { code, signal, detail }: Objection,
  step: Pick<PlacementStep, 'isolation'>,
  { required, isService }: Asked,
): string {
  switch (code) {
    case 'too-weak':
      return `isolates only as ${step.isolation}, and ${required} is required`;
    case 'exposed':
      return `does not contain ${subjectOf(signal, detail)}`;
    case 'unsupported':
      return signal === undefined
        ? `schedules to nodes that the Pod's nodeSelector rules out (label ${clean(detail ?? '')})`
        : `does not support ${subjectOf(signal, detail)}`;
    case 'not-served':
      return `does not serve ${unservedPaths(detail)}`;
    case 'missing':
      return isService ? 'is no runtime of this daemon' : 'does not exist in this cluster';
    case 'no-node':
      return 'has no ready node that can take the Pod now';
    case 'not-listed':
      return 'is not on the list of another policy that applies';
    case 'other-os':
      return 'runs only Windows Pods';
  }
}

/** `GPU`, `extended resource google.com/tpu` */
export const titleWith = (signal: SignalId, resource: string | undefined): string =>
  [titleOf(signal), ...(resource === undefined ? [] : [clean(resource, 80)])].join(' ');

/** `a GPU`, `the extended resource google.com/tpu` */
export const subjectOf = (signal: SignalId = '', resource?: string | undefined): string =>
  resource === undefined ? phraseOf(signal) : `the ${titleWith(signal, resource)}`;

/**
 * Everything that stands against one class, where the sentence around it says what is required: `isolates only as app-kernel;
 * does not support a raw block volume`.
 */
export function stepObjections(step: PlacementStep, asked: Asked): string {
  const bySignal = step.objections.filter(({ signal }) => signal !== undefined);
  const other = step.objections.filter(({ signal }) => signal === undefined);
  const signalsWith = (code: Objection['code']): string[] =>
    bySignal
      .filter(objection => objection.code === code)
      .map(({ signal, detail }) => subjectOf(signal, detail));
  const [exposed, unsupported] = [signalsWith('exposed'), signalsWith('unsupported')];
  return [
    ...other.map(objection =>
      objection.code === 'too-weak'
        ? `isolates only as ${step.isolation}`
        : objectionSentence(objection, step, asked),
    ),
    ...(exposed.length > 0 ? [`does not contain ${list(exposed)}`] : []),
    ...(unsupported.length > 0 ? [`does not support ${list(unsupported, 'or')}`] : []),
    ...bySignal
      .filter(({ code }) => code === 'not-served')
      .map(objection => objectionSentence(objection, step, asked)),
  ].join('; ');
}

/** `the host's /proc, /sys`: paths of which a sandbox has its own. */
export const unservedPaths = (detail = ''): string => `the host's ${clean(detail, 120)}`;

const HOPELESS: readonly Objection['code'][] = ['too-weak', 'missing', 'not-listed', 'other-os'];

/** Classes that exist and isolate enough, so that only a signal or a node stands against them. */
export const strongEnough = (placement: Decision['placement']): PlacementStep[] =>
  placement.filter(step => step.objections.every(({ code }) => !HOPELESS.includes(code)));

/** Classes before the chosen one that isolate enough; what stands against them explains why they were not chosen. */
export function beforeChosen({
  placement,
  required,
}: Pick<Decision, 'placement' | 'required'>): PlacementStep[] {
  const at = placement.findIndex(step => step.chosen);
  return placement.slice(0, Math.max(at, 0)).filter(({ isolation }) => atLeast(isolation, required));
}

/** Signals that stand against every class that isolates enough, so that only a change of the Pod helps. */
export function blockers(placement: Decision['placement']): SignalId[] {
  const [first, ...rest] = strongEnough(placement).map(signalsAgainst);
  return (first ?? []).filter(signal => rest.every(signals => signals.includes(signal)));
}

/** True when exemptions waive every finding of the signal. */
export const isWaived = (signal: SignalId, findings: Decision['findings']): boolean =>
  findings.every(finding => finding.signal !== signal || finding.waivedBy !== undefined);

export const signalsAgainst = ({ objections }: PlacementStep): SignalId[] =>
  objections.flatMap(({ signal }) => (signal === undefined ? [] : [signal]));
