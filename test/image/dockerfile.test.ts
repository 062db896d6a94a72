import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const dockerfile = read('Dockerfile');
const argument = (name: string): string => new RegExp(`^ARG ${name}=(.*)$`, 'm').exec(dockerfile)?.[1] ?? '';

it('carries the version of the package', () => {
  const { version } = JSON.parse(read('package.json'));
  expect(argument('VERSION')).toBe(version);
});

it('builds on one image of Node 24, pinned by its digest', () => {
  expect(argument('NODE_IMAGE')).toMatch(/^node:24\.\d+\.\d+-\w+-slim@sha256:[0-9a-f]{64}$/);
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the Dockerfile's own
  expect(bases).toEqual(['${NODE_IMAGE}', 'scratch']);
});

it('runs as a user that is a number other than 0', () => {
  expect(dockerfile).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
});

it('is built anew by test/cluster/images.sh wherever something that it copies has changed', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)]
    .flatMap(([, paths = '']) => paths.split(' '))
    .map(path => path.replace(/\/\*.*$/, ''));
  const [, list = ''] = /"\$REPOSITORY"\/\{(.*)\}/.exec(read('test/cluster/images.sh')) ?? [];
  expect(copied).toContain('docs/ci');
  expect(list.split(',')).toEqual(expect.arrayContaining(copied));
});
