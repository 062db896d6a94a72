import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/admission/log.ts';
import { readCluster } from '../../src/cluster/static.ts';
import type { LoadedObjects } from '../../src/controller/changes.ts';
import { feed } from '../../src/controller/feed.ts';
import { guardTask } from '../../src/controller/guard.ts';
import { GuardTooLarge, guardFor } from '../../src/guard/guard.ts';
import type { AdmissionPolicy } from '../../src/guard/object.ts';
import type { Api, ApiCall } from '../../src/kube/api.ts';
import { KubeError } from '../../src/kube/error.ts';
import type { Compilation } from '../../src/policy/load.ts';
import type { Snapshot } from '../../src/policy/policy.ts';
import { documentOf } from '../support/documents.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { World } from './world.ts';

const PATH = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/cofferdam-guard';
const policy = (name: string, spec: object = {}) => ({
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'ClusterSandboxPolicy',
  metadata: { name },
  spec,
});
const classNamed = (name: string) => ({
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name },
  handler: 'runsc',
});
const classesOf = (...names: string[]) =>
  readCluster(names.map(name => documentOf(classNamed(name)))).view.runtimeClasses();

const PLAIN = snapshotOf();
const STRICT = snapshotOf([policy('strict', { minimumIsolation: 'vm' })]);

let world: World;
let stored: (AdmissionPolicy & { metadata: { resourceVersion?: string } }) | undefined;
let writes: AdmissionPolicy[];
let refuse: ((call: ApiCall) => void) | undefined;
let logged: { readonly msg: string; readonly reason?: string }[];
let ready: boolean;
let classes = classesOf('gvisor');
let registry: Registry;
let stop: () => Promise<void>;
const policies = feed<LoadedObjects>();
const changedClasses = feed<void>();

const load = (snapshot: Snapshot): void => {
  const result: Compilation = { snapshot, problems: [], accepted: new Map() };
  policies.push({ objects: [], result });
};

/** One object, which is there from the start. */
const api: Api = async call => {
  refuse?.(call);
  expect(call.path).toBe(PATH);
  if (!stored) throw new KubeError('not found', { status: 404 });
  if ((call.method ?? 'GET') === 'GET') return { ...structuredClone(stored) };
  expect(call.method).toBe('PUT');
  const body = call.body as NonNullable<typeof stored>;
  expect(body.metadata.resourceVersion).toBe(stored.metadata.resourceVersion);
  writes.push(body);
  const resourceVersion = String(Number(stored.metadata.resourceVersion) + 1);
  stored = { ...body, metadata: { ...body.metadata, resourceVersion } };
  return { ...stored };
};

const wanted = (snapshot: Snapshot) => guardFor(snapshot, classes, Date.now()).spec;
const gauge = async () =>
  (await registry.getSingleMetric('cofferdam_guard_out_of_step')?.get())?.values[0]?.value;

beforeEach(() => {
  world = new World();
  writes = [];
  refuse = undefined;
  logged = [];
  ready = true;
  classes = classesOf('gvisor');
  registry = new Registry();
  const made = guardFor(PLAIN, [], Date.now());
  const metadata = { ...made.metadata, labels: { app: 'x' }, resourceVersion: '7' };
  stored = { ...made, metadata: { ...metadata, annotations: { other: 'y', ...made.metadata.annotations } } };
  stop = async () => undefined;
});
afterEach(() => stop());

/** Starts the task, and lets it do what needs no time. */
async function start(): Promise<void> {
  const stopping = new AbortController();
  load(PLAIN);
  const task = guardTask({
    ...{ api, policies, classes: changedClasses, registry, clock: world.clock() },
    view: { ready: () => ready, runtimeClasses: () => classes },
    log: createLogger('info', line => logged.push(JSON.parse(line))),
  });
  const ended = task.run(stopping.signal);
  stop = () => {
    stopping.abort();
    return ended;
  };
  await world.pass(0);
}

describe('the guard', () => {
  it('is made what policies and classes say, and keeps the rest of its metadata', async () => {
    await start();
    expect(writes).toHaveLength(1);
    expect(stored?.spec).toEqual(wanted(PLAIN));
    expect(stored?.metadata).toMatchObject({
      labels: { app: 'x' },
      annotations: { other: 'y', 'cofferdam.dev/snapshot': PLAIN.version },
    });
    await world.pass(300_000);
    expect(writes).toHaveLength(1);
    expect(logged.map(({ msg }) => msg)).toEqual(['the guard was brought into step']);
  });

  it('follows policies; changes that come together are written once', async () => {
    await start();
    load(snapshotOf([policy('a')]));
    await world.pass(100);
    load(STRICT);
    await world.pass(1000);
    expect(writes).toHaveLength(2);
    expect(stored?.spec).toEqual(wanted(STRICT));
    expect(stored?.metadata.annotations?.['cofferdam.dev/snapshot']).toBe(STRICT.version);
  });

  it('follows RuntimeClasses', async () => {
    await start();
    classes = classesOf('gvisor', 'other');
    changedClasses.push();
    await world.pass(1000);
    expect(writes).toHaveLength(2);
    expect(JSON.stringify(stored?.spec)).toContain("'other': 'gvisor'");
  });

  it('is put back when somebody else changed it', async () => {
    await start();
    const changed = stored as NonNullable<typeof stored>;
    stored = { ...changed, spec: { ...changed.spec, validations: changed.spec.validations.slice(1) } };
    await world.pass(29_000);
    expect(writes).toHaveLength(1);
    await world.pass(2000);
    expect(stored.spec).toEqual(wanted(PLAIN));
  });
});

describe('a guard that cannot be kept in step', () => {
  it('is never made here: that is told once, and it is taken up when it is there', async () => {
    const installed = stored;
    stored = undefined;
    await start();
    await world.pass(20_000);
    expect(writes).toEqual([]);
    expect(logged.map(({ reason }) => reason)).toEqual(['there is no cofferdam-guard: install it']);
    expect(await gauge()).toBe(1);
    stored = installed;
    await world.pass(5000);
    expect(writes).toHaveLength(1);
    expect(await gauge()).toBe(0);
    expect(logged.at(-1)?.msg).toBe('the guard is in step again');
  });

  it('is read again where somebody wrote it in between', async () => {
    let conflicts = 1;
    refuse = ({ method }) => {
      if (method === 'PUT' && conflicts-- > 0) throw new KubeError('modified', { status: 409 });
    };
    await start();
    await world.pass(6000);
    expect(stored?.spec).toEqual(wanted(PLAIN));
    expect(await gauge()).toBe(0);
  });

  it('keeps the last good one where policies are too many', async () => {
    await start();
    const many = snapshotOf(
      Array.from({ length: 400 }, (_, i) =>
        policy(`p${i}`, {
          match: { podSelector: { matchLabels: { a: 'x'.repeat(60), [`k${i}`]: 'y' } } },
          scoring: { labels: labelsOf(i) },
        }),
      ),
    );
    expect(() => guardFor(many, classes, 0)).toThrow(GuardTooLarge);
    load(many);
    await world.pass(1000);
    expect(writes).toHaveLength(1);
    expect(stored?.spec).toEqual(wanted(PLAIN));
    expect(await gauge()).toBe(1);
    expect(logged.at(-1)?.reason).toMatch(/^the guard would be \d+ bytes, of 1000000 at most$/);
  });
});

const labelsOf = (i: number) =>
  Array.from({ length: 16 }, (_, k) => ({
    key: `label-${k}`,
    weights: Object.fromEntries(Array.from({ length: 8 }, (_, v) => [`value-${i}-${v}`, v])),
  }));

describe('the task', () => {
  it('writes nothing before the RuntimeClasses are known', async () => {
    ready = false;
    await start();
    load(STRICT);
    await world.pass(60_000);
    expect(writes).toEqual([]);
    ready = true;
    await world.pass(5000);
    expect(stored?.spec).toEqual(wanted(STRICT));
  });

  it('writes nothing more once it has ended, and leaves the word to the next leader', async () => {
    await start();
    await stop();
    load(STRICT);
    await world.pass(60_000);
    expect(writes).toHaveLength(1);
    expect(await gauge()).toBe(0);
  });
});
