import { posix } from 'node:path';
import type { AppliedExemption } from '../../../src/decision/decision.ts';
import type { PodView } from '../../../src/pod/view.ts';
import type { SandboxExemption } from '../../../src/policy/types.gen.ts';
import { inspect } from '../../../src/signals/index.ts';
import type { Finding } from '../../../src/signals/signal.ts';
import { selected } from './match.ts';
import { byText, isRisky, signalOf } from './world.ts';

export interface Inspected {
  readonly findings: readonly Finding[];
  readonly exemptions: readonly AppliedExemption[];
}

/**
 * Findings, each with the first exemption in force, by name, that waives it.
 * @param risksAlone only exposures and breakouts, no other findings
 */
export function inspected(
  pod: PodView,
  exemptions: readonly SandboxExemption[],
  now: number,
  risksAlone = false,
): Inspected {
  const inForce = exemptions
    .filter(exemption => isFor(exemption, pod) && now < Date.parse(exemption.spec.expires))
    .toSorted((a, b) => byText(a.metadata.name, b.metadata.name));
  const all = inspect(pod).filter(({ signal }) => !risksAlone || isRisky(signalOf(signal).category));
  const findings = all.map(finding => {
    for (const exemption of inForce) {
      if (waives(exemption, finding, pod)) return { ...finding, waivedBy: exemption.metadata.name };
    }
    return finding;
  });
  const applied: AppliedExemption[] = [];
  for (const { metadata, spec } of inForce) {
    const signals: string[] = [];
    for (const { signal, waivedBy } of findings) {
      if (waivedBy === metadata.name && !signals.includes(signal)) signals.push(signal);
    }
    const { owner, reason } = spec;
    const expires = Date.parse(spec.expires);
    if (signals.length > 0) applied.push({ name: metadata.name, owner, reason, expires, signals });
  }
  return { findings, exemptions: applied };
}

function isFor({ spec }: SandboxExemption, pod: PodView): boolean {
  const { namespaces, serviceAccounts, podSelector } = spec.match;
  if (!namespaces.includes(pod.namespace)) return false;
  if (serviceAccounts && !serviceAccounts.includes(accountOf(pod))) return false;
  return selected(podSelector, pod.labels);
}

const accountOf = ({ spec }: PodView): string => {
  if (spec.serviceAccountName) return spec.serviceAccountName;
  return spec.serviceAccount ? spec.serviceAccount : 'default';
};

function waives({ spec }: SandboxExemption, finding: Finding, pod: PodView): boolean {
  const value = String(finding.value);
  const named = spec.waive.some(({ signal, values }) =>
    values
      ? values.some(one => spelt(signal, String(one)) === value) &&
        (signal === finding.signal || wasSplit(signal, finding.signal))
      : signal === finding.signal || FORMER[value] === signal || isWholeOf(signal, finding.signal),
  );
  if (!named) return false;
  const { images } = spec.match;
  if (!images) return true;
  const listed = (image: string): boolean => images.some(pattern => isImage(pattern, image));
  // A finding of a container is waived only where its image matches; one of the Pod, where the image of every container does.
  const own = pod.containers.find(({ path }) => finding.path.startsWith(path));
  return own ? listed(own.image) : pod.containers.every(({ image }) => listed(image));
}

/** Capabilities and paths of the host are the same however they are spelled. */
function spelt(signal: string, named: string): string {
  if (signal.startsWith('capability')) return named.trim().toUpperCase().replace(/^CAP_/, '');
  if (!signal.startsWith('hostPath')) return named;
  return posix.normalize(named).replace(/(?<=.)[/]$/, '');
}

/** The signals that covered the generators' paths before they were split. */
const FORMER: Readonly<Record<string, string>> = {
  '/etc/localtime': 'hostPathSystem',
  '/var/run/dbus': 'hostPathSocket',
  '/dev/log': 'hostPathDevice',
  '/dev/shm': 'hostPathDevice',
};

/**
 * A signal for what every host has was split from one for what is the host's own; whoever waives all of the former waives it
 * whole.
 */
const isWholeOf = (former: string, now: string): boolean =>
  former === 'hostPathSystem' && now === 'hostPathPublic';

/** Whether one signal covered findings of the other before. */
const wasSplit = (former: string, now: string): boolean =>
  ['hostPathSystem hostPathPublic', 'hostPathSocket hostPathPublic', 'hostPathSocket hostPathService']
    .concat(['hostPathDevice hostPathPublic', 'hostPathDevice hostPath'])
    .includes(`${former} ${now}`);

/** Whether a pattern names an image, both completed as container runtimes do. */
export function isImage(pattern: string, image: string): boolean {
  if (pattern.endsWith('/*')) return repositoryOf(image).startsWith(pattern.slice(0, -1));
  const [wanted, found] = [partsOf(pattern), partsOf(image)];
  if (wanted.repository !== found.repository) return false;
  if (wanted.digest) return wanted.digest === found.digest;
  return !wanted.tag || (wanted.tag === found.tag && !found.digest);
}

const repositoryOf = (image: string): string => partsOf(image).repository;

function partsOf(image: string): { repository: string; tag: string; digest: string } {
  const [name = '', digest = ''] = image.split('@');
  const [first = '', ...rest] = name.split('/');
  const host = rest.length > 0 && /[.:]/.test(first) ? first : 'docker.io';
  const path = host === first ? rest : [first, ...rest];
  const folder = host === 'docker.io' && path.length === 1 ? 'library/' : '';
  const [repository = '', tag = ''] = path.join('/').split(':');
  return { repository: `${host}/${folder}${repository}`, tag, digest };
}
