import type { V1Container, V1Pod, V1PodSpec } from '@kubernetes/client-node';
import { answerOf, type Review } from '../e2e/support/live.ts';
import { container, HIGH_RISK, type PodTweak, pod, UNCONTAINABLE } from '../e2e/support/pods.ts';
import { EXEMPT, FLOORED, STEADY } from './ground.ts';
import { WrongAnswer } from './tally.ts';

/** A review with a single right answer, whatever changes elsewhere. */
export interface Case {
  readonly name: string;
  readonly path: string;
  /** Whether it is as large as nearly all reviews are, so that its time counts. */
  readonly ordinary: boolean;
  body(uid: string): string;
  /** @throws WrongAnswer */
  expect(uid: string, status: number, text: string): void;
}

interface Asked {
  readonly pod: V1Pod;
  readonly oldPod?: V1Pod;
  readonly subresource?: string;
}

const PLACEHOLDER = '<uid>';

function reviewOf({ pod: object, oldPod, subresource }: Asked): string {
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: PLACEHOLDER,
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      name: object.metadata?.name,
      namespace: object.metadata?.namespace,
      operation: oldPod ? 'UPDATE' : 'CREATE',
      userInfo: { username: 'alice', groups: ['system:authenticated'] },
      object,
      ...(oldPod && { oldObject: oldPod }),
      ...(subresource && { subResource: subresource }),
    },
  });
}

interface Tweak {
  readonly path?: string;
  readonly ordinary?: boolean;
}

const ORDINARY = { path: '/mutate/enforce', ordinary: true } as const;

function judged(name: string, asked: Asked, right: RegExp, tweak: Tweak = {}): Case {
  const [head = '', tail = ''] = reviewOf(asked).split(PLACEHOLDER);
  const body = (uid: string): string => head + uid + tail;
  return { name, ...ORDINARY, ...tweak, body, expect: verdictIs(right) };
}

/** Expects the verdict, in an answer to this request. */
const verdictIs =
  (right: RegExp): Case['expect'] =>
  (uid, status, text) => {
    const review = status === 200 ? (JSON.parse(text) as Review & { response: { uid: string } }) : undefined;
    if (review?.response.uid !== uid) throw new WrongAnswer(`${status} ${text.slice(0, 300)}`);
    const { verdict } = answerOf(review);
    if (!right.test(verdict)) throw new WrongAnswer(`${verdict} instead of ${right}`);
  };

const CUT: Case = {
  name: 'cut JSON',
  ...ORDINARY,
  body: uid => reviewOf({ pod: plain }).replace(PLACEHOLDER, uid).slice(0, -1),
  expect: verdictIs(/not JSON/),
};
const NO_REVIEW: Case = {
  name: 'no review',
  ...ORDINARY,
  body: () => 'kind=AdmissionReview',
  expect: (_, status, text) => {
    if (status !== 400) throw new WrongAnswer(`${status} ${text.slice(0, 300)}`);
  },
};

const steady = (name: string, tweak: PodTweak = {}): V1Pod => pod(name, { namespace: STEADY, ...tweak });
const plain = steady('plain');
const containing = (tweak: Partial<V1Container>): Partial<V1PodSpec> => ({ containers: [container(tweak)] });
const SYS_ADMIN = containing({ securityContext: { capabilities: { add: ['SYS_ADMIN'] } } });
const MEGABYTE = containing({ args: Array.from({ length: 100 }, () => 'x'.repeat(10_000)) });
const DEBUGGED = {
  ephemeralContainers: [{ name: 'debug', image: 'a', securityContext: { privileged: true } }],
};

const PLAIN = judged('plain', { pod: plain }, /^none$/);
const VALIDATED: Tweak = { path: '/validate/enforce' };

/** The number of times that each case occurs in a round. */
const CASES: readonly (readonly [times: number, asked: Case])[] = [
  [4, PLAIN],
  [3, judged('high risk', { pod: steady('risky', { labels: HIGH_RISK }) }, /^gvisor$/)],
  [
    1,
    judged('critical', { pod: steady('a', { labels: { 'cofferdam.dev/risk': 'critical' } }) }, /^kata-qemu$/),
  ],
  [
    1,
    judged(
      'SYS_ADMIN, and no node for it',
      { pod: steady('capable', { spec: { nodeSelector: { zone: 'nowhere' }, ...SYS_ADMIN } }) },
      /^gvisor$/,
    ),
  ],
  [1, judged('by a SandboxPolicy', { pod: steady('floored', { namespace: FLOORED }) }, /^kata-qemu$/)],
  [1, judged('exempt', { pod: steady('a', { namespace: EXEMPT, spec: { hostNetwork: true } }) }, /^none$/)],
  [1, judged('not exempt', { pod: steady('a', { spec: { hostNetwork: true } }) }, /host's network/)],
  [1, judged('uncontainable', { pod: steady('host', { spec: UNCONTAINABLE }) }, /host's PID/)],
  [
    3,
    judged(
      'labelled',
      { pod: steady('plain', { labels: { seen: 'yes' } }), oldPod: plain },
      /^none$/,
      VALIDATED,
    ),
  ],
  [
    1,
    judged(
      'given a privileged ephemeral container',
      { pod: steady('plain', { spec: DEBUGGED }), oldPod: plain, subresource: 'ephemeralcontainers' },
      /privileged/,
      VALIDATED,
    ),
  ],
  [
    1,
    judged('1 MB', { pod: steady('large', { labels: HIGH_RISK, spec: MEGABYTE }) }, /^gvisor$/, {
      ordinary: false,
    }),
  ],
  [1, CUT],
  [1, NO_REVIEW],
];

/** The cases in the order in which they are asked for, again and again. */
export const MIX: readonly Case[] = CASES.flatMap(([times, asked]) =>
  Array.from({ length: times }, () => asked),
);

/** The request to the echo, and its answer. */
export const ECHOED: Case = {
  ...PLAIN,
  path: '/',
  expect: (uid, status, text) => {
    if (status !== 200 || !text.includes(uid)) throw new WrongAnswer(`${status} ${text.slice(0, 300)}`);
  },
};

/** The case that gets programs compiled. */
export const WARMING: Case = PLAIN;
