import { stringify } from 'yaml';
import type { Decision, PlacementStep } from '../decision/decision.ts';
import type { Pod } from '../pod/kube.ts';
import { type ContainerView, viewPod } from '../pod/view.ts';
import { compileImage } from '../policy/image.ts';
import { MAX_IMAGES } from '../policy/schema/exemption.ts';
import { type Isolation, strongest } from '../profiles/isolation.ts';
import { isRisk } from '../signals/index.ts';
import type { Finding, SignalId } from '../signals/signal.ts';
import { API_VERSION } from '../source/group.ts';
import { DAY } from '../source/time.ts';
import type { Subject } from './subject.ts';

const LIFETIME = 90 * DAY;

/**
 * A SandboxExemption as YAML, as narrow as the decision allows; empty when none would help.
 * @param pod what was decided on
 * @param now milliseconds since the epoch
 */
export function draftExemption(decision: Decision, subject: Subject, pod: Pod, now: number): string {
  const signals = signalsToWaive(decision);
  if (signals.length === 0) return '';
  const { namespace, serviceAccount } = subject;
  const waived = decision.findings.filter(
    ({ signal, waivedBy }) => waivedBy === undefined && signals.includes(signal),
  );
  const images = repositories(waived, viewPod(pod, namespace).containers);
  const narrower = {
    ...(serviceAccount && serviceAccount !== 'default' && { serviceAccounts: [serviceAccount] }),
    ...(images && { images }),
  };
  return stringify({
    apiVersion: API_VERSION,
    kind: 'SandboxExemption',
    metadata: { name: objectName(`${namespace}-${subject.name}`) },
    spec: {
      match: { namespaces: [namespace], ...narrower },
      waive: signals.map(signal => ({ signal, ...valuesOf(waived, signal) })),
      owner: 'TODO who answers for it',
      reason: `TODO why ${subject.kind} ${subject.name} must have it`,
      expires: new Date(Math.floor((now + LIFETIME) / DAY) * DAY).toISOString().replace('.000Z', 'Z'),
    },
  });
}

/**
 * The fewest signals that must be waived for the Pod to be let in; empty when no exemption can do it (a label, a policy
 * or the namespace asks for more than there is) or none is needed (another class would do).
 */
export function signalsToWaive(decision: Decision): SignalId[] {
  const { outcome, placement, suggestion } = decision;
  if (suggestion !== undefined) return [];
  if (outcome === 'added-not-contained') return risks(decision.added ?? []);
  if (outcome !== 'nothing-contains' && outcome !== 'explicit-not-enough') return [];
  // A class that is only exposed still contains the rest of the Pod once that is waived.
  const nearest = placement.find(onlyExposed);
  if (nearest) return nearest.objections.map(({ signal }) => signal ?? '');
  if (outcome === 'explicit-not-enough') return [];
  return requiredWithoutSignals(decision) === 'host-kernel' ? risks(decision.findings) : [];
}

const onlyExposed = ({ objections }: PlacementStep): boolean =>
  objections.length > 0 && objections.every(({ code }) => code === 'exposed');

function risks(findings: Decision['findings']): SignalId[] {
  const unwaived = findings.filter(({ waivedBy }) => waivedBy === undefined).map(({ signal }) => signal);
  return [...new Set(unwaived)].filter(isRisk);
}

/** What labels, rules, policies and the namespace ask for by themselves, under every policy. */
function requiredWithoutSignals({ governing, others }: Decision): Isolation {
  return [governing, ...others].reduce<Isolation>((highest, { contributions, floors }) => {
    const rest = contributions.filter(({ kind }) => kind !== 'signal');
    const score = rest.reduce((sum, { weight }) => sum + weight, 0);
    const stays = floors.filter(
      ({ because, id }) => because !== 'signal' && (because !== 'tier' || Number(id) <= score),
    );
    return stays.reduce((one, { isolation }) => strongest(one, isolation), highest);
  }, 'host-kernel');
}

/** Every value that is there, so that a later one is a new decision; a boolean says nothing more than its signal. */
function valuesOf(findings: readonly Finding[], signal: SignalId): { values?: string[] } {
  const values = findings.filter(finding => finding.signal === signal).map(({ value }) => value);
  if (values.some(value => value === undefined || typeof value === 'boolean')) return {};
  return { values: [...new Set(values.map(String))] };
}

/**
 * The repositories whose images the findings depend on: a container's finding is waived by its own image, one of the
 * whole Pod by those of all. Undefined where no list would waive every finding.
 */
function repositories(
  findings: readonly Finding[],
  containers: readonly ContainerView[],
): string[] | undefined {
  const holders = findings.map(({ container, path }) =>
    container === undefined
      ? containers
      : containers.filter(one => path === one.path || path.startsWith(`${one.path}.`)),
  );
  if (holders.some(list => list.length === 0)) return undefined;
  const images = [...new Set(holders.flat().map(({ image }) => image))];
  const names = [...new Set(images.map(repositoryOf))];
  const sound = images.every(image => compileImage(repositoryOf(image))?.(image));
  return sound && names.length <= MAX_IMAGES ? names : undefined;
}

/** As it is written, without tag and digest. */
const repositoryOf = (image: string): string => image.replace(/@.*$/, '').replace(/:[^:/]*$/, '');

/** RFC 1123 subdomain, as Kubernetes wants object names. */
const objectName = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '') || 'exemption';
