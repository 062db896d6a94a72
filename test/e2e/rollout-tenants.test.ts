import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { V1Node, V1Service } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { core, create, refusal } from './support/client.ts';
import { kubectl, kubectlOk } from './support/kubectl.ts';
import { storedGuard } from './support/leader.ts';
import { BUILD_TIMEOUT } from './support/own-image.ts';
import { container, HIGH_RISK, type PodTweak, pod, UNCONTAINABLE } from './support/pods.ts';
import { poll } from './support/poll.ts';
import {
  ELSEWHERE,
  ENFORCED,
  HOME,
  install,
  removeRelease,
  replicas,
  SANDBOX,
  settled,
} from './support/release.ts';
import { gated } from './support/running.ts';
import { E2E_LABEL, MODE_LABEL } from './support/settings.ts';

/*
What the editor of a namespace does to the nodes and the network that replicas stand on, by objects of their own. The chart has
its default values.
*/

let numbered = 0;
const asked = (namespace: string, tweak: PodTweak): Promise<unknown> =>
  create(gated(`tenant-${numbered++}`, { namespace, ...tweak })).then(
    ({ spec }) => spec?.runtimeClassName,
    error => refusal(Promise.reject(error)),
  );
const risky = (namespace: string): Promise<unknown> => asked(namespace, { labels: HIGH_RISK });
const getsItsSandbox = (namespace: string): Promise<true> =>
  poll('a Pod gets its sandbox', async () => ((await risky(namespace)) === SANDBOX ? true : undefined), 60);

/** The manifests of the first block of YAML after this text of docs/operations.md. */
async function documented(text: string): Promise<{ kind: string; metadata: { name: string } }[]> {
  const page = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const block = page.includes(text) ? /```yaml\n(.*?)```/s.exec(page.split(text)[1] ?? '')?.[1] : undefined;
  if (!block) throw new Error(`there is no block of YAML after "${text}"`);
  return parseAllDocuments(block).map(one => one.toJS());
}

beforeAll(async () => {
  await install({});
  await kubectlOk(['label', 'namespace', ELSEWHERE, `${MODE_LABEL}=inject`, '--overwrite']);
  await poll('the leader has written the guard', async () =>
    (await storedGuard()).spec.validations ? true : undefined,
  );
  await getsItsSandbox(ENFORCED);
}, BUILD_TIMEOUT);
afterAll(removeRelease);

describe('a Namespace with more labels than are read', () => {
  const NAME = 'cofferdam-e2e-long-labels';
  /** As long as keys may be: sixty have more characters than 16 KiB. */
  const long = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [`${'a.'.repeat(126)}a/${'k'.repeat(60)}${i}`, 'x']),
  );
  const labels = { [E2E_LABEL]: 'true', [MODE_LABEL]: 'inject' };
  const make = (more: Record<string, string>) =>
    kubectlOk(['apply', '-f', '-'], {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAME, labels: { ...labels, ...more } },
    });
  const warning = async (): Promise<string> =>
    (await kubectl(['create', '--dry-run=server', '-f', '-'], gated('plain', { namespace: NAME }))).stderr;
  afterAll(() => kubectlOk(['delete', 'namespace', NAME, '--ignore-not-found']));

  it('fails closed: every Pod there needs the most isolation there is, until it has fewer', async () => {
    await make(long);
    await poll('a Pod is judged so', async () =>
      /needs a confidential VM .*because of its namespace, which is not known/.test(await warning())
        ? true
        : undefined,
    );
    await make({});
    await poll('a Pod is judged as ever', async () => ((await warning()) === '' ? true : undefined));
  });
});

describe('a Pod of the highest priority that there is, which asks for all of a node', () => {
  const NAME = 'preemptor';
  const preemptor = async (): Promise<ReturnType<typeof pod>> => {
    const [replica] = await replicas();
    const node = JSON.parse(
      await kubectlOk(['get', 'node', replica?.spec?.nodeName ?? '', '-o', 'json']),
    ) as V1Node;
    const resources = { requests: { cpu: node.status?.allocatable?.cpu ?? '' } };
    return pod(NAME, {
      namespace: ELSEWHERE,
      spec: {
        priorityClassName: 'system-node-critical',
        nodeSelector: { 'kubernetes.io/hostname': node.metadata?.labels?.['kubernetes.io/hostname'] ?? '' },
        containers: [container({ resources })],
      },
    });
  };
  const names = async (): Promise<readonly unknown[]> =>
    (await replicas()).map(({ metadata }) => [metadata?.name, metadata?.deletionTimestamp]);

  it('takes the place of no replica', async () => {
    const before = await names();
    await create(await preemptor());
    try {
      await poll('the scheduler has looked for a place, and found none or made one', async () => {
        const found = await core.readNamespacedPod({ name: NAME, namespace: ELSEWHERE });
        const scheduled = found.status?.conditions?.find(({ type }) => type === 'PodScheduled');
        return scheduled ? true : undefined;
      });
      expect(await names()).toEqual(before);
    } finally {
      await kubectlOk(['delete', 'pod', NAME, '-n', ELSEWHERE, '--now']);
      await settled(2);
    }
  });

  it('is refused where the quota of docs/operations.md is', async () => {
    const [quota] = await documented('takes part in that race');
    const here = { ...quota, metadata: { ...quota?.metadata, namespace: ELSEWHERE } };
    await kubectlOk(['create', '-f', '-'], here);
    try {
      const { metadata, spec = { containers: [] } } = await preemptor();
      await poll('the quota is in force', async () => {
        const asked = create({ metadata: { ...metadata, name: `${NAME}-${numbered++}` }, spec });
        const answer = await asked.then(
          () => '',
          error => refusal(Promise.reject(error)),
        );
        return answer.includes('exceeded quota') ? true : undefined;
      });
      expect(await risky(ELSEWHERE)).toBe(SANDBOX);
    } finally {
      await kubectlOk(['delete', 'resourcequota', quota?.metadata.name ?? '', '-n', ELSEWHERE]);
      await kubectlOk(['delete', 'pods', '--all', '-n', ELSEWHERE, '--now']);
      await settled(2);
    }
  });
});

describe('a Service that claims the addresses of the replicas as its external IPs (CVE-2020-8554)', () => {
  const NAME = 'claims';
  /** The labels of a Pod that listens on no port. */
  const DEAF = { app: 'deaf' };
  const claims = async (): Promise<V1Service> => {
    const service = JSON.parse(await kubectlOk(['get', 'service', 'cofferdam', '-n', HOME, '-o', 'json']));
    const pods = (await replicas()).map(({ status }) => status?.podIP ?? '');
    const externalIPs = [(service as V1Service).spec?.clusterIP ?? '', ...pods].filter(isIP);
    const ports = [443, 8443, 8080].map(port => ({ name: `p${port}`, port }));
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: NAME, namespace: ELSEWHERE, labels: { [E2E_LABEL]: 'true' } },
      spec: { selector: DEAF, externalIPs, ports },
    };
  };

  it('takes their calls and probes: the guard refuses what must be, inject goes without', async () => {
    await create(pod('deaf', { namespace: ELSEWHERE, labels: DEAF }));
    await kubectlOk(['create', '-f', '-'], await claims());
    try {
      await poll('no call is answered', async () =>
        (await risky(ELSEWHERE)) === undefined ? true : undefined,
      );
      expect(await risky(ENFORCED)).toMatch(/cofferdam-guard.*Try again/);
      expect(await asked(ENFORCED, { spec: UNCONTAINABLE })).toMatch(/cofferdam-guard/);
      expect(await asked(ENFORCED, {})).toBeUndefined();
    } finally {
      await kubectlOk(['delete', 'service', NAME, '-n', ELSEWHERE]);
      await kubectlOk(['delete', 'pod', 'deaf', '-n', ELSEWHERE, '--now']);
      await settled(2);
    }
    await getsItsSandbox(ELSEWHERE);
  });

  it('is refused by the policy of docs/operations.md, and another Service is not', async () => {
    const items = await documented('no Service may claim external IPs');
    await kubectlOk(['create', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
    try {
      await poll('the policy is in force', async () => {
        const { stderr } = await kubectl(['create', '--dry-run=server', '-f', '-'], await claims());
        return stderr.includes('denied request: a Service may not claim external IPs') ? true : undefined;
      });
      const { spec, ...ordinary } = await claims();
      const { externalIPs: _, ...rest } = spec ?? {};
      await kubectlOk(['create', '--dry-run=server', '-f', '-'], { ...ordinary, spec: rest });
    } finally {
      for (const { kind, metadata } of items) await kubectlOk(['delete', kind, metadata.name]);
    }
  });
});
