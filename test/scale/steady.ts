import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { verdictOn } from '../e2e/support/live.ts';
import { container, HIGH_RISK, pod, UNCONTAINABLE } from '../e2e/support/pods.ts';
import type { Webhook } from '../e2e/support/serve.ts';

/** Asks for reviews all the time, each with a single right answer, whatever happens to the API server. */
export interface Steady {
  /** @returns how many reviews were answered, and which of them wrongly */
  stop(): Promise<{ readonly answered: number; readonly wrong: readonly string[] }>;
}

const CLIENTS = 3;
const PAUSE_MS = 5;

const CASES: readonly (readonly [pod: V1Pod, answer: RegExp])[] = [
  [pod('plain', { namespace: 'ns-1' }), /^none$/],
  [pod('risky', { namespace: 'ns-2', labels: HIGH_RISK }), /^gvisor$/],
  [pod('critical', { namespace: 'ns-3', labels: { 'cofferdam.dev/risk': 'critical' } }), /^kata-qemu$/],
  [pod('host', { namespace: 'ns-5', spec: UNCONTAINABLE }), /host's PID namespace/],
  [
    pod('nowhere', {
      namespace: 'ns-6',
      spec: { nodeSelector: { zone: 'nowhere' }, containers: [SYS_ADMIN()] },
    }),
    /^gvisor$/,
  ],
];

function SYS_ADMIN() {
  return container({ securityContext: { capabilities: { add: ['SYS_ADMIN'] } } });
}

export function startSteady(webhook: Webhook): Steady {
  const wrong: string[] = [];
  let answered = 0;
  let stopping = false;
  const client = async (first: number): Promise<void> => {
    for (let i = first; !stopping; i++) {
      const [asked, answer] = CASES[i % CASES.length] as (typeof CASES)[number];
      const verdict = await verdictOn(webhook, asked).catch(error => `no answer: ${error}`);
      answered++;
      if (!answer.test(verdict)) wrong.push(`${asked.metadata?.name}: ${verdict}`);
      await sleep(PAUSE_MS);
    }
  };
  const clients = Array.from({ length: CLIENTS }, (_, i) => client(i));
  return {
    stop: async () => {
      stopping = true;
      await Promise.all(clients);
      return { answered, wrong };
    },
  };
}
