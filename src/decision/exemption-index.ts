import type { PodView } from '../pod/view.ts';
import { fullRepository, repositoryOf, withFolders } from '../policy/image.ts';
import type { CompiledExemption } from '../policy/policy.ts';

/*
A cluster may have an exemption for each of thousands of workloads, and all of them in one namespace. To ask each of them about
each Pod took review 48 s of processor time for 5,000 workloads with 5,000 exemptions. So each has handles, of which a Pod has
one if the exemption can waive anything of it; whether it does is asked then.
*/

/** Lists of up to this many are not sorted: to ask each of them takes no longer. */
const FEW = 32;

type ByHandle = ReadonlyMap<string, readonly number[]>;
const known = new WeakMap<readonly CompiledExemption[], ByHandle>();

/**
 * Those that may waive something of a Pod, in their order. Sorted once for each list, as a snapshot has one for as long as it
 * lives.
 */
export function exemptionsFor(
  exemptions: readonly CompiledExemption[],
  pod: PodView,
): readonly CompiledExemption[] {
  if (exemptions.length <= FEW) return exemptions;
  let byHandle = known.get(exemptions);
  if (!byHandle) {
    byHandle = sorted(exemptions);
    known.set(exemptions, byHandle);
  }
  const found = new Set<number>();
  for (const handle of handlesOfPod(pod)) for (const i of byHandle.get(handle) ?? []) found.add(i);
  return [...found].sort((a, b) => a - b).map(i => exemptions[i] as CompiledExemption);
}

function sorted(exemptions: readonly CompiledExemption[]): ByHandle {
  const byHandle = new Map<string, number[]>();
  exemptions.forEach((exemption, i) => {
    for (const handle of handlesOf(exemption)) {
      const list = byHandle.get(handle);
      if (list) list.push(i);
      else byHandle.set(handle, [i]);
    }
  });
  return byHandle;
}

/** What an exemption is for, by what tells Pods apart best: a namespace has more images than service accounts. */
function handlesOf({ scope }: CompiledExemption): ReadonlySet<string> {
  const within = withinNamespace(scope);
  return new Set(scope.namespaces.flatMap(namespace => within.map(one => handle(namespace, ...one))));
}

function withinNamespace({
  images,
  podSelector,
  serviceAccounts,
}: CompiledExemption['scope']): readonly (readonly string[])[] {
  // Neither a finding of a container nor one of the Pod is waived where no image matches.
  if (images) return images.flatMap(image => repositoryOf(image) ?? []).map(name => ['image', name]);
  const [label] = Object.entries(podSelector?.matchLabels ?? {});
  if (label) return [['label', ...label.map(String)]];
  return serviceAccounts ? serviceAccounts.map(name => ['account', name]) : [[]];
}

function handlesOfPod({ namespace, serviceAccount, labels, containers }: PodView): readonly string[] {
  const repositories = new Set(containers.flatMap(({ image }) => fullRepository(image) ?? []));
  return [
    handle(namespace),
    handle(namespace, 'account', serviceAccount),
    ...Object.entries(labels).map(label => handle(namespace, 'label', ...label)),
    ...[...repositories].flatMap(withFolders).map(name => handle(namespace, 'image', name)),
  ];
}

const handle = (...parts: readonly string[]): string => parts.join('\n');
