import { describe, expect, it } from 'vitest';
import { SAVED_KINDS } from '../../src/snapshot/kinds.ts';
import { POD } from '../../src/snapshot/pod.ts';
import { reduced } from '../../src/snapshot/shape.ts';
import { METADATA_FIELDS, SPEC_FIELDS } from '../fuzz/model.ts';
import { filledPod, plantedIn } from './filled.ts';
import { KEPT, matches, normal } from './kept.ts';

const patterns = Object.values(KEPT).flat();

const saved = reduced(filledPod(), POD);
const stays = [...new Set(plantedIn(saved).map(normal))];

describe('of a Pod in which every field of the API is filled', () => {
  it('no text stays without a reason', () => {
    expect(stays.filter(field => !patterns.some(pattern => matches(pattern, field)))).toEqual([]);
  });

  it('every text stays of which a reason says so', () => {
    expect(patterns.filter(pattern => !stays.some(field => matches(pattern, field)))).toEqual([]);
  });

  it('every field was filled, and most texts are gone', () => {
    const all = new Set(plantedIn(filledPod()).map(normal));
    const texts = [...METADATA_FIELDS, ...SPEC_FIELDS].filter(
      ({ fields, type }) => fields.length === 0 && type !== 'number' && type !== 'boolean',
    );
    expect([...new Set(texts.map(({ path }) => normal(path)))].filter(path => !all.has(path))).toEqual([]);
    expect(stays.length).toBeLessThan(all.size / 2);
  });

  it.each([
    ...['container.env.value', 'container.args', 'container.command', 'container.probe.exec.command'],
    ...['container.probe.httpGet.httpHeaders.value', 'container.probe.httpGet.path', 'metadata.annotations'],
    ...['volumes.csi.volumeAttributes', 'volumes.flexVolume.options', 'volumes.gitRepo.repository'],
    ...['securityContext.windowsOptions.gmsaCredentialSpec', 'metadata.managedFields.fieldsV1'],
  ])('%s is gone', field => {
    expect(new Set(plantedIn(filledPod()).map(normal))).toContain(field);
    expect(stays).not.toContain(field);
  });

  it('is the same once it has been read again', () => {
    expect(reduced(saved, POD)).toEqual(saved);
  });
});

describe('an annotation', () => {
  const annotationsOf = (annotations: object): unknown =>
    (reduced({ metadata: { annotations } }, POD) as { metadata: { annotations: unknown } }).metadata
      .annotations;

  it.each([
    ['that a runtime obeys stays', 'dev.gvisor.flag.debug', 'true', 'true'],
    ['that it obeys whatever the case stays', 'IO.katacontainers.config.x', 'y', 'y'],
    ['of AppArmor stays', 'container.apparmor.security.beta.kubernetes.io/a', 'unconfined', 'unconfined'],
    ['that asks for a sidecar stays', 'sidecar.istio.io/inject', 'true', 'true'],
    ['of this project stays', 'cofferdam.dev/injected-runtime-class', 'gvisor', 'gvisor'],
    ['that a runtime does not obey has its key alone', 'vault.example/token', 'secret', ''],
    [
      'that is harmless to Kata has its key alone',
      'io.katacontainers.config.hypervisor.cc_init_data',
      'x',
      '',
    ],
    ['that is no text has its key alone', 'dev.gvisor.flag.debug', { secret: 1 }, ''],
  ])('%s', (_, key, value, kept) => {
    expect(annotationsOf({ [key]: value })).toEqual({ [key]: kept });
  });

  it('that a runtime obeys and that holds a file is told by what a finding has of it', () => {
    const kept = annotationsOf({ 'io.katacontainers.config.x': 'secret '.repeat(20) });
    expect(kept).toEqual({
      'io.katacontainers.config.x': expect.stringMatching(/^<140 characters, sha256 [0-9a-f]{32}>$/),
    });
    expect(annotationsOf(kept as object)).toEqual(kept);
  });
});

describe('a long value of an annotation that is read is told by its hash', () => {
  const SECRET = `Secret: ${'hunter2 '.repeat(20)}`;
  const HASH = /^<168 characters, sha256 [0-9a-f]{32}>$/;
  const kept = (kind: string, key: string, value: string): unknown => {
    const saved = SAVED_KINDS.find(one => one.kind === kind);
    const object = reduced({ metadata: { annotations: { [key]: value } } }, saved?.shape ?? POD);
    return (object as { metadata: { annotations: Record<string, unknown> } }).metadata.annotations[key];
  };

  it.each([
    ['Pod', 'sidecar.istio.io/inject'],
    ['Pod', 'consul.hashicorp.com/connect-inject'],
    ['Pod', 'ambient.istio.io/redirection'],
    ['Pod', 'cofferdam.dev/policy'],
    ['Pod', 'container.apparmor.security.beta.kubernetes.io/a'],
    ['Pod', 'node.gke.io/enable-writable-cgroups.a'],
    ['Pod', 'linkerd.io/inject'],
    ['Namespace', 'linkerd.io/inject'],
  ])('of a %s: %s', (kind, key) => {
    const once = kept(kind, key, SECRET);
    expect(once).toMatch(HASH);
    expect(kept(kind, key, String(once))).toBe(once);
  });

  it('but for what it is of: a profile of AppArmor that is on the node, a name that this project wrote', () => {
    const key = 'container.apparmor.security.beta.kubernetes.io/a';
    const once = String(kept('Pod', key, `localhost/${SECRET}`));
    expect(once.slice('localhost/'.length)).toMatch(HASH);
    expect(kept('Pod', key, once)).toBe(once);
    const long = 'gvisor-'.repeat(20);
    expect(kept('Pod', 'cofferdam.dev/injected-runtime-class', long)).toBe(long);
  });
});

it('words of a command line are as many as before, and empty, but for a program that a signal looks for', () => {
  const container = {
    command: ['/usr/bin/pilot/istio-iptables', '--token=secret'],
    args: ['secret', 3, 'proxy-init'],
  };
  const pod = reduced({ spec: { initContainers: [container] } }, POD);
  expect(pod).toEqual({
    spec: { initContainers: [{ command: ['istio-iptables', ''], args: ['', '', 'proxy-init'] }] },
  });
});
