import { stringify } from 'yaml';
import type { KubeObject } from '../kube/object.ts';
import { builtinProfileTable } from '../profiles/builtin.ts';
import { DEBUG_CONSOLE, hasDebugConsole } from '../profiles/flaws.ts';
import { atLeast, type Isolation, rank } from '../profiles/isolation.ts';
import type { Profile, ProfileTable } from '../profiles/profile.ts';
import { freeName } from '../source/free-name.ts';
import { API_VERSION } from '../source/group.ts';
import { isMap } from '../source/mapping.ts';
import { clean, count, list, quote } from '../source/text.ts';
import type { Checked } from './run-probe.ts';
import type { Target } from './targets.ts';

/** A SandboxProfile for a handler that no profile names, or why there is none. */
export type Draft = { readonly handler: string } & ({ readonly yaml: string } | { readonly why: string });

/** What one probe saw of the kernel, or why it saw nothing. */
type Look = Pick<Checked, 'target' | 'privileged' | 'seen' | 'evidence' | 'note' | 'disks'>;

/** An existing SandboxProfile, in force or broken. */
export interface Claim {
  readonly name: string;
  readonly handlers: readonly string[];
}

/** What drafts have to be compatible with. */
export interface Present {
  readonly profiles: ProfileTable;
  /** The SandboxProfiles of the cluster. */
  readonly own: readonly Claim[];
  /** The other nodes that have a probed handler. */
  readonly leftOut: readonly Target[];
}

/** The claim of an object, which may have any content. */
export function claimOf({ metadata, spec }: KubeObject): Claim {
  const handlers = isMap(spec) && Array.isArray(spec.handlers) ? spec.handlers : [];
  return { name: isMap(metadata) ? String(metadata.name) : '', handlers };
}

/**
 * Drafts a SandboxProfile for each handler that no profile names, from what was seen on each node. Pure. The weakest result
 * counts, and there is no draft if a single node showed the host kernel, as a profile vouches for all of them.
 */
export function draftProfiles(checked: readonly Checked[], present: Present): readonly Draft[] {
  const unknown = checked.filter(({ target }) => !isKnown(target.handler, present.profiles));
  return [...Map.groupBy(unknown, ({ target }) => target.handler)].map(([handler, looks]) => ({
    handler,
    ...draft(handler, [...looks, ...leftOutOf(handler, present)], present),
  }));
}

const leftOutOf = (handler: string, { leftOut }: Present): readonly Look[] =>
  leftOut
    .filter(target => target.handler === handler)
    .map(target => ({ target, privileged: false, seen: undefined, evidence: [], note: 'it was left out' }));

const isKnown = (handler: string, profiles: ProfileTable): boolean =>
  profiles.forHandler(handler).handlers.includes(handler);

/** The drafts as text, one after the other, to be reviewed and applied. */
export function draftsText(drafts: readonly Draft[]): string {
  const notes = draftNotes(drafts).map(note => `# ${note}\n`);
  const written = drafts.flatMap(one => ('yaml' in one ? [one.yaml] : []));
  return `${notes.join('')}${written.join('---\n')}`;
}

/** Why there is no draft, one phrase for each handler without one, or one for all. */
export function draftNotes(drafts: readonly Draft[]): readonly string[] {
  if (drafts.length === 0)
    return ['there is no SandboxProfile to draft, as every handler that was probed has a profile'];
  return drafts.flatMap(one =>
    'why' in one ? [`no SandboxProfile for handler ${quote(one.handler)}: ${clean(one.why, 1000)}`] : [],
  );
}

function draft(
  handler: string,
  looks: readonly Look[],
  { profiles, own }: Present,
): { readonly yaml: string } | { readonly why: string } {
  if (hasDebugConsole(handler)) return { why: DEBUG_CONSOLE };
  const broken = own
    .filter(({ name, handlers }) => handlers.includes(handler) && profiles.all.every(({ id }) => id !== name))
    .map(({ name }) => clean(name));
  if (broken.length > 0)
    return { why: `SandboxProfile ${list(broken)} names it, but has errors; correct them first` };
  const seen = looks.flatMap(({ seen, target }) => {
    const isolation = seen?.isolation;
    return isolation === undefined ? [] : [{ isolation, node: target.node, products: seen?.products ?? [] }];
  });
  const host = seen.filter(({ isolation }) => isolation === 'host-kernel').map(({ node }) => node);
  if (host.length > 0) return { why: `the handler is the host kernel on ${nodes(host)}` };
  const weakest = seen.map(({ isolation }) => isolation).toSorted((a, b) => rank(a) - rank(b))[0];
  if (weakest === undefined) return { why: 'no node showed what the handler is' };
  const products = [...new Set(seen.flatMap(one => one.products))];
  const parent = parentOf(handler, weakest, products, profiles);
  const taken = [...own.map(({ name }) => name), ...profiles.all.map(({ id }) => id)];
  return { yaml: written(freeName(handler, taken), handler, looks, weakest, parent) };
}

const nodes = (names: readonly string[]): string => {
  const unique = [...new Set(names)];
  return unique.length > 5 ? count(unique.length, 'node') : `node ${list(unique.map(name => clean(name)))}`;
};

/** Words in the names of handlers that stand for a VMM, as `verify` calls it. */
const VMMS: readonly (readonly [RegExp, string])[] = [
  [/(^|-)qemu(-|$)/, 'QEMU'],
  [/(^|-)clh(-|$)/, 'Cloud Hypervisor'],
  [/(^|-)fc(-|$)/, 'Firecracker'],
];

/**
 * The profile of the longest known handler with which the name begins (`kata-qemu` for `kata-qemu-prod`), if it is of the kind
 * that was seen; otherwise the one with the worst words for that kind.
 */
function parentOf(
  handler: string,
  isolation: Isolation,
  products: readonly string[],
  profiles: ProfileTable,
): Profile {
  const parts = handler.split('-');
  for (let length = parts.length - 1; length > 0; length--) {
    const name = parts.slice(0, length).join('-');
    if (!isKnown(name, profiles)) continue;
    const profile = profiles.forHandler(name);
    if (isOfKind(profile, isolation) && !contradicts(name, products)) return profile;
  }
  const usual = isolation === 'app-kernel' ? 'runsc' : 'kata';
  const profile = profiles.forHandler(usual);
  return isOfKind(profile, isolation) ? profile : builtinProfileTable().forHandler(usual);
}

const isOfKind = (profile: Profile, isolation: Isolation): boolean =>
  profile.os === 'linux' &&
  profile.isolation !== 'host-kernel' &&
  atLeast(profile.isolation, 'vm') === atLeast(isolation, 'vm');

/** Whether the handler is named for one VMM, while another one was seen. */
function contradicts(name: string, products: readonly string[]): boolean {
  const named = VMMS.find(([pattern]) => pattern.test(name))?.[1];
  const seen = VMMS.map(([, product]) => product).filter(product => products.includes(product));
  return named !== undefined && seen.some(product => product !== named);
}

function written(
  name: string,
  handler: string,
  looks: readonly Look[],
  weakest: Isolation,
  parent: Profile,
): string {
  // Only the guest's kernel says that memory is encrypted: attestation alone proves that, and not a look from inside.
  const isolation = weakest === 'confidential-vm' && parent.isolation !== 'confidential-vm' ? 'vm' : weakest;
  const held = keepsDevices(looks);
  const comments = [
    `${clean(handler)}, of RuntimeClass ${list([...new Set(looks.map(({ target }) => clean(target.runtimeClass)))])}. What cofferdam verify saw:`,
    ...looks.map(look => `  ${lookLine(look)}`),
    `What was not seen is taken from profile ${parent.id}. This vouches for every node that has the handler, so review it first.`,
    ...(isolation === weakest ? [] : ['Only attestation proves a confidential VM, so this says vm.']),
    ...(held || isolation === 'app-kernel' ? [] : [DEVICES]),
  ];
  const document = {
    apiVersion: API_VERSION,
    kind: 'SandboxProfile',
    metadata: { name },
    spec: {
      handlers: [handler],
      extends: parent.id,
      isolation,
      isolationReason: `seen from inside on ${nodes(looks.filter(({ seen }) => seen?.isolation).map(({ target }) => target.node))}`,
      isolationSource: 'cofferdam verify',
      ...(held && isolation !== 'app-kernel' && { node: { privilegedWithoutHostDevices: true } }),
    },
  };
  return `${comments.map(line => `# ${line}\n`).join('')}${stringify(document)}`;
}

const DEVICES =
  'Whether privileged containers are given devices of the host is not known; --privileged probes it on every node.';

function lookLine({ target, privileged, seen, evidence, note }: Look): string {
  const who = `node ${clean(target.node)}${privileged ? ', privileged' : ''}`;
  if (seen === undefined) return `${who}: not seen: ${clean(note ?? '', 1000)}`;
  return `${who}: ${seen.isolation ?? 'nothing certain'}: ${evidence.map(line => clean(line, 1000)).join('; ')}`;
}

/** Whether a privileged container saw no disk on each node that was seen. */
function keepsDevices(looks: readonly Look[]): boolean {
  const plain = looks.filter(({ privileged, seen }) => !privileged && seen?.isolation !== undefined);
  const clear = new Set(
    looks.filter(({ disks }) => disks !== undefined && disks.length === 0).map(({ target }) => target.node),
  );
  const dirty = looks.some(({ disks }) => disks !== undefined && disks.length > 0);
  return !dirty && plain.length > 0 && plain.every(({ target }) => clear.has(target.node));
}
