import type { Outcome } from '../../../src/decision/decision.ts';
import type { Mode } from '../../../src/pod/mode.ts';
import { type Isolation, rank } from '../../../src/profiles/isolation.ts';
import { GROUND_NAMES, type GroundName, NAMESPACE_NAMES } from '../grounds.ts';
import { copy, type Json, type JsonMap } from '../json.ts';
import { addNoise, makeNoise, type Noise, nameOf } from '../noise.ts';
import { makePod, swell } from '../pods.ts';
import type { Random } from '../random.ts';
import { hold, type Target } from '../target.ts';
import { send } from '../webhook.ts';

interface NoiseInput extends JsonMap {
  ground: GroundName;
  mode: Mode;
  namespace: string;
  operation: string;
  pod: JsonMap;
  oldPod: Json;
  noise: (Noise & JsonMap)[];
}

/** Judges the same Pod without and with noise: the second answer must isolate at least as well. */
export const noiseTarget: Target<NoiseInput> = {
  name: 'noise',
  share: 26,
  make: (random, turn) => {
    const pod = makePod(random, turn);
    if (random.oneIn(60)) swell(pod, random);
    const updates = random.oneIn(3);
    const oldPod = updates ? storedPod(pod, random, turn) : null;
    return {
      ground: random.pick(GROUND_NAMES),
      mode: random.pick(['enforce', 'inject'] as const),
      namespace: random.pick(NAMESPACE_NAMES),
      operation: updates ? 'UPDATE' : 'CREATE',
      pod,
      oldPod,
      noise: Array.from(
        { length: 1 + random.few(3) },
        () => makeNoise(pod, updates, random) as Noise & JsonMap,
      ),
    };
  },
  run: async input => {
    const noisy = copy(input.pod);
    for (const one of input.noise) addNoise(one, noisy);
    const plain = await answerOf(input, input.pod);
    const answer = await answerOf(input, noisy);
    holdNoLooser(plain, answer, input.ground);
    return {
      milliseconds: Math.max(plain.milliseconds, answer.milliseconds),
      codes: [
        ...input.noise.map(one => `adds ${nameOf(one)}`),
        `${plain.verdict}, with noise ${answer.verdict}`,
      ],
      ...(answer.verdict !== 'unreadable' && { pod: noisy }),
    };
  },
};

/** A stored Pod much like the new one, or a different one. */
const storedPod = (pod: JsonMap, random: Random, turn: number): JsonMap => {
  const stored = random.oneIn(2) ? makePod(random, turn) : copy(pod);
  if (random.oneIn(2)) delete (stored.spec as JsonMap)[random.pick(Object.keys(stored.spec as JsonMap))];
  return stored;
};

/** The strictness of an answer. */
interface Strictness {
  readonly verdict: string;
  readonly outcome: Outcome | undefined;
  readonly required: Isolation | undefined;
  /** The isolation in which the Pod runs; undefined where it does not run. */
  readonly isolation: Isolation | undefined;
  readonly milliseconds: number;
}

async function answerOf(input: NoiseInput, pod: JsonMap): Promise<Strictness> {
  const { namespace, operation, ground, mode } = input;
  const request = {
    uid: 'noise',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    namespace,
    operation,
    userInfo: { username: 'alice', groups: ['system:authenticated'] },
    object: pod,
    oldObject: input.oldPod,
  };
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  const body = Buffer.from(JSON.stringify(review));
  const { errors, logged, decision, milliseconds } = await send({ ground, path: 'mutate', mode, body });
  hold(errors.length === 0, 'the request crashed the webhook', ...errors);
  const verdict = String(logged.verdict);
  const turnedAway = verdict === 'reject' || verdict === 'unreadable';
  return {
    verdict,
    outcome: decision?.outcome,
    required: decision?.required,
    isolation: turnedAway ? undefined : decision?.isolation,
    milliseconds,
  };
}

/**
 * Lists of sandboxes and nodes choose among what is enough, so there the class alone may be another, and weaker. So may
 * it where a class that was injected before does not support what is added: another one that is enough is chosen then.
 */
const CLASS_IS_FREE: readonly GroundName[] = ['crowded'];

function holdNoLooser(plain: Strictness, noisy: Strictness, ground: GroundName): void {
  if (noisy.isolation === undefined) return;
  hold(plain.isolation !== undefined, `${plain.verdict}, but with noise ${noisy.verdict}`, plain, noisy);
  const { required = 'host-kernel' } = plain;
  hold(rank(noisy.required ?? 'host-kernel') >= rank(required), 'less is required with noise', plain, noisy);
  if (CLASS_IS_FREE.includes(ground) || noisy.outcome === 'raised') return;
  hold(rank(noisy.isolation) >= rank(plain.isolation), 'it is less isolated with noise', plain, noisy);
}
