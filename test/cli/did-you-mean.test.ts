import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { clusterPolicy } from '../policy/support.ts';
import { namespaceText, podText } from '../support/manifests.ts';
import { cofferdam } from './stranger.ts';

const pod = (labels = '', namespace = ''): string =>
  podText('a', { metadata: `${namespace}labels: {${labels}}` });
const namespace = (labels: string): string => namespaceText('shop', labels);
const IN_SHOP = 'namespace: shop, ';

describe('a label with a word that nobody knows', () => {
  const review = async (stdin: string, ...argv: readonly string[]) => {
    const { out, err, code } = await cofferdam(['review', '-', ...argv], { stdin, env: { COLUMNS: '400' } });
    return { out, err, code };
  };

  it('cofferdam.dev/risk, where a sandbox is chosen for it', async () => {
    const { out } = await review(pod('cofferdam.dev/risk: hgih'));
    expect(out).toContain(
      'label cofferdam.dev/risk=hgih on the Pod (not a listed value: counts as the highest; did you mean high?).',
    );
  });

  it('cofferdam.dev/risk of a Namespace', async () => {
    const { out } = await review(namespace('cofferdam.dev/risk: Critical') + pod('', IN_SHOP));
    expect(out).toContain('did you mean critical?');
  });

  it('cofferdam.dev/risk that is like none of the values', async () => {
    const { out } = await review(pod('cofferdam.dev/risk: unbelievable'));
    expect(out).toContain('(not a listed value: counts as the highest)');
  });

  it.each(['cofferdam.dev/risk:', 'cofferdam.dev/risk: ""', 'cofferdam.dev/risk: null'])(
    '%s',
    async label => {
      const { out, err, code } = await review(pod(label));
      expect(out).toContain('cofferdam.dev/risk= on the Pod (not a listed value: counts as the highest)');
      expect({ err, code }).toEqual({ err: '', code: 0 });
    },
  );

  it('of a policy of one’s own', async () => {
    const policy = clusterPolicy(
      '{scoring: {labels: [{key: exposure, weights: {internal: 0, public: 95}}]}}',
      'own',
    );
    const { mkdtemp, rm, writeFile } = await import('node:fs/promises');
    const folder = await mkdtemp('/tmp/cofferdam-');
    await writeFile(`${folder}/own.yaml`, policy);
    const { out } = await review(pod('exposure: pubilc'), '--policy', `${folder}/own.yaml`);
    await rm(folder, { recursive: true });
    expect(out).toContain(
      'label exposure=pubilc on the Pod (not a listed value: counts as the highest; did you mean public?)',
    );
  });

  it.each([
    [
      'cofferdam.dev/mode: enfroce',
      'enfroce',
      'off, audit, warn, inject or enforce',
      'enforce',
      'Did you mean enforce?',
    ],
    [
      'cofferdam.dev/mode: Warn',
      'Warn',
      'off, audit, warn, inject or enforce',
      'enforce',
      'Did you mean warn?',
    ],
    [
      'cofferdam.dev/mode: monitoring',
      'monitoring',
      'off, audit, warn, inject or enforce',
      'enforce',
      'Set it to off, audit, warn, inject or enforce.',
    ],
    [
      'cofferdam.dev/minimum-isolation: app-kernle',
      'app-kernle',
      'host-kernel, app-kernel, vm or confidential-vm',
      'confidential-vm',
      'Did you mean app-kernel?',
    ],
    [
      'cofferdam.dev/minimum-isolation: gvisor',
      'gvisor',
      'host-kernel, app-kernel, vm or confidential-vm',
      'confidential-vm',
      'Did you mean app-kernel?',
    ],
  ])('of a Namespace is a warning: %s', async (label, word, words, countsAs, fix) => {
    const { err } = await review(namespace(label) + pod());
    const key = label.slice(0, label.indexOf(':'));
    expect(err).toBe(
      `-:3: warning: Namespace/shop: metadata.labels["${key}"]: found "${word}", expected ${words}: it counts as ${countsAs}\n  Fix: ${fix}\n`,
    );
  });

  it.each([
    'cofferdam.dev/mode: enforce',
    'cofferdam.dev/minimum-isolation: vm',
    `cofferdam.dev/mode: "\${MODE}"`,
  ])('is none where it is known, or not filled in yet: %s', async label => {
    expect((await review(namespace(label) + pod())).err).toBe('');
  });

  it('is told with what was meant where nothing isolates as much', async () => {
    const { out } = await review(
      namespace('cofferdam.dev/minimum-isolation: confidental-vm') + pod('', IN_SHOP),
    );
    expect(out).toContain('counts as the strongest; did you mean confidential-vm?');
    expect(out).toContain(
      'Set the label cofferdam.dev/minimum-isolation of the namespace to confidential-vm.',
    );
  });
});

describe('a label that is called almost as one of ours', () => {
  const told = async (stdin: string) => (await cofferdam(['review', '-'], { stdin })).err;
  const warning = (object: string, path: string, meant: string, line = 3): string =>
    `-:${line}: warning: ${object}: ${path}: found a label that only a policy of your own could read\n  Fix: Did you mean cofferdam.dev/${meant}?\n`;

  it.each([
    ['cofferdam.dev/rsik: high', 'metadata.labels["cofferdam.dev/rsik"]', 'risk'],
    ['cofferdam.dev/Risk: high', 'metadata.labels["cofferdam.dev/Risk"]', 'risk'],
  ])('of a Pod is a warning: %s', async (label, path, meant) => {
    expect(await told(pod(label))).toBe(warning('Pod/a', path, meant));
  });

  it('of a template is told where it stands', async () => {
    const text = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {template: {metadata: {labels: {cofferdam.dev/riks: high}}, spec: {containers: [{name: a, image: "a:1"}]}}}}`;
    expect(await told(text)).toBe(
      warning('Deployment/d', 'spec.template.metadata.labels["cofferdam.dev/riks"]', 'risk', 1),
    );
  });

  it.each([
    ['cofferdam.dev/mdoe: warn', 'cofferdam.dev/mdoe', 'mode'],
    ['cofferdam.dev/minimum-isolaton: vm', 'cofferdam.dev/minimum-isolaton', 'minimum-isolation'],
  ])('of a Namespace is a warning: %s', async (label, key, meant) => {
    expect(await told(namespace(label) + pod())).toBe(
      warning('Namespace/shop', `metadata.labels["${key}"]`, meant),
    );
  });

  it.each([
    'cofferdam.dev/risk: high',
    'cofferdam.dev/tenant: a',
    'cofferdam.dev/exposure: public',
    'rsik: high',
  ])('is none where it may be anything: %s', async label => {
    expect(await told(pod(label))).toBe('');
    expect(await told(namespace(label) + pod())).toBe('');
  });
});

describe('a risk that a workload says of itself', () => {
  const told = async (stdin: string) => (await cofferdam(['review', '-'], { stdin })).err;
  const RISK = 'labels: {cofferdam.dev/risk: high}';
  const CONTAINERS = 'spec: {containers: [{name: a, image: "a:1"}]}';
  const deployment = (own: string, template: string, kind = 'Deployment', group = 'apps/v1'): string =>
    `{apiVersion: ${group}, kind: ${kind}, metadata: {name: d, ${own}}, spec: {template: {metadata: {${template}}, ${CONTAINERS}}}}`;
  const warning = (object: string, path: string, labels: string): string =>
    `-:1: warning: ${object}: ${path}["cofferdam.dev/risk"]: found the risk "high" where nothing reads it: the labels of its Pods count\n  Fix: Set it in ${labels}.\n`;

  it('is a warning with the place where it counts', async () => {
    expect(await told(deployment(RISK, ''))).toBe(
      warning('Deployment/d', 'metadata.labels', 'spec.template.metadata.labels'),
    );
  });

  it('is one where its Pods have another', async () => {
    expect(await told(deployment(RISK, 'labels: {cofferdam.dev/risk: low}'))).toContain(
      'found the risk "high"',
    );
  });

  it('is one in each place that a CronJob has for it', async () => {
    const text = `{apiVersion: batch/v1, kind: CronJob, metadata: {name: c, ${RISK}}, spec: {jobTemplate: {metadata: {${RISK}}, spec: {template: {${CONTAINERS}}}}}}`;
    const labels = 'spec.jobTemplate.spec.template.metadata.labels';
    expect(await told(text)).toBe(
      warning('CronJob/c', 'metadata.labels', labels) +
        warning('CronJob/c', 'spec.jobTemplate.metadata.labels', labels),
    );
  });

  it.each([
    ['where its Pods say the same', deployment(RISK, RISK)],
    ['where it says another thing', deployment('labels: {app: d}', '')],
    ['of a kind whose controller may hand it on', deployment(RISK, '', 'Rollout', 'argoproj.io/v1alpha1')],
    ['of a Pod, which is what counts', pod('cofferdam.dev/risk: high')],
  ])('is none %s', async (_, text) => {
    expect(await told(text)).toBe('');
  });

  it('moves no verdict', async () => {
    const { code, out } = await cofferdam(['review', '-'], { stdin: deployment(RISK, '') });
    expect([code, out]).toEqual([0, expect.stringMatching(/^admit {2}/m)]);
  });
});

describe('a word on the command line', () => {
  it.each([
    [
      ['review', '--mode', 'enfroce'],
      'Did you mean enforce? Allowed choices are off, audit, warn, inject, enforce, namespace.',
    ],
    [['review', '--fail-on', 'rejct'], 'Did you mean reject? Allowed choices are reject, sandbox, never.'],
    [['review', 'a.yaml', '-o', 'serif'], 'Did you mean sarif?'],
    [['explain', 'a.yaml', '-o', 'jsno'], 'Did you mean json?'],
    [['serve', '--log-level', 'wran'], 'Did you mean warn?'],
    [['serve', '--scan-default-mode', 'adit'], 'Did you mean audit?'],
    [['export', 'guard', '--default-mode', 'injcet'], 'Did you mean inject?'],
    [['export', 'runtimeclasses', '--runtime', 'gvisr'], 'Did you mean gvisor?'],
    [['completion', 'bahs'], 'Did you mean bash?'],
    [['explain', 'test/golden/inputs/shop.yaml', '--name', 'exportr'], 'Did you mean exporter?'],
    [['explain', 'test/golden/inputs/shop.yaml', '--name', 'Pod/restrictd'], 'Did you mean Pod/restricted?'],
  ])('%j', async (argv, hint) => {
    const { code, err } = await cofferdam(argv);
    expect([code, err]).toEqual([2, expect.stringContaining(hint)]);
  });

  it('has no list of choices that does not say what was meant', async () => {
    const io = {
      stdin: Readable.from([]),
      out: () => {},
      err: () => {},
      env: {},
      color: false,
      isTTY: false,
    };
    const program = await createProgram(io, () => {}, undefined);
    const all = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(all)];
    const choosers = all(program)
      .flatMap(command => [...command.options, ...command.registeredArguments])
      .filter(({ argChoices }) => argChoices !== undefined);
    expect(choosers.length).toBeGreaterThan(5);
    for (const { argChoices, parseArg } of choosers) {
      const [word = ''] = argChoices ?? [];
      expect(() => parseArg?.(`${word}x`, undefined)).toThrow(`Did you mean ${word}?`);
    }
  });
});
