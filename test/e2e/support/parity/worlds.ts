import fc from 'fast-check';
import { exemptions, namespaceLabels, policies } from '../../../arbitraries/guard.ts';
import { rawExemptions, rawPolicies } from '../../../arbitraries/rich-pods.ts';
import { E2E_LABEL } from '../settings.ts';
import { NAME, OWN, renamed } from './names.ts';
import { WATCHFUL_POLICIES } from './watchful.ts';

/** A namespace with its mode, and the policies and exemptions that are in force only in it. */
export interface World {
  readonly name: string;
  /** The mode in its label. */
  readonly mode: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly objects: readonly object[];
}

interface Loose {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly scoring?: object;
    readonly match?: { readonly namespaceSelector?: { readonly matchLabels?: object } };
  };
}

/** Any other word means `enforce`. */
const MODES = ['enforce', 'inject', 'warn', 'enforce', 'audit', 'enfroce', 'inject', 'enforce', 'warn'];

const drawn = fc.oneof(
  fc.record({ policies, exemptions, labels: namespaceLabels }),
  fc.record({ policies: rawPolicies, exemptions: rawExemptions, labels: namespaceLabels }),
);

/**
 * Generated worlds, one without a policy of its own for each mode of `plain`, and one whose rules read everything that can be
 * read.
 */
export function makeWorlds(seed: number): readonly World[] {
  const made = fc.sample(drawn, { numRuns: MODES.length, seed }).map((one, i) => {
    const objects = [...one.policies, ...one.exemptions] as unknown as readonly Loose[];
    return worldOf(`${NAME}-${i}`, MODES[i] ?? '', one.labels, objects);
  });
  const plain = ['enforce', 'inject'].map(mode => worldOf(`${NAME}-plain-${mode}`, mode, {}, []));
  const watchful = ['inject', 'enforce'].map(mode =>
    worldOf(`${NAME}-watchful-${mode}`, mode, {}, WATCHFUL_POLICIES),
  );
  return [...made, ...plain, ...watchful];
}

function worldOf(name: string, mode: string, labels: World['labels'], objects: readonly Loose[]): World {
  return {
    name,
    mode,
    labels: { ...labels, 'cofferdam.dev/mode': mode, [OWN]: 'true' },
    objects: objects
      .filter(({ metadata }) => metadata.namespace !== 'other')
      .map((object, i) => renamed(placed(object, name, i), name)),
  };
}

/** The object under a name of its own, in force only in the namespace; every third exemption expires on another day. */
function placed(object: Loose, namespace: string, i: number): object {
  const { kind, metadata, spec } = object;
  const name = `${namespace}-${metadata.name}`;
  return {
    apiVersion: 'cofferdam.dev/v1alpha1',
    kind,
    metadata: { ...metadata, name, labels: { [E2E_LABEL]: 'true' } },
    spec: {
      ...spec,
      ...(kind === 'ClusterSandboxPolicy' && { match: matchIn(spec.match, namespace) }),
      ...(kind === 'SandboxExemption' && { expires: i % 3 === 2 ? '2026-01-01T00:00:00Z' : inADay() }),
    },
  };
}

const inADay = (): string => new Date(Date.now() + 86_400_000).toISOString();

function matchIn(match: Loose['spec']['match'], namespace: string): object {
  const { namespaceSelector } = match ?? {};
  const here = { 'kubernetes.io/metadata.name': namespace };
  return {
    ...match,
    namespaceSelector: {
      ...namespaceSelector,
      matchLabels: { ...namespaceSelector?.matchLabels, ...here },
    },
  };
}
