import type { Decision } from '../../decision/decision.ts';

/*
Reasons of signals and of profiles are written about Pods. For a service of a Compose file, they are put into words that Docker
uses. Only sentences of this project are changed; what an author wrote never passes through here.
*/

type Told = Pick<Decision, 'isService'>;

/** Whole clauses come before single words. */
const TERMS: readonly (readonly [RegExp, string])[] = [
  [/; GKE refuses the Pod\b/g, ''],
  [/, or not spelt as Kubernetes has it \(.*?\)/g, ''],
  [/works as Kubernetes documents it/g, 'works as it is documented'],
  [
    /containers of a Pod share one sandbox, which has limits only where every container has them/g,
    'the sandbox has limits only where its container has them',
  ],
  [/\b(all|other) Pods of the node\b/g, '$1 containers of the host'],
  [/\bPods\b/g, 'services'],
  [/\bPod\b/g, 'service'],
  [/\b(RuntimeClass|runtimeClassName)\b/g, 'runtime'],
  [/(?<!\bdevice )\bnode(s?)\b/g, 'host$1'],
];

/** A sentence of this project, in the words for what was judged. */
export const saidOf = (text: string, { isService }: Told): string =>
  isService ? TERMS.reduce((said, [from, to]) => said.replace(from, to), text) : text;
