import { describe, expect, it } from 'vitest';
import { compileImage } from '../../src/policy/image.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;

describe('an image pattern', () => {
  it.each([
    ['ghcr.io/acme/agent', 'ghcr.io/acme/agent', true],
    ['ghcr.io/acme/agent', 'ghcr.io/acme/agent:1.2', true],
    ['ghcr.io/acme/agent', `ghcr.io/acme/agent:1.2@${DIGEST}`, true],
    ['ghcr.io/acme/agent', 'ghcr.io/acme/agent-2', false],
    ['ghcr.io/acme/agent', 'ghcr.io/acme/agent/2', false],
    ['ghcr.io/acme/agent', 'evil.io/ghcr.io/acme/agent', false],
    ['ghcr.io/acme/agent', 'docker.io/ghcr.io/acme/agent', false],
    ['ghcr.io/acme/agent', 'ghcr.io:443/acme/agent', false],
    ['ghcr.io/acme/agent:1.2', 'ghcr.io/acme/agent:1.2', true],
    ['ghcr.io/acme/agent:1.2', 'ghcr.io/acme/agent:1.20', false],
    ['ghcr.io/acme/agent:1.2', 'ghcr.io/acme/agent', false],
    [`ghcr.io/acme/agent@${DIGEST}`, `ghcr.io/acme/agent:x@${DIGEST}`, true],
    [`ghcr.io/acme/agent@${DIGEST}`, `ghcr.io/acme/agent@${OTHER}`, false],
    [`ghcr.io/acme/agent@${DIGEST}`, 'ghcr.io/acme/agent', false],
    ['ghcr.io/acme/*', 'ghcr.io/acme/agent:1', true],
    ['ghcr.io/acme/*', 'ghcr.io/acme/a/b', true],
    ['ghcr.io/acme/*', 'ghcr.io/acme', false],
    ['ghcr.io/acme/*', 'ghcr.io/acme-evil/agent', false],
    ['ghcr.io/*', 'ghcr.io/acme/agent', true],
    ['localhost:5000/a', 'localhost:5000/a:1', true],
    ['localhost/a', 'localhost/a', true],
    // github.com/distribution/reference: parts are joined by a dot, one or two underscores, or hyphens.
    ['reg.io/a.bc/d_ef', 'reg.io/a.bc/d_ef:1', true],
    ['reg.io/a_bc/d__ef', 'reg.io/a_bc/d__ef:1', true],
    ['reg.io/a__bc/d--ef', 'reg.io/a__bc/d--ef:1', true],
    ['reg.io/a--bc/d.ef', 'reg.io/a--bc/d.ef:1', true],
    ['r:5000/a', 'r:5000/a:1', true],
    ['reg.io/*', 'reg.io/a___b', false],
    ['reg.io/*', 'reg.io/a..b', false],
    ['reg.io/*', 'reg.io/a/b___c', false],
    ['reg.io/*', '-reg.io/a', false],
    ['reg.io/*', 'reg.io:port/a', false],
    ['reg.io/*', `reg.io/${'a'.repeat(1017)}`, true],
    ['reg.io/*', `reg.io/${'a'.repeat(1018)}`, false],
    ['localhost/a', 'docker.io/localhost/a', false],
    ['ACME/agent', 'ACME/agent:1', true],
    ['acme.io/agent', 'docker.io/acme.io/agent', false],
    ['nginx', 'docker.io/library/nginx:1', true],
    ['nginx', 'index.docker.io/library/nginx', true],
    ['docker.io/library/nginx', 'nginx', true],
    ['docker.io/nginx', 'nginx', true],
    ['nginx', 'acme/nginx', false],
    ['acme/*', 'docker.io/acme/agent', true],
    ['acme/*', 'acme.io/agent', false],
  ])('%s and %s: %s', (pattern, image, expected) => {
    expect(compileImage(pattern)?.(image)).toBe(expected);
  });

  it.each([
    [
      'bypass 20: a tag beside the digest, which the runtime ignores',
      'ghcr.io/acme/agent:1.2',
      `ghcr.io/acme/agent:1.2@${OTHER}`,
    ],
    ['bypass 20: other letters', 'ghcr.io/acme/agent', 'ghcr.io/acme/Agent'],
    ['bypass 20: other letters in the registry', 'ghcr.io/acme/agent', 'GHCR.io/acme/agent'],
    ['bypass 20: a space', 'ghcr.io/acme/agent', ' ghcr.io/acme/agent'],
    ['bypass 20: a line break', 'ghcr.io/acme/agent', 'ghcr.io/acme/agent\n'],
    ['bypass 20: a Cyrillic letter', 'ghcr.io/acme/agent', 'ghcr.io/аcme/agent'],
    ['bypass 20: a step back', 'ghcr.io/acme/*', 'ghcr.io/acme/../evil/agent'],
    ['bypass 20: a double slash', 'ghcr.io/acme/*', 'ghcr.io/acme//agent'],
    ['bypass 20: an encoded slash', 'ghcr.io/acme/*', 'ghcr.io/acme/%2e%2e/evil'],
    ['bypass 20: a user before the registry', 'ghcr.io/acme/agent', 'ghcr.io@evil.io/acme/agent'],
    ['bypass 18: a name without end', 'ghcr.io/acme/*', `ghcr.io/acme/${'a'.repeat(2000)}`],
    ['no image', 'nginx', ''],
  ])('is not met by %s', (_, pattern, image) => {
    expect(compileImage(pattern)?.(image)).toBe(false);
  });

  it.each([
    '-reg.io/a',
    '.reg.io/*',
    'reg.io:port/a',
    'reg.io:/*',
    '',
    '*',
    '/*',
    'a b',
    'nginx*',
    'ghcr.io/*/agent',
    'ghcr.io/acme:1/*',
    'UPPER',
    'a@sha256:1',
  ])('is not %j', pattern => {
    expect(compileImage(pattern)).toBeUndefined();
  });
});
