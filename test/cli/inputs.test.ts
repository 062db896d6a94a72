import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFiles } from '../support/write-files.ts';
import { cofferdam } from './stranger.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (files: Readonly<Record<string, string>>): Promise<void> => writeFiles(folder, files);

/** What a review says: each object with its verdict and file, the counts, the exit code. */
async function review(...argv: string[]) {
  const { out, err, code } = await cofferdam(['review', '-o', 'json', ...argv]);
  const { results, summary, problems } = JSON.parse(out);
  const brief = results.map(
    ({ verdict, kind, name, source, line }: Record<string, string>) =>
      `${verdict} ${kind}/${name} ${relative(folder, source ?? '')}:${line}`,
  );
  return { results: brief, summary, problems, err, code };
}

const pod = (name: string, more = ''): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { ...(more && { [more]: true }), containers: [{ name: 'a', image: 'a:1' }] },
  });

const spread = (json: string): string => JSON.stringify(JSON.parse(json), null, 2);

describe('streams of JSON', () => {
  it.each([
    ['JSON lines', `${pod('first', 'hostNetwork')}\n${pod('second')}\n`],
    ['objects one after the other', [pod('first', 'hostNetwork'), pod('second')].map(spread).join('\n')],
  ])('%s are judged, each at its line', async (_, text) => {
    await write({ 'all.json': text });
    const { results, code } = await review(join(folder, 'all.json'));
    const line = text.split('\n').findLastIndex(one => one.startsWith('{')) + 1;
    expect(results).toEqual(['reject Pod/first all.json:1', `admit Pod/second all.json:${line}`]);
    expect(code).toBe(1);
  });
});

describe('trees', () => {
  it('are judged where they are hidden', async () => {
    await write({
      'settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n',
      '.release/agent.yaml': pod('agent', 'hostNetwork'),
      '.release/.old/agent.yaml': pod('old'),
      '.git/agent.yaml': pod('of-git', 'hostPID'),
      'web/node_modules/x/agent.yaml': pod('of-npm', 'hostPID'),
    });
    const { results, summary, code } = await review(folder);
    expect(results).toEqual([
      'admit Pod/old .release/.old/agent.yaml:1',
      'reject Pod/agent .release/agent.yaml:1',
    ]);
    expect(summary).toMatchObject({ total: 2, skipped: 1, unrelated: 0 });
    expect(code).toBe(1);
  });

  it('may hold what is no manifest: it is passed over and counted', async () => {
    await write({
      'package.json': '{"name": "web", "version": "1.0.0"}',
      'compose.yaml': 'services:\n  web: {image: "web:1", privileged: true}\n',
      '.github/workflows/ci.yml': 'on: push\njobs: {}\n',
      'playbook.yml': '- hosts: all\n',
      'broken.yml': 'a: {{ b }}\n  c',
      'ci.yml': 'kind: pipeline\ntype: docker\n',
      'deploy/pod.yaml': pod('fine'),
    });
    const { results, summary, problems, code } = await review(folder);
    expect(results).toEqual(['admit Pod/fine deploy/pod.yaml:1']);
    expect(problems).toEqual([]);
    expect(summary).toMatchObject({ total: 1, skipped: 0, unrelated: 6 });
    expect(code).toBe(0);
  });

  it('what is given by name is a manifest, or an error', async () => {
    await write({ 'package.json': '{"name": "web", "version": "1.0.0"}', 'broken.yml': 'a: b: c' });
    const { problems, code } = await review(join(folder, 'package.json'), join(folder, 'broken.yml'));
    expect(problems.map(({ message }: { message: string }) => message)).toEqual([
      'found nothing, expected a string, as every Kubernetes object has',
      expect.stringContaining('not valid YAML'),
    ]);
    expect(code).toBe(2);
  });

  it('that hold nothing else are an answer', async () => {
    await write({ 'package.json': '{}' });
    const { out, code } = await cofferdam(['review', folder]);
    expect({ out, code }).toEqual({
      out: '0 objects judged. 1 document unrelated to Kubernetes passed over.\n',
      code: 0,
    });
  });
});
