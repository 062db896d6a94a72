import { describe, expect, it } from 'vitest';
import { cofferdam } from './stranger.ts';

const CLUSTER = 'test/fixtures/scope/nodes.yaml';

interface Result {
  readonly verdict: string;
  readonly runtimeClass: string | null;
  readonly nodes?: object;
  readonly warnings: readonly string[];
}

const RISK = 'cofferdam.dev/risk: high';
const daemonSet = (spec: string, labels = RISK): string =>
  `{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent}, spec: {template: {metadata: {labels: {${labels}}}, spec: {${spec}containers: [{name: a, image: "a:1"}]}}}}`;

async function reviewed(stdin: string, ...argv: readonly string[]): Promise<Result> {
  const ran = await cofferdam(['review', '-', '--cluster', CLUSTER, '-o', 'json', ...argv], { stdin });
  expect(ran.err).toBe('');
  return (JSON.parse(ran.out) as { readonly results: readonly [Result] }).results[0];
}

describe('a DaemonSet is judged for the nodes that its Pods go to', () => {
  it.each<[string, string, string | null, number, readonly string[], string?]>([
    // Neither the tainted ones nor the one that is away; the cordoned one, which every DaemonSet tolerates.
    ['any', '', 'kata-qemu', 3, ['plain-1', 'plain-2']],
    ['those with a label', 'nodeSelector: {disk: ssd}, ', 'kata-qemu', 2, ['plain-1']],
    // The class tolerates the taint, but the controller does not ask the class.
    ['the tainted one', 'nodeSelector: {pool: sandbox}, ', 'gvisor', 0, []],
    [
      'tainted ones, too',
      'tolerations: [{key: pool, operator: Exists}], ',
      'gvisor',
      4,
      ['plain-1', 'plain-2'],
      'metal',
    ],
    ['all', 'tolerations: [{operator: Exists}], ', 'gvisor', 5, ['plain-1', 'plain-2', 'windows'], 'metal'],
    ['none', 'nodeSelector: {disk: tape}, ', 'gvisor', 0, []],
    ['its own class', 'runtimeClassName: kata-qemu, ', 'kata-qemu', 3, ['plain-1', 'plain-2']],
  ])('%s', async (_, spec, runtimeClass, goesTo, cannotRun, inKata) => {
    const result = await reviewed(daemonSet(spec));
    expect([result.runtimeClass, result.nodes]).toEqual([
      runtimeClass,
      { goesTo, cannotRun, ...(inKata && { otherwise: [{ runtimeClass: 'kata-qemu', nodes: [inKata] }] }) },
    ]);
  });

  it('and says which of them cannot run it', async () => {
    const { warnings } = await reviewed(daemonSet(''));
    expect(warnings).toContain('2 of 3 nodes that its Pods go to cannot run them: plain-1 and plain-2');
    expect((await reviewed(daemonSet('nodeSelector: {disk: tape}, '))).warnings).toContain(
      'its nodeSelector, affinity or tolerations rule out every ready node',
    );
  });

  it('and which have it in another class, as each Pod is tied to its node when it is judged', async () => {
    const { warnings } = await reviewed(daemonSet('tolerations: [{operator: Exists}], '));
    expect(warnings).toContain('1 of 5 nodes that its Pods go to runs them in "kata-qemu": metal');
  });

  it('as the Pod that its controller makes for such a node is judged', async () => {
    const terms = '[{matchFields: [{key: metadata.name, operator: In, values: [plain-2]}]}]';
    const affinity = `{nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: ${terms}}}}`;
    const pod = `{apiVersion: v1, kind: Pod, metadata: {name: p, labels: {${RISK}}}, spec: {affinity: ${affinity}, containers: [{name: a, image: "a:1"}]}}`;
    const { warnings } = await reviewed(pod);
    expect(warnings).toContain('it will wait: RuntimeClass "gvisor" has no ready node that can take it now');
  });

  it('keeps what its own affinity says', async () => {
    const terms =
      '[{matchExpressions: [{key: disk, operator: Exists}]}, {matchExpressions: [{key: pool, operator: Exists}]}]';
    const affinity = `affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: ${terms}}}}, `;
    const { nodes } = await reviewed(daemonSet(affinity));
    expect(nodes).toEqual({ goesTo: 2, cannotRun: ['plain-1'] });
  });

  it('runs anywhere where nothing requires a sandbox, and is rejected for all nodes where something does not fit', async () => {
    expect((await reviewed(daemonSet('', ''))).nodes).toEqual({ goesTo: 3, cannotRun: [] });
    expect(await reviewed(daemonSet('hostPID: true, '))).toMatchObject({
      verdict: 'reject',
      nodes: { goesTo: 3, cannotRun: [] },
    });
  });

  it('and so is what it becomes by the exemption that is drafted', async () => {
    const hostPath = 'volumes: [{name: v, hostPath: {path: /srv}}], ';
    const argv = ['explain', '-', '--cluster', CLUSTER, '-o', 'json'];
    const { out } = await cofferdam(argv, { stdin: daemonSet(hostPath) });
    // No gVisor, whose nodes are tainted: its class tolerates that, and the controller does not ask the class.
    expect(JSON.parse(out).withExemption).toMatchObject({ verdict: 'sandbox', runtimeClass: 'kata-qemu' });
  });

  it('is not told of nodes where none are known', async () => {
    const ran = await cofferdam(['review', '-', '-o', 'json'], { stdin: daemonSet('') });
    expect(JSON.parse(ran.out).results[0]).not.toHaveProperty('nodes');
  });
});
