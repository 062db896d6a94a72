import { imageRegex } from '../policy/image.ts';
import type { CompiledExemption } from '../policy/policy.ts';
import type { Cel } from '../signals/cel.ts';
import { type Lens, type Place, text, texts, WHOLE_POD } from '../signals/guards.ts';
import type { SignalId } from '../signals/signal.ts';
import { anyOf, selectorCel } from './cel.ts';
import type { Variable } from './object.ts';

/*
Which exemptions are for this Pod, each as a variable, and which findings they waive. The guard has no clock: an exemption that
has expired since the guard was written waives until the leader writes it anew.
*/
export interface Exemptions {
  readonly variables: readonly Variable[];
  /** Signals that any exemption names. */
  readonly signals: ReadonlySet<SignalId>;
  /** Signals that any exemption names for some images only. */
  readonly byImage: ReadonlySet<SignalId>;
  /** How findings of a signal are waived, for a guard that sees a Pod through this lens. */
  waives(signal: SignalId, lens: Lens): Lens['waives'];
}

interface Numbered {
  readonly exemption: CompiledExemption;
  readonly variable: string;
}

const numberedOf = (all: readonly CompiledExemption[], now: number): readonly Numbered[] =>
  all
    .filter(({ expires }) => now < expires)
    .map((exemption, i) => ({ exemption, variable: `exemption${i}` }));

/** @param now milliseconds since the epoch; exemptions that have expired by then are left out */
export function exemptionsCel(all: readonly CompiledExemption[], now: number): Exemptions {
  const numbered = numberedOf(all, now);
  const bySignal = new Map<SignalId, Numbered[]>();
  for (const one of numbered) {
    for (const signal of one.exemption.scope.values.keys()) {
      bySignal.set(signal, [...(bySignal.get(signal) ?? []), one]);
    }
  }
  const byImage = numbered.flatMap(({ exemption: { scope } }) =>
    scope.images ? [...scope.values.keys()] : [],
  );
  return {
    variables: numbered.flatMap(variablesOf),
    signals: new Set(bySignal.keys()),
    byImage: new Set(byImage),
    waives: (signal, lens) => {
      const naming = bySignal.get(signal);
      if (!naming) return undefined;
      return (value, on) => anyOf(naming.map(one => `(${waiver(one, signal, lens, value, on)})`));
    },
  };
}

/**
 * Roughly how many characters each exemption takes in the guard, by name: in variables of its own, and where its signals are
 * looked for, in the Pod, in the stored Pod and in what is added.
 * @param variable counts only this one; exemptions that have no part in it are left out
 */
export function exemptionSizes(
  all: readonly CompiledExemption[],
  now: number,
  variable?: string,
): ReadonlyMap<string, number> {
  const sizes = numberedOf(all, now).map((one): [string, number] => {
    const waivers = [...one.exemption.scope.values.keys()].flatMap(signal => {
      const expression = waiver(one, signal, WHOLE_POD, 'c.value', 'c');
      return ['', 'Before', 'Added'].map(suffix => ({ name: `${signal}${suffix}`, expression }));
    });
    const own = [...variablesOf(one), ...waivers].filter(({ name }) => !variable || name === variable);
    return [one.exemption.name, own.reduce((sum, { expression }) => sum + expression.length, 0)];
  });
  return new Map(sizes.filter(([, size]) => size > 0));
}

function variablesOf({ exemption, variable }: Numbered): readonly Variable[] {
  const { namespaces, serviceAccounts, podSelector, images } = exemption.scope;
  const tests = [
    // The request's namespace: the object's own may be empty or forged (CVE-2024-48921).
    `request.namespace in ${texts(namespaces)}`,
    ...(serviceAccounts ? [accountTest(serviceAccounts)] : []),
    selectorCel(podSelector, 'variables.labels'),
  ].filter(test => test !== undefined);
  const covers = { name: variable, expression: tests.join(' && ') };
  if (!images) return [covers];
  const matching = (of: Cel) => `variables.${variable} ? ${of}.filter(i, ${imageTest(images)}) : []`;
  return [
    covers,
    { name: `${variable}Images`, expression: matching('variables.images') },
    { name: `${variable}ImagesBefore`, expression: matching('variables.imagesBefore') },
  ];
}

/**
 * Tests the service account. The API server has filled it in, except for mirror Pods; an empty one is the default, as in
 * `viewPod`.
 */
function accountTest(names: readonly string[]): Cel {
  const accounts = names.includes('default') ? [...names, ''] : names;
  return `object.spec.?serviceAccountName.orValue('') in ${texts(accounts)}`;
}

/** Whether the exemption is for the image `i`. */
function imageTest(patterns: readonly string[]): Cel {
  const tests = patterns.flatMap(pattern => {
    const regex = imageRegex(pattern);
    return regex === undefined ? [] : [`i.matches(${text(regex)})`];
  });
  return `size(i) <= 1024 && (${anyOf(tests) ?? 'false'})`;
}

/**
 * The findings that an exemption waives: one of a container where its image matches, and one of the whole Pod where every image
 * does.
 */
function waiver({ exemption, variable }: Numbered, signal: SignalId, lens: Lens, value: Cel, on: Place): Cel {
  const { values, images } = exemption.scope;
  const some = values.get(signal);
  const before = lens.pod === 'oldObject' ? 'Before' : '';
  const matching = `variables.${variable}Images${before}`;
  const byImage =
    on === 'c'
      ? `c.?image.orValue('') in ${matching}`
      : `size(${matching}) == size(variables.images${before})`;
  return [
    `variables.${variable}`,
    ...(images ? [byImage] : []),
    ...(some === undefined || some === 'all' ? [] : [valueIn(value, [...some])]),
  ].join(' && ');
}

/**
 * Tests a value. The engine shows long values by their hash, which CEL cannot compute, so any long value counts as the waived
 * one.
 */
function valueIn(value: Cel, values: readonly string[]): Cel {
  const plain = `${value} in ${texts(values)}`;
  return values.some(one => one.includes('characters, sha256 '))
    ? `(${plain} || size(${value}) > 32)`
    : plain;
}
