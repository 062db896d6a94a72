import { setTimeout as sleep } from 'node:timers/promises';
import { ApiException, type V1Pod } from '@kubernetes/client-node';
import { core, create, refusal } from './client.ts';
import { HIGH_RISK, type PodTweak, UNCONTAINABLE } from './pods.ts';
import { ENFORCED, SANDBOX } from './release.ts';
import { gated } from './running.ts';

const A_SECOND = 20;
/** Five minutes of attempts: the work must have ended by then. */
const MOST = 6000;

/** The Pods that are sent in turn: the expected result, and the spec. */
const KINDS = [
  ['sandbox', { labels: HIGH_RISK }],
  ['admit', {}],
  ['sandbox', { labels: HIGH_RISK }],
  ['admit', {}],
  ['reject', { spec: UNCONTAINABLE }],
] as const satisfies readonly (readonly [string, PodTweak])[];

export type Kind = (typeof KINDS)[number][0];

/** The result of a creation. */
export interface Outcome {
  readonly kind: Kind;
  /** When it began, in milliseconds on the clock of `performance.now`, which also measures how long it took. */
  readonly at: number;
  readonly took: number;
  /** The class as it was stored; left out where the Pod was refused. */
  readonly runtimeClass?: string | undefined;
  readonly message?: string;
}

export interface Streamed extends Outcome {
  /**
   * The longest time of a creation meanwhile about which no webhook is asked, in milliseconds, which shows how slow this
   * machine or its disk was. There are two in a second.
   */
  readonly unasked: number;
}

/** A namespace out of the webhook's scope. */
const UNASKED = 'kube-node-lease';
const UNASKED_EVERY_MS = 500;

/** Whether something was not refused that must be, or is not in a sandbox where it must be; refusing too much does not count. */
export const isWrong = ({ kind, message, runtimeClass }: Outcome): boolean =>
  message === undefined && (kind === 'reject' || (kind === 'sandbox' && runtimeClass !== SANDBOX));

/** The time before and after the work, in milliseconds. */
const AROUND_MS = 2000;

/** Creates Pods, twenty in a second whatever their results, during the work and for a while before and after it. Removes them. */
export async function during(work: () => Promise<unknown>): Promise<readonly Streamed[]> {
  const sent: Promise<Outcome>[] = [];
  const unasked: Promise<Outcome>[] = [];
  const control = setInterval(() => {
    unasked.push(outcomeOf('admit', gated(`unasked-${unasked.length}`, { namespace: UNASKED })));
  }, UNASKED_EVERY_MS);
  const timer = setInterval(() => {
    if (sent.length < MOST) sent.push(attempt(sent.length));
  }, 1000 / A_SECOND);
  try {
    await sleep(AROUND_MS);
    await work();
    await sleep(AROUND_MS);
  } finally {
    clearInterval(timer);
    clearInterval(control);
  }
  const outcomes = await Promise.all(sent);
  const controls = await Promise.all(unasked);
  const refused = controls.find(({ message }) => message !== undefined);
  if (refused) throw new Error(`a creation that no webhook is asked about failed: ${refused.message}`);
  const slowest = Math.max(...controls.map(({ took }) => took));
  if (sent.length === MOST) throw new Error(`${MOST} Pods were sent, and the work went on unwatched`);
  await core.deleteCollectionNamespacedPod({ namespace: ENFORCED });
  await core.deleteCollectionNamespacedPod({ namespace: UNASKED });
  return outcomes.map(outcome => ({ ...outcome, unasked: slowest }));
}

/** The Pod is stored and never scheduled, as the node is not what is tested. */
async function attempt(number: number): Promise<Outcome> {
  const [kind, tweak] = KINDS[number % KINDS.length] ?? KINDS[0];
  return outcomeOf(kind, gated(`stream-${number}`, { ...tweak, namespace: ENFORCED }));
}

export async function outcomeOf(kind: Kind, pod: V1Pod): Promise<Outcome> {
  const at = performance.now();
  const took = (): number => Math.round(performance.now() - at);
  try {
    const { spec } = await create(pod);
    return { kind, at, took: took(), runtimeClass: spec?.runtimeClassName };
  } catch (error) {
    if (!(error instanceof ApiException)) throw error;
    return { kind, at, took: took(), message: await refusal(Promise.reject(error)) };
  }
}
