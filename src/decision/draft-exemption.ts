import type { Pod } from '../pod/kube.ts';
import { isNamespaceName } from '../pod/namespace.ts';
import { type ContainerView, viewPod } from '../pod/view.ts';
import { TO_DO } from '../policy/exemption.ts';
import { compileImage } from '../policy/image.ts';
import { MAX_IMAGES, MAX_VALUES } from '../policy/schema/exemption.ts';
import type { SandboxExemption } from '../policy/types.gen.ts';
import { asFound } from '../signals/as-found.ts';
import type { Finding, SignalId } from '../signals/signal.ts';
import { freeName } from '../source/free-name.ts';
import { API_VERSION } from '../source/group.ts';
import { PATTERNS } from '../source/schema.ts';
import { DAY_MS } from '../source/time.ts';
import type { Decision } from './decision.ts';
import { signalsToWaive } from './to-waive.ts';

/** The object whose Pod is to be exempt. */
export interface ExemptedObject {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** Narrows the draft; left out when unknown. */
  readonly serviceAccount?: string;
}

const SUBDOMAIN = new RegExp(PATTERNS.subdomain);

/** The placeholders among all that an exemption names; undefined where there are none. */
export function toFillIn({
  namespace,
  serviceAccount,
}: Pick<ExemptedObject, 'namespace' | 'serviceAccount'>): 'namespace' | 'service account' | undefined {
  if (!isNamespaceName(namespace)) return 'namespace';
  return serviceAccount && !SUBDOMAIN.test(serviceAccount) ? 'service account' : undefined;
}

const LIFETIME_DAYS = 90;

/**
 * A SandboxExemption, as narrow as the decision allows; undefined when none would help, or when something has to be filled in
 * first.
 * @param pod what was decided on
 * @param now milliseconds since the epoch
 * @param taken names of existing exemptions
 * @param days for which it is in force
 */
export function draftedExemption(
  decision: Decision,
  subject: ExemptedObject,
  pod: Pod,
  now: number,
  taken: readonly string[] = decision.exemptions.map(({ name }) => name),
  days = LIFETIME_DAYS,
): SandboxExemption | undefined {
  const signals = signalsToWaive(decision);
  if (signals.length === 0 || toFillIn(subject)) return undefined;
  const { namespace, serviceAccount } = subject;
  const waived = toBeWaived(decision, signals);
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
      waive: signals.flatMap(signal => entriesOf(waived, signal)),
      owner: `${TO_DO} who answers for it`,
      reason: `${TO_DO} why ${subject.kind} ${subject.name} must have it`,
      expires: new Date(Math.floor(now / DAY_MS + days) * DAY_MS).toISOString().replace('.000Z', 'Z'),
    },
  };
}

/**
 * Whether an image that the draft would name is a placeholder, or nothing that a node could pull: without it, the draft would be
 * one for every image.
 */
export function isImageToFillIn(decision: Decision, pod: Pod): boolean {
  const { containers } = viewPod(pod, '');
  return toBeWaived(decision, signalsToWaive(decision))
    .flatMap(finding => holdersOf(finding, containers))
    .some(({ image }) => !isNameable(image));
}

const toBeWaived = ({ findings }: Decision, signals: readonly SignalId[]): readonly Finding[] =>
  findings.filter(({ signal, waivedBy }) => waivedBy === undefined && signals.includes(signal));

type Waived = SandboxExemption['spec']['waive'][number];

/** Entries with every value that is there, so that a later value is a new decision; a boolean adds nothing to its signal. */
function entriesOf(findings: readonly Finding[], signal: SignalId): Waived[] {
  const values = findings.filter(finding => finding.signal === signal).map(asNamed);
  if (values.some(value => value === undefined || typeof value === 'boolean')) return [{ signal }];
  const all = [...new Set(values.map(String))];
  const entries = Array.from({ length: Math.ceil(all.length / MAX_VALUES) }, (_, i) =>
    all.slice(i * MAX_VALUES, (i + 1) * MAX_VALUES),
  );
  return entries.map(some => ({ signal, values: some }));
}

/** The value as it is written, where an exemption names it in that form. */
const asNamed = ({ signal, value, written }: Finding): Finding['value'] =>
  written !== undefined && asFound(signal, written) === value ? written : value;

/**
 * The containers whose images have to match for a finding to be waived: its own, or all of them for a finding of the whole Pod.
 */
export const holdersOf = (
  { container, path }: Finding,
  containers: readonly ContainerView[],
): readonly ContainerView[] =>
  container === undefined ? containers : containers.filter(one => path.startsWith(one.path));

/**
 * The repositories whose images the findings depend on: a container's finding is waived by its own image, one of the whole Pod
 * by all images. Undefined where no list would waive every finding.
 */
function repositories(
  findings: readonly Finding[],
  containers: readonly ContainerView[],
): string[] | undefined {
  if (containers.length === 0) return undefined;
  const holders = findings.flatMap(finding => holdersOf(finding, containers));
  const images = [...new Set(holders.map(({ image }) => image))];
  const names = [...new Set(images.map(repositoryOf))];
  return images.every(isNameable) && names.length <= MAX_IMAGES ? names : undefined;
}

const isNameable = (image: string): boolean => compileImage(repositoryOf(image))?.(image) === true;

/** The image as it is written, without its tag and digest. */
const repositoryOf = (image: string): string => image.replace(/@.*/, '').replace(/:[^:/]*$/, '');
