import type { Path } from '../../../src/admission/judgement.ts';
import { MODES, type Mode } from '../../../src/pod/mode.ts';
import { holdAnswer, holdMode, holdPatch } from '../answer.ts';
import { asGoWrites, type Edit, edit, edited, garble } from '../garble.ts';
import { GROUND_NAMES, type GroundName, NAMESPACE_NAMES } from '../grounds.ts';
import { copy, type Json, type JsonMap, parsed } from '../json.ts';
import { makePod, swell, wrap } from '../pods.ts';
import type { Random } from '../random.ts';
import { hold, ownWords, type Reached, type Target } from '../target.ts';
import { type Answered, type Asked, send } from '../webhook.ts';

interface ReviewInput extends JsonMap {
  ground: GroundName;
  path: Path;
  mode: Mode;
  review: Json;
  /** The changes to the bytes. */
  edits: Edit[];
  /** The number of pieces in which the body comes. */
  pieces: number;
}

/** Sends reviews as an API server does, and bodies that are no reviews, through the webhook as bytes. */
export const reviewTarget: Target<ReviewInput> = {
  name: 'review',
  share: 64,
  make: (random, turn) => {
    const review = reviewOf(random, turn);
    const odd = random.oneIn(3);
    if (odd) for (let i = 1 + random.few(3); i > 0; i--) garble(review, random);
    return {
      ground: random.pick(GROUND_NAMES),
      path: random.pick(['mutate', 'validate'] as const),
      mode: random.oneIn(2) ? 'enforce' : random.pick(MODES),
      review,
      edits: random.oneIn(10) ? Array.from({ length: 1 + random.few(3) }, () => edit(random)) : [],
      pieces: random.oneIn(20) ? 1 + random.below(2000) : 1,
    };
  },
  run: async input => {
    const body = edited(Buffer.from(asGoWrites(JSON.stringify(input.review))), input.edits);
    const { ground, path, mode, pieces } = input;
    const asked: Asked = { ground, path, mode, pieces, body };
    const answer = await send(asked);
    const sent = parsed(body.toString());
    const response = holdAnswer(answer, sent);
    holdMode(response, answer, isAboutPods(sent, body), asked);
    if (response.patch !== undefined) await holdPatch(response, answer, sent, asked);
    return reached(answer, sent);
  },
};

/** Requests with nearly all of these are judged. */
const OPERATIONS = [
  ...Array.from({ length: 12 }, () => 'CREATE'),
  ...Array.from({ length: 10 }, () => 'UPDATE'),
  ...['DELETE', 'CONNECT', 'PATCH'],
];
const SUBRESOURCES = ['ephemeralcontainers', 'resize', 'status', 'binding', 'exec', 'eviction', 'telepathy'];
const USERS: readonly JsonMap[] = [
  { username: 'alice', groups: ['system:authenticated'] },
  { username: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] },
  { username: 'system:serviceaccount:kube-system:replicaset-controller', groups: [] },
  {},
];

function reviewOf(random: Random, turn: number): JsonMap {
  const pod = makePod(random, turn);
  for (let i = random.oneIn(60) ? 1 + random.few(3) : 0; i > 0; i--) swell(pod, random);
  const workload = random.oneIn(6) ? wrap(pod, random) : undefined;
  const operation = random.pick(OPERATIONS);
  const object = workload ?? pod;
  const subResource = random.oneIn(operation === 'UPDATE' ? 2 : 20) ? random.pick(SUBRESOURCES) : '';
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: `uid-${turn}`,
      ...(workload ? kindOf(workload) : copy(POD_KIND)),
      ...(subResource !== '' && { subResource }),
      ...(random.oneIn(2) && { name: 'web' }),
      namespace: random.pick(NAMESPACE_NAMES),
      operation,
      userInfo: copy(random.pick(USERS)),
      object: operation === 'DELETE' ? null : object,
      oldObject: operation === 'UPDATE' ? before(object, random) : null,
      dryRun: false,
      options: { apiVersion: 'meta.k8s.io/v1', kind: 'CreateOptions' },
    },
  };
}

const POD_KIND: JsonMap = {
  kind: { group: '', version: 'v1', kind: 'Pod' },
  resource: { group: '', version: 'v1', resource: 'pods' },
};

function kindOf({ apiVersion, kind }: JsonMap): JsonMap {
  const [version, group = ''] = String(apiVersion).split('/').reverse();
  const resource = `${String(kind).toLowerCase()}s`;
  return { kind: { group, version, kind } as JsonMap, resource: { group, version, resource } as JsonMap };
}

/** The object before an update: the same with something removed or changed, now and then in deletion. */
function before(object: JsonMap, random: Random): JsonMap {
  const old = copy(object);
  for (let i = random.few(3); i > 0; i--) garble(old, random);
  const { metadata } = old;
  if (random.oneIn(8) && typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata)) {
    metadata.deletionTimestamp = '2026-11-24T00:00:00Z';
  }
  return old;
}

/** Kinds of other groups are workloads, or of no concern here, whatever their names are. */
function isAboutPods(sent: Json | undefined, body: Buffer): boolean {
  if (sent === undefined) return body.includes(JSON.stringify(POD_KIND.kind));
  const { request } = (sent ?? {}) as {
    readonly request?: { readonly kind?: JsonMap; readonly resource?: JsonMap };
  };
  const isPod = request?.kind?.kind === 'Pod' && isCore(request.kind);
  return isPod || (request?.resource?.resource === 'pods' && isCore(request.resource));
}

const isCore = ({ group }: JsonMap): boolean => typeof group !== 'string' || group === '';

function reached({ logged, decision, milliseconds }: Answered, sent: Json | undefined): Reached {
  const operation = String(logged.operation ?? 'none').toLowerCase();
  if (!decision) {
    const why = ownWords(String(logged.problem ?? logged.operation), JSON.stringify(sent) ?? '');
    return { milliseconds, codes: [`${logged.verdict}: ${why}`] };
  }
  const { request } = sent as unknown as { readonly request: { readonly object: JsonMap } };
  hold(request, 'decided on what is no JSON');
  const signals = new Set(decision.findings.map(({ signal }) => `finds ${signal}`));
  const objections = decision.placement.flatMap(step => step.objections.map(({ code }) => `objects ${code}`));
  return {
    milliseconds,
    codes: [...new Set([`${operation} ${decision.outcome}`, ...objections, ...signals])],
    ...(logged.kind === 'Pod' && { pod: request.object }),
  };
}
