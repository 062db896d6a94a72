import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { cofferdam } from '../cli/stranger.ts';
import { namespace, runtimeClass } from '../support/objects.ts';
import { writeFiles } from '../support/write-files.ts';
import { blocksIn, ROOT, sectionOf, tablesIn, textOf } from './pages.ts';

/*
Each file of docs/writing-policies.md is loaded by the command line, as a reader's would be, and decides what the table
below it says.
*/

const PAGE = 'docs/writing-policies.md';
const PINNED = `ghcr.io/acme/shop@sha256:${'0'.repeat(64)}`;
const TAGGED = 'ghcr.io/acme/shop:1.4';
const EXPORTER = 'quay.io/prometheus/node-exporter:v1.9.1';

interface Subject {
  readonly metadata?: { readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: object;
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  /** When it is judged. */
  readonly now?: string;
}

const containers = (...images: readonly string[]) => images.map((image, i) => ({ name: `c${i}`, image }));

/** An object in a namespace that faces the internet. */
const facing = (image: string, labels: Record<string, string> = {}, more: object = {}): Subject => ({
  metadata: { labels },
  spec: { containers: containers(image), ...more },
  namespaceLabels: { exposure: 'public' },
});

const inNamespace = (name: string, labels: Record<string, string>): Subject => ({
  metadata: { namespace: name, labels },
  spec: { containers: containers(TAGGED) },
});

const exporter = (
  more: { paths?: readonly string[]; images?: readonly string[]; namespace?: string; now?: string } = {},
): Subject => ({
  metadata: { namespace: more.namespace ?? 'monitoring' },
  spec: {
    serviceAccountName: 'node-exporter',
    hostNetwork: true,
    hostPID: true,
    containers: containers(EXPORTER, ...(more.images ?? [])),
    volumes: ['/proc', '/sys', ...(more.paths ?? [])].map((path, i) => ({
      name: `v${i}`,
      hostPath: { path },
    })),
  },
  ...(more.now !== undefined && { now: more.now }),
});

const withTeam = (spec: object, labels: Record<string, string> = {}, container: object = {}): Subject => ({
  metadata: { labels },
  spec: { containers: [{ name: 'app', image: PINNED, ...container }], ...spec },
});

const RISKY = { 'cofferdam.dev/risk': 'high' };
const NET_RAW = { securityContext: { capabilities: { add: ['NET_RAW'] } } };

/** The Pods of each table, by the words of its first cell. */
const SUBJECTS: Readonly<Record<string, Readonly<Record<string, Subject>>>> = {
  'A ClusterSandboxPolicy': {
    'in a namespace without the label `exposure: public`': {
      ...facing(TAGGED, { data: 'payment' }),
      namespaceLabels: {},
    },
    'in a labelled namespace, with its image named by digest': facing(PINNED),
    'in a labelled namespace, with its image named by tag': facing(TAGGED),
    'in a labelled namespace, with the label `data: payment`': facing(PINNED, { data: 'payment' }),
    'in a labelled namespace, with its image named by tag and the label `data: personal`': facing(TAGGED, {
      data: 'personal',
    }),
    'in a labelled namespace, with `hostNetwork: true`': facing(PINNED, {}, { hostNetwork: true }),
  },
  'A SandboxPolicy': {
    'in `team-a`, with the label `app: build`': inNamespace('team-a', { app: 'build' }),
    'in `team-a`, with the labels `app: build` and `origin: fork`': inNamespace('team-a', {
      app: 'build',
      origin: 'fork',
    }),
    'in `team-a`, with other labels': inNamespace('team-a', { app: 'web' }),
    'in another namespace, with the label `app: build`': inNamespace('team-b', { app: 'build' }),
  },
  'A SandboxExemption': {
    'of the node exporter, in `monitoring`, with hostNetwork, hostPID, `/proc` and `/sys`': exporter(),
    'of the same, with `/root` mounted, too': exporter({ paths: ['/root'] }),
    'of the same, with a second image beside it': exporter({ images: [TAGGED] }),
    'of the same, in another namespace': exporter({ namespace: 'shop' }),
    'of the same, after the exemption has expired': exporter({ now: '2027-03-01T00:00:00Z' }),
  },
  'A SandboxProfile': {
    'with the label `cofferdam.dev/risk: high`': withTeam({}, RISKY),
    'with the label `cofferdam.dev/risk: high`, that asks for `acme.example/sensor`': withTeam({}, RISKY, {
      resources: { limits: { 'acme.example/sensor': '1' } },
    }),
    'with the capability NET_RAW': withTeam({}, {}, NET_RAW),
    'with `runtimeClassName: team` and the capability NET_RAW': withTeam(
      { runtimeClassName: 'team' },
      {},
      NET_RAW,
    ),
  },
};

const SECTIONS = [...Object.keys(SUBJECTS), 'A tests file'];
const blockOf = (section: string): string => blocksIn(sectionOf(PAGE, section), 'yaml').join('');
/** `my-policies/NAME.yaml`, as the second line says. */
const nameOf = (section: string): string => /^# my-policies\/(\S+)$/m.exec(blockOf(section))?.[1] ?? '';

const CLUSTER = [runtimeClass('team', 'runsc-team'), runtimeClass('kata-qemu', 'kata-qemu')];

const folders: string[] = [];
afterAll(() => Promise.all(folders.map(folder => rm(folder, { recursive: true }))));
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-12-01T00:00:00Z') }));
afterEach(() => void vi.useRealTimers());

interface Judged {
  readonly verdict: string;
  readonly runtimeClass: string | null;
  readonly required: string;
  readonly score: number;
  readonly tierScore: number;
  readonly warnings: readonly string[];
}

/** What `cofferdam review` says of one Pod. @param policies sections whose files are in the folder of policies */
async function judge(subject: Subject, policies: readonly string[], cluster?: readonly object[]) {
  const { metadata = {}, spec, namespaceLabels = {}, now } = subject;
  if (now !== undefined) vi.setSystemTime(now);
  const { namespace: where = 'shop' } = metadata;
  const inForce = await folderWith(policies);
  const clusterFile = join(inForce, '../cluster.yaml');
  if (cluster) await writeFile(clusterFile, stringify({ apiVersion: 'v1', kind: 'List', items: cluster }));
  const manifests = [
    namespace(where, namespaceLabels),
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'subject', namespace: where, ...metadata }, spec },
  ];
  const { out, err, code } = await cofferdam(
    [
      'review',
      '-',
      ...['-o', 'json', '--no-config'],
      ...(policies.length > 0 ? ['--policy', inForce] : []),
      ...(cluster ? ['--cluster', clusterFile] : []),
    ],
    { stdin: manifests.map(one => stringify(one)).join('---\n') },
  );
  // Problems with a policy are no answer. What bears on nothing that was reviewed is a note.
  expect([err, code]).not.toEqual([err, 2]);
  return (JSON.parse(out) as { results: readonly Judged[] }).results[0] as Judged;
}

const VERDICTS: Readonly<Record<string, string>> = {
  admitted: 'admit',
  sandboxed: 'sandbox',
  rejected: 'reject',
};

describe.each(Object.keys(SUBJECTS))('%s', section => {
  const [table] = tablesIn(sectionOf(PAGE, section));
  const rows = table?.rows ?? [];
  const subjects = SUBJECTS[section] as Readonly<Record<string, Subject>>;

  it('has a Pod here for each line of its table', () => {
    expect(rows.map(([pod]) => pod)).toEqual(Object.keys(subjects));
  });

  it.each(rows)(
    'decides what the page says of a Pod %s',
    async (pod = '', is = '', name = '', score = '') => {
      const judged = await judge(
        subjects[pod] as Subject,
        [section],
        section === 'A SandboxProfile' ? CLUSTER : undefined,
      );
      expect([judged.verdict, judged.runtimeClass ?? '–', judged.tierScore]).toEqual([
        VERDICTS[is],
        name.replaceAll('`', ''),
        score === '' ? judged.tierScore : Number(score),
      ]);
    },
  );

  it('is needed for it: without the file, something is decided otherwise', async () => {
    const cluster = section === 'A SandboxProfile' ? CLUSTER : undefined;
    const without = await Promise.all(
      rows.map(async ([pod = '']) => {
        const { verdict, runtimeClass } = await judge(subjects[pod] as Subject, [], cluster);
        return [verdict, runtimeClass ?? '–'].join();
      }),
    );
    expect(without).not.toEqual(
      rows.map(([, is = '', name = '']) => [VERDICTS[is], name.replaceAll('`', '')].join()),
    );
  });
});

it('places the first Pod in kata-qemu without the profile', async () => {
  const judged = await judge(withTeam({}, RISKY), [], CLUSTER);
  expect([judged.verdict, judged.runtimeClass]).toEqual(['sandbox', 'kata-qemu']);
});

/** @returns the folder `my-policies`, with the files of these sections */
async function folderWith(sections: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'writing-policies-'));
  folders.push(folder);
  await writeFiles(
    folder,
    Object.fromEntries(sections.map(section => [`my-policies/${nameOf(section)}`, blockOf(section)])),
  );
  return join(folder, 'my-policies');
}

describe('the tests file', () => {
  const FILES = ['A ClusterSandboxPolicy', 'A tests file'];
  const shown = /^\$ npx --no-install (cofferdam test .*)\n([\s\S]*?)^```$/m.exec(textOf(PAGE)) ?? [];

  it('lies beside the policy that it is about', () => {
    expect(nameOf('A tests file')).toBe(nameOf('A ClusterSandboxPolicy').replace('.yaml', '.tests.yaml'));
  });

  it('passes, as the page shows', async () => {
    const folder = await folderWith(FILES);
    const [, command = '', output = ''] = shown;
    const [, test = '', path = ''] = command.split(' ');
    const { code, out, err } = await cofferdam([test, path.replace('my-policies/', folder)]);
    expect([err, out.replaceAll(`${folder}/`, 'my-policies/')]).toEqual(['', output]);
    expect(code).toBe(0);
  });

  it('fails without the policy', async () => {
    const folder = await folderWith(FILES);
    const { code } = await cofferdam(['test', folder, '--policy', 'balanced']);
    expect(code).toBe(1);
  });
});

describe('every example', () => {
  it.each(SECTIONS)('of %s begins with its schema, as seen from its folder', section => {
    const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(blockOf(section)) ?? [];
    expect(schema).toMatch(/^\.\.\/docs\/schema\//);
    expect(existsSync(join(ROOT, 'my-policies', schema))).toBe(true);
  });

  it('is named otherwise than the others', () => {
    const names = SECTIONS.map(nameOf);
    expect(new Set(names).size).toBe(SECTIONS.length);
    expect(names).not.toContain('');
  });

  it('loads beside the others from one folder', async () => {
    const one = facing(PINNED);
    expect((await judge(one, SECTIONS)).verdict).toBe('sandbox');
  });

  it('is all that the page shows', () => {
    expect(blocksIn(textOf(PAGE), 'yaml')).toHaveLength(SECTIONS.length);
  });
});
