import { expect, it } from 'vitest';
import { compileImage, imageRegex } from '../../src/policy/image.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const PATTERNS = [
  'nginx',
  'nginx:1.27',
  `nginx@${DIGEST}`,
  'acme/app',
  'library/nginx',
  'docker.io/nginx',
  'docker.io/*',
  'docker.io/acme/*',
  'library/*',
  'acme/*',
  'ghcr.io/acme/agent',
  'ghcr.io/acme/agent:1.2',
  `ghcr.io/acme/agent@${DIGEST}`,
  'ghcr.io/acme/*',
  'ghcr.io/*',
  'localhost/app',
  'localhost:5000/app/*',
  'docker.io/foo.bar/baz',
];

const REGISTRIES = [
  '',
  'docker.io/',
  'index.docker.io/',
  'ghcr.io/',
  'localhost/',
  'localhost:5000/',
  'GHCR.io/',
  'foo.bar/',
];
const PARTS = ['acme', 'agent', 'app', 'library', 'nginx', 'foo.bar', 'baz', 'a--b', 'A'];
const PATHS = [...PARTS, ...PARTS.flatMap(a => PARTS.flatMap(b => [`${a}/${b}`, `${a}/${b}/x`]))];
const SUFFIXES = [
  '',
  ':1.2',
  ':1.27',
  `@${DIGEST}`,
  `:1.2@${DIGEST}`,
  `@sha256:${'b'.repeat(64)}`,
  ':',
  '@',
  '\n',
];
const REFERENCES = REGISTRIES.flatMap(a => PATHS.flatMap(b => SUFFIXES.map(c => a + b + c)));

it.each(PATTERNS)('is the same as a regular expression: %s', pattern => {
  const matches = compileImage(pattern) as (reference: string) => boolean;
  // Without the flag m, `$` is the end of the text alone, as it is in RE2.
  const regex = new RegExp(imageRegex(pattern) as string);
  const matched = REFERENCES.filter(matches);
  expect(REFERENCES.filter(one => regex.test(one))).toEqual(matched);
  expect(matched.length).toBeGreaterThan(0);
});

it.each(['', 'a b', '*', 'nginx:1 2', 'ghcr.io/acme:1/*'])(
  'is none where the pattern is none: %j',
  pattern => {
    expect([compileImage(pattern), imageRegex(pattern)]).toEqual([undefined, undefined]);
  },
);
