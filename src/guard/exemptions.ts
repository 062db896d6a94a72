import { imageRegex } from '../policy/image.ts';
import type { CompiledExemption } from '../policy/policy.ts';
import { type Lens, type Place, text, texts } from '../signals/guards.ts';
import type { Cel, SignalId } from '../signals/signal.ts';
import { anyOf, selectorCel } from './cel.ts';
import type { Variable } from './object.ts';

/*
Which exemptions are for this Pod, each as a variable, and which findings they waive. The clock is not asked: an exemption
that has expired since the guard was written waives until the leader writes it anew.
*/
export interface Exemptions {
  readonly variables: readonly Variable[];
  /** Signals that any of them names. */
  readonly signals: ReadonlySet<SignalId>;
  /** Signals that any names for some images alone. */
  readonly byImage: ReadonlySet<SignalId>;
  /** How findings of a signal are waived, for a guard that looks through this lens. */
  waives(signal: SignalId, lens: Lens): Lens['waives'];
}

interface Numbered {
  readonly exemption: CompiledExemption;
  readonly variable: string;
}

/** @param now milliseconds since the epoch: what has expired by then is left out */
export function exemptionsCel(all: readonly CompiledExemption[], now: number): Exemptions {
  const numbered = all
    .filter(({ expires }) => now < expires)
    .map((exemption, i) => ({ exemption, variable: `exemption${i}` }));
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

function variablesOf({ exemption, variable }: Numbered): readonly Variable[] {
  const { namespaces, serviceAccounts, podSelector, images } = exemption.scope;
  const tests = [
    // The request's namespace: the object's own may be empty or forged (CVE-2024-48921).
    `request.namespace in ${texts(namespaces)}`,
    ...(serviceAccounts
      ? [`object.spec.?serviceAccountName.orValue('default') in ${texts(serviceAccounts)}`]
      : []),
    selectorCel(podSelector, 'variables.labels'),
  ].filter(test => test !== undefined);
  const covers = { name: variable, expression: tests.join(' && ') };
  return images ? [covers, { name: `${variable}Images`, expression: imagesOf(variable, images) }] : [covers];
}

/** The images of the Pod that it is for. */
function imagesOf(variable: string, patterns: readonly string[]): Cel {
  const tests = patterns.flatMap(pattern => {
    const regex = imageRegex(pattern);
    return regex === undefined ? [] : [`i.matches(${text(regex)})`];
  });
  const matches = `size(i) <= 1024 && (${anyOf(tests) ?? 'false'})`;
  return `variables.${variable} ? variables.images.filter(i, ${matches}) : []`;
}

/** A container's finding counts where its image matches, a finding of the whole Pod where every image does. */
function waiver({ exemption, variable }: Numbered, signal: SignalId, lens: Lens, value: Cel, on: Place): Cel {
  const { values, images } = exemption.scope;
  const some = values.get(signal);
  const image = "c.?image.orValue('')";
  const matching = `${image} in variables.${variable}Images`;
  const byImage = on === 'c' ? matching : `${lens.containers}.all(c, ${matching})`;
  return [
    `variables.${variable}`,
    ...(images ? [byImage] : []),
    ...(some === undefined || some === 'all' ? [] : [valueIn(value, [...some])]),
  ].join(' && ');
}

/** The engine shows long values by their hash, which CEL cannot compute: any long one then counts as the one waived. */
function valueIn(value: Cel, values: readonly string[]): Cel {
  const plain = `${value} in ${texts(values)}`;
  return values.some(one => one.includes('characters, sha256 '))
    ? `(${plain} || size(${value}) > 32)`
    : plain;
}
