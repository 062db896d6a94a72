import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPolicies } from '../../src/policy/arguments.ts';
import { loadPolicies } from '../../src/policy/load.ts';
import type { SourceDocument } from '../../src/source/document.ts';
import { documentOf } from '../support/documents.ts';
import { clusterPolicy, NOW, told } from './support.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
  await writeFile(join(folder, 'mine.yaml'), clusterPolicy('{}'));
  await writeFile(join(folder, 'mine.tests.yaml'), '- name: a case\n');
});
afterAll(() => rm(folder, { recursive: true }));

const names = async (args: string[], options = {}) => {
  const { snapshot, problems } = await loadPolicies(args, { now: NOW, ...options });
  expect(problems).toEqual([]);
  return snapshot.policies.map(policy => policy.name);
};

describe('loadPolicies', () => {
  it('has balanced in force besides, unless it is turned off', async () => {
    expect(await names([])).toEqual(['balanced']);
    expect(await names(['balanced'])).toEqual(['balanced']);
    expect(await names(['strict'])).toEqual(['balanced', 'strict']);
    expect(await names(['strict', 'strict', 'multi-tenant'], { balanced: false })).toEqual([
      'multi-tenant',
      'strict',
    ]);
  });

  it('reads files and folders, and passes over the tests beside a policy', async () => {
    expect(await names([join(folder, 'mine.yaml')])).toEqual(['balanced', 'mine']);
    expect(await names([folder])).toEqual(['balanced', 'mine']);
  });

  it('does not pass over a file of tests that is named', async () => {
    const { problems } = await loadPolicies([join(folder, 'mine.tests.yaml')]);
    expect(problems.map(problem => problem.message)).toEqual(['not an object with apiVersion and kind']);
  });

  it('reads standard input, lists too', async () => {
    async function* stdin() {
      yield 'kind: List\nitems:\n- apiVersion: cofferdam.dev/v1alpha1\n  kind: ClusterSandboxPolicy\n';
      yield '  metadata: {name: listed}\n  spec: {}\n';
    }
    expect(await names(['-'], { stdin: stdin() })).toEqual(['balanced', 'listed']);
  });

  async function* stdin() {}

  const choice = 'balanced, strict, multi-tenant';
  it.each([
    ['stict', `stict is neither a built-in policy (${choice}) nor a file or folder; Did you mean strict?`],
    [
      'nonsense',
      `nonsense is neither a built-in policy (${choice}) nor a file or folder; Name one of these, or the path of a file or folder.`,
    ],
    ['./strict', 'no such file or folder; Check the path.'],
    ['a.yaml', 'no such file or folder; Check the path.'],
  ])('tells that %s is not there', async (name, expected) => {
    const { problems, snapshot } = await loadPolicies([name]);
    expect(told(problems)).toEqual([`undefined : ${expected}`]);
    expect(snapshot.policies.map(policy => policy.name)).toEqual(['balanced']);
  });

  it.each([
    ['nothing', ''],
    ['comments', '# policies: none yet\n---\n# and none here\n'],
    ['an empty list', 'kind: List\nitems: []\n'],
  ])('tells of a file that holds %s, but not of one in a folder with policies', async (_, text) => {
    const inner = join(folder, 'inner');
    await mkdir(inner, { recursive: true });
    const file = join(inner, 'empty.yaml');
    await writeFile(file, text);
    const { problems } = await loadPolicies([file]);
    expect(problems).toEqual([
      {
        severity: 'error',
        position: { file },
        path: '',
        message: 'holds no policy, exemption or profile',
        fix: 'Write one of ClusterSandboxPolicy, SandboxPolicy, SandboxExemption, SandboxProfile into it, or do not name it.',
      },
    ]);
    expect((await loadPolicies([inner])).problems).toMatchObject([{ position: { file: inner } }]);
    expect(await names([folder])).toEqual(['balanced', 'mine']);
  });

  it('tells of standard input that holds nothing', async () => {
    expect((await loadPolicies(['-'])).problems).toMatchObject([{ position: { file: '-' } }]);
  });

  it('keeps what a file held that is empty now', async () => {
    const file = join(folder, 'cut.yaml');
    await writeFile(file, clusterPolicy('{}'));
    const previous = await loadPolicies([file], { now: NOW });
    await writeFile(file, '');
    const { snapshot, problems } = await loadPolicies([file], { now: NOW, previous });
    expect(problems).toHaveLength(1);
    expect(snapshot.policies.map(policy => policy.name)).toEqual(['balanced', 'mine']);
    await rm(file);
  });

  describe('beside the objects of a cluster', () => {
    const inCluster = ['mine', 'other'].map(name =>
      documentOf({
        apiVersion: 'cofferdam.dev/v1alpha1',
        kind: 'ClusterSandboxPolicy',
        metadata: { name },
        spec: { minimumIsolation: 'vm' },
      }),
    );
    const nameless = documentOf({
      apiVersion: 'cofferdam.dev/v1alpha1',
      kind: 'ClusterSandboxPolicy',
      metadata: {},
      spec: {},
    });
    const loaded = (documents: readonly SourceDocument[], asIfApplied = false) =>
      loadPolicies([join(folder, 'mine.yaml')], { now: NOW, balanced: false, documents, asIfApplied });

    it('what a file holds is another of the same name', async () => {
      const { snapshot, problems } = await loaded(inCluster);
      expect(snapshot.policies.map(({ name }) => name)).toEqual(['other']);
      expect(problems.map(({ object }) => object)).toEqual(Array(2).fill('ClusterSandboxPolicy/mine'));
    });

    it('as if it were applied, it stands in for the one that has its name, and for no other', async () => {
      const { snapshot, problems } = await loaded(inCluster, true);
      expect(problems).toEqual([]);
      expect(snapshot.policies.map(({ name, minimumIsolation }) => [name, minimumIsolation])).toEqual([
        ['mine', 'host-kernel'],
        ['other', 'vm'],
      ]);
    });

    it.each([
      ['what has no name', nameless],
      ['what is of no kind', documentOf({ kind: 'Policy', metadata: { name: 'mine' } })],
      ['what is no object', documentOf(null)],
    ])('as if it were applied, it does not stand in for %s', async (_, document) => {
      const { problems } = await loaded([document, ...inCluster], true);
      expect(problems.map(({ severity }) => severity)).toEqual(['error']);
    });
  });

  it('does not take an empty folder for a misspelt name', async () => {
    const fs = { stat: async () => ({ isDirectory: () => true }), readdir: async () => [], readFile: never };
    const { problems } = await readPolicies(['empty'], stdin(), fs);
    expect(problems.map(({ message }) => message)).toEqual(['no file ends in .yaml, .yml, .json']);
  });
});

const never = async (): Promise<never> => {
  throw new Error('there is no file to read');
};
