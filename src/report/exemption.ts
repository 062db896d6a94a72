import type { Decision, PlacementStep } from '../decision/decision.ts';
import type { Pod } from '../pod/kube.ts';
import { type ContainerView, viewPod } from '../pod/view.ts';
import { compileImage } from '../policy/image.ts';
import { MAX_IMAGES } from '../policy/schema/exemption.ts';
import type { SandboxExemption } from '../policy/types.gen.ts';
import { atLeast, type Isolation, strongest } from '../profiles/isolation.ts';
import { asFound } from '../signals/as-found.ts';
import { isRisk } from '../signals/index.ts';
import type { Finding, SignalId } from '../signals/signal.ts';
import { API_VERSION } from '../source/group.ts';
import { DAY } from '../source/time.ts';
import type { Subject } from './subject.ts';
import { isHygiene } from './words.ts';

const LIFETIME = 90 * DAY;

/**
 * A SandboxExemption, as narrow as the decision allows; undefined when none would help.
 * @param pod what was decided on
 * @param now milliseconds since the epoch
 * @param taken names of exemptions that there are
 */
export function draftedExemption(
  decision: Decision,
  subject: Subject,
  pod: Pod,
  now: number,
  taken: readonly string[] = decision.exemptions.map(({ name }) => name),
): SandboxExemption | undefined {
  const signals = signalsToWaive(decision);
  if (signals.length === 0) return undefined;
  const { namespace, serviceAccount } = subject;
  const waived = decision.findings.filter(
    ({ signal, waivedBy }) => waivedBy === undefined && signals.includes(signal),
  );
  const images = repositories(waived, viewPod(pod, namespace).containers);
  const narrower = {
    ...(serviceAccount && serviceAccount !== 'default' && { serviceAccounts: [serviceAccount] }),
    ...(images && { images }),
  };
  return {
    apiVersion: API_VERSION,
    kind: 'SandboxExemption',
    metadata: { name: freeName(`${namespace}-${subject.name}`, taken) },
    spec: {
      match: { namespaces: [namespace], ...narrower },
      waive: signals.map(signal => ({ signal, ...valuesOf(waived, signal) })),
      owner: 'TODO who answers for it',
      reason: `TODO why ${subject.kind} ${subject.name} must have it`,
      expires: new Date(Math.floor((now + LIFETIME) / DAY) * DAY).toISOString().replace('.000Z', 'Z'),
    },
  };
}

/**
 * The fewest signals that must be waived for the Pod to run as its author wrote it: in a class that shows it what is waived,
 * or else on the host kernel. Empty when no exemption can do it (a label, a policy or the namespace asks for more than
 * there is) or none is needed (another class would do).
 */
export function signalsToWaive(decision: Decision): SignalId[] {
  const { outcome, placement, suggestion, findings } = decision;
  if (suggestion !== undefined) return [];
  if (outcome === 'added-not-contained') return risks(decision.added ?? []);
  const weaker = () => firstOf(placement, step => inWeakerClass(step, decision));
  if (outcome === 'explicit-not-enough') return weaker() ?? [];
  if (outcome !== 'nothing-contains') return [];
  const signals = firstOf(placement, step => inClass(step, decision)) ?? weaker();
  if (signals) return signals;
  const all = risks(findings);
  return requiredWithout(all, decision) === 'host-kernel' ? all : [];
}

function firstOf<T, R>(list: readonly T[], find: (one: T) => R | undefined): R | undefined {
  for (const one of list) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What must be waived for one class to fit that contains the rest; undefined where that is not all. */
function inClass(step: PlacementStep, decision: Decision): SignalId[] | undefined {
  const signals = exposedIn(step);
  const fits = signals && signals.length > 0 && isEnough(step, signals, decision);
  return fits ? signals : undefined;
}

/** The same of a class that is too weak as things are: what asks for more than it is is waived, too. */
function inWeakerClass(step: PlacementStep, decision: Decision): SignalId[] | undefined {
  const signals = exposedIn(step);
  if (!signals) return undefined;
  const others = risks(decision.findings).filter(signal => !signals.includes(signal));
  // One by one, the gravest first, in which order they are found.
  for (let more = 0; more <= others.length; more++) {
    const some = [...signals, ...others.slice(0, more)];
    if (isEnough(step, some, decision)) return withoutNeedless(some, signals.length, step, decision);
  }
  return undefined;
}

/** @param kept how many of them, at the start, must be waived in any case */
const withoutNeedless = (
  signals: readonly SignalId[],
  kept: number,
  step: PlacementStep,
  decision: Decision,
): SignalId[] =>
  signals.slice(kept).reduce(
    (some, signal) => {
      const fewer = some.filter(one => one !== signal);
      return isEnough(step, fewer, decision) ? fewer : some;
    },
    [...signals],
  );

/** Signals that a class exposes; undefined where it would not show what is waived, or something else stands against it. */
function exposedIn({ objections, notServed }: PlacementStep): SignalId[] | undefined {
  const others = objections.filter(({ code }) => code !== 'too-weak' && code !== 'no-node');
  const signals = others.flatMap(({ code, signal }) => (code === 'exposed' && signal ? [signal] : []));
  const isAll = signals.length === others.length && !signals.some(signal => notServed.includes(signal));
  return isAll ? signals : undefined;
}

const isEnough = ({ isolation }: PlacementStep, waived: readonly SignalId[], decision: Decision): boolean =>
  atLeast(isolation, requiredWithout(waived, decision));

function risks(findings: Decision['findings']): SignalId[] {
  const unwaived = findings.filter(({ waivedBy }) => waivedBy === undefined).map(({ signal }) => signal);
  return [...new Set(unwaived)].filter(isRisk);
}

/** What every policy asks for, together, once these signals are waived. */
function requiredWithout(waived: readonly SignalId[], { governing, others }: Decision): Isolation {
  return [governing, ...others].reduce<Isolation>((highest, { contributions, floors }) => {
    const rest = contributions.filter(
      one => !isHygiene(one) && !(one.kind === 'signal' && waived.includes(one.id)),
    );
    const score = rest.reduce((sum, { weight }) => sum + weight, 0);
    const stays = floors.filter(({ because, id }) => {
      if (because === 'signal') return !waived.includes(id);
      return because !== 'tier' || Number(id) <= score;
    });
    return stays.reduce((one, { isolation }) => strongest(one, isolation), highest);
  }, 'host-kernel');
}

/** Every value that is there, so that a later one is a new decision; a boolean says nothing more than its signal. */
function valuesOf(findings: readonly Finding[], signal: SignalId): { values?: string[] } {
  const values = findings.filter(finding => finding.signal === signal).map(asNamed);
  if (values.some(value => value === undefined || typeof value === 'boolean')) return {};
  return { values: [...new Set(values.map(String))] };
}

/** As it is written, where an exemption knows it by that. */
const asNamed = ({ signal, value, written }: Finding): Finding['value'] =>
  written !== undefined && asFound(signal, written) === value ? written : value;

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

/** Applied under a name that is taken, it would end what is exempt by that. */
function freeName(text: string, taken: readonly string[]): string {
  const name = objectName(text);
  let free = name;
  for (let i = 2; taken.includes(free); i++) free = `${name}-${i}`;
  return free;
}

/** RFC 1123 subdomain, as Kubernetes wants object names. */
const objectName = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '') || 'exemption';
