import { type CompiledPolicy, isOfCluster } from '../policy/policy.ts';
import { keysOf } from './cel.ts';
import type { LabelScorings } from './labels.ts';
import type { Because, LeftOut, LeftOutByNamespace } from './left-out.ts';
import { mostOf, policyCel } from './policies.ts';

/*
One object holds the guard of the whole cluster, and those who may write policies in one namespace could fill it. So each
namespace has a share; what does not fit is left out, and that namespace alone fails closed.
*/

/** The most bytes of all policies of one namespace: one of the largest that the schema allows, or some eighty plain ones. */
export const NAMESPACE_SHARE_BYTES = 32_000;

/**
 * Which namespaces' policies are left out.
 * @param policies by namespace, as a snapshot has them: of two namespaces that take as much, the first stays
 * @param room bytes that all of them may take together; the largest go first
 * @param refused namespaces whose policies the API server did not take
 */
export function leaveOut(
  policies: readonly CompiledPolicy[],
  labels: LabelScorings,
  room: number,
  refused: ReadonlySet<string>,
): LeftOutByNamespace {
  const own = policies.filter(policy => !isOfCluster(policy));
  const sizes = Array.from(
    Map.groupBy(own, ({ namespace }) => namespace as string),
    ([namespace, some]) => ({
      namespace,
      most: Math.max(...some.map(mostOf)),
      bytes: some.reduce((sum, policy) => sum + bytesOf(policy, labels), 0),
    }),
  ).sort((a, b) => a.bytes - b.bytes);
  const leftOut = new Map<string, LeftOut>();
  let left = room;
  for (const { namespace, most, bytes } of sizes) {
    const because = refused.has(namespace) ? 'refused' : reasonAgainst(bytes, left);
    if (because) leftOut.set(namespace, { most, because, bytes });
    left -= because ? namespace.length + FRAME_OF_NAME_BYTES : bytes;
  }
  return leftOut;
}

function reasonAgainst(bytes: number, left: number): Because | undefined {
  if (bytes > NAMESPACE_SHARE_BYTES) return 'share';
  return bytes > left ? 'room' : undefined;
}

/** The bytes around a policy in the guard, and around the name of a namespace that is left out. */
const FRAME_BYTES = 64;
const FRAME_OF_NAME_BYTES = 12;

/**
 * Roughly how many bytes a policy adds to the guard. What cluster policies share counts for each of them, and so do all their
 * rules.
 */
export function bytesOf(policy: CompiledPolicy, labels: LabelScorings): number {
  const { matches = '', row, least } = policyCel(policy, labels.weightOf(policy));
  const keys = [...policy.labels.map(({ key }) => key), ...keysOf(policy.selectors.pod)];
  const own = isOfCluster(policy)
    ? [...labels.sharedBy(policy), ...policy.rules.map(({ expression }) => expression)]
    : Array(4).fill(policy.namespace);
  return Buffer.byteLength(JSON.stringify([matches, row, matches, least, ...keys, ...own])) + FRAME_BYTES;
}
