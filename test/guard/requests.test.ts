import { describe, expect, it } from 'vitest';
import { GUARD } from '../../src/guard/names.ts';
import { ground, privileged } from './support/ground.ts';

/** Which requests the guard looks at, and which always pass. */
const BAD = { spec: { hostPID: true } };

describe('namespaces', () => {
  const seen = (options: object, labels: Record<string, string | undefined>) => {
    const of = JSON.parse(JSON.stringify({ 'cofferdam.dev/mode': undefined, ...labels })) as Record<
      string,
      string
    >;
    const { creation } = ground([], { ...options, labels: of });
    return creation(BAD, { namespaceLabels: of }).allowed;
  };

  it.each(['off', 'audit', 'warn', 'inject'])('of mode %s are left alone, whatever the default', mode => {
    for (const defaultMode of ['warn', 'enforce'] as const)
      expect(seen({ defaultMode }, { 'cofferdam.dev/mode': mode })).toBe(true);
  });

  it.each(['enforce', 'enfroce', ''])('of mode %j are guarded', mode => {
    expect(seen({}, { 'cofferdam.dev/mode': mode })).toBe(false);
  });

  it('without a mode are what the default is', () => {
    expect(seen({}, {})).toBe(true);
    expect(seen({ defaultMode: 'enforce' }, {})).toBe(false);
  });

  it('that are excluded are left alone', () => {
    const enforced = { 'cofferdam.dev/mode': 'enforce' };
    expect(seen({ excludedNamespaces: ['shop'] }, enforced)).toBe(true);
    expect(seen({ excludedNamespaces: ['other'] }, enforced)).toBe(false);
    expect(seen({ excludedNamespaces: [] }, enforced)).toBe(false);
    const { creation } = ground();
    expect(creation(BAD, { namespace: 'kube-system' })).toEqual({
      allowed: true,
      denials: [],
      evaluated: [],
    });
  });
});

describe('mirror Pods', () => {
  const { create } = ground();
  const mirror = { ...BAD, annotations: { 'kubernetes.io/config.mirror': 'x' } };
  const node = { userInfo: { username: 'system:node:n', groups: ['system:nodes'] } };

  it('pass where a node makes them', () => {
    expect(create(mirror, node)).toEqual([]);
  });

  it('are Pods like any other where somebody else does, or where nothing is mirrored', () => {
    expect(create(mirror)).toHaveLength(1);
    expect(create(mirror, { userInfo: { username: 'a', groups: ['other'] } })).toHaveLength(1);
    expect(create(mirror, { userInfo: { username: 'a' } })).toHaveLength(1);
    expect(create(BAD, node)).toHaveLength(1);
  });
});

describe('Pods that are being deleted', () => {
  const { update, create, change } = ground();
  const at = { deletionTimestamp: '2026-11-24T00:00:00Z' };
  const more = { annotations: { 'dev.gvisor.spec.x': 'y' } };

  it('always pass, by the word of the stored one', () => {
    expect(change(at, { ...at, ...more })).toEqual({ allowed: true, denials: [], evaluated: [] });
  });

  it('are judged where only the request says so', () => {
    expect(update({}, { ...at, ...more })).toHaveLength(1);
    expect(create({ ...BAD, ...at })).toHaveLength(1);
  });
});

describe('operations', () => {
  const { creation, change } = ground();

  it.each(['', 'ephemeralcontainers', 'resize'])(
    'judge what is added through an update of %j',
    subResource => {
      const added = { spec: { ephemeralContainers: [privileged('more')] } };
      const { allowed, evaluated } = change({}, added, { subResource });
      expect({ allowed, evaluated }).toEqual({ allowed: false, evaluated: [GUARD] });
    },
  );

  it.each([
    ['DELETE', 'pods', undefined],
    ['CREATE', 'pods', 'eviction'],
    ['CONNECT', 'pods', 'exec'],
    ['CREATE', 'configmaps', undefined],
  ] as const)('are none of the guard: %s of %s/%s', (operation, resource, subResource) => {
    const more = { operation, resource, ...(subResource && { subResource }) };
    expect(creation(BAD, more)).toEqual({ allowed: true, denials: [], evaluated: [] });
  });
});
