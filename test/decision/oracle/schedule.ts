import type { RuntimeClassFacts, Toleration } from '../../../src/cluster/view.ts';
import type { Scheduling } from '../../../src/decision/schedule.ts';
import type { PodSpec } from '../../../src/pod/kube.ts';

type Entry = { readonly key: string; readonly operator: string; readonly values?: readonly string[] };

/** Where the Pod asks to run; of its affinity, only the required part counts. */
export function askedOf(spec: PodSpec): Scheduling {
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const entries = (list: unknown): Required<Entry>[] =>
    ((list ?? []) as readonly Entry[]).map(({ key, operator, values = [] }) => ({ key, operator, values }));
  const affinity = (required?.nodeSelectorTerms ?? []).map(term => ({
    labels: entries(term.matchExpressions),
    fields: entries(term.matchFields),
  }));
  const nodeSelector = (spec.nodeSelector ?? {}) as Scheduling['nodeSelector'];
  const tolerations = (spec.tolerations ?? []) as readonly Toleration[];
  const asked = { nodeSelector, tolerations, affinity };
  return spec.nodeName ? { ...asked, nodeName: spec.nodeName } : asked;
}

/** Where the Pod itself asks to run, without what the API server merged in for a class. */
export function askedWithout(
  asked: Scheduling,
  { nodeSelector, tolerations }: RuntimeClassFacts,
): Scheduling {
  const own = { ...asked.nodeSelector };
  for (const [key, value] of Object.entries(nodeSelector)) if (own[key] === value) delete own[key];
  const merged = tolerations.map(asText);
  return {
    ...asked,
    nodeSelector: own,
    tolerations: asked.tolerations.filter(toleration => !merged.includes(asText(toleration))),
  };
}

/** The toleration with the API's defaults filled in. */
const asText = ({ key, operator, value, effect, tolerationSeconds }: Toleration): string =>
  JSON.stringify([key ?? '', operator ?? 'Equal', value ?? '', effect ?? '', tolerationSeconds ?? 'forever']);

/** The node label for which the class wants another value than the Pod does. */
export function contradicted(asked: Scheduling, { nodeSelector }: RuntimeClassFacts): string | undefined {
  for (const [key, value] of Object.entries(nodeSelector)) {
    const own = asked.nodeSelector[key];
    if (own !== undefined && own !== value) return key;
  }
  return undefined;
}
