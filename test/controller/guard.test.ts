import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCluster } from '../../src/cluster/static.ts';
import type { LoadedObjects } from '../../src/controller/changes.ts';
import { type FeedSource, feed } from '../../src/controller/feed.ts';
import { guardTask } from '../../src/controller/guard/task.ts';
import { type Lacks, missingFrom } from '../../src/controller/missing-from-guard.ts';
import { guardBindings } from '../../src/guard/binding.ts';
import { fitGuard, guardSeeds } from '../../src/guard/guard.ts';
import type { AdmissionBinding, AdmissionPolicy } from '../../src/guard/object.ts';
import { GuardTooLarge } from '../../src/guard/too-large.ts';
import type { Api, ApiCall } from '../../src/kube/api.ts';
import { KubeError } from '../../src/kube/error.ts';
import { createLogger } from '../../src/log/logger.ts';
import type { Compilation } from '../../src/policy/load.ts';
import type { Snapshot } from '../../src/policy/policy.ts';
import { documentOf } from '../support/documents.ts';
import { guardFor } from '../support/guard-for.ts';
import { policy, runtimeClass } from '../support/objects.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { World } from './world.ts';

const GROUP = '/apis/admissionregistration.k8s.io/v1';
const PATH = `${GROUP}/validatingadmissionpolicies/cofferdam-guard`;
const BINDINGS = `${GROUP}/validatingadmissionpolicybindings`;
const classNamed = (name: string) => runtimeClass(name, 'runsc');
const classesOf = (...names: string[]) =>
  readCluster(names.map(name => documentOf(classNamed(name)))).view.runtimeClasses();

const PLAIN = snapshotOf();
const STRICT = snapshotOf([policy('strict', { minimumIsolation: 'vm' })]);

let world: World;
let stored: (AdmissionPolicy & { metadata: { resourceVersion?: string } }) | undefined;
/** The guard of labels; not there where a chart of before was installed. */
let beside: typeof stored;
let bindings: readonly AdmissionBinding[];
/** The writes of both, in order. */
let writes: AdmissionPolicy[];
/** Writes that are not carried out. */
let questions: AdmissionPolicy[];
let refuse: ((call: ApiCall) => void) | undefined;
let logged: { readonly msg: string; readonly reason?: string }[];
/** The minor part of the API server's version. */
let minor: string;
let ready: boolean;
/** The snapshot that is in force when the task starts. */
let first: Snapshot;
let classes = classesOf('gvisor');
let registry: Registry;
let stop: () => Promise<void>;
const policies = feed<LoadedObjects>();
const changedClasses = feed<void>();
let guards: FeedSource<Lacks>;
/** What was told last of what the guard in force leaves out. */
const lacks = (): Lacks | undefined => {
  let newest: Lacks | undefined;
  guards.follow(one => {
    newest = one;
  })();
  return newest;
};

const load = (snapshot: Snapshot): void => {
  const result: Compilation = { snapshot, problems: [], accepted: new Map() };
  policies.push({ objects: [], result });
};

/** One object, which is there from the start. */
const answer = async (call: ApiCall) => {
  refuse?.(call);
  if (call.path === '/version') return { major: '1', minor, gitVersion: `v1.${minor}.0` };
  if (call.path === BINDINGS) return { items: structuredClone(bindings) };
  const isBeside = call.path === `${PATH}-labels`;
  const isQuestion = call.path === `${PATH}?dryRun=All`;
  expect([PATH, `${PATH}?dryRun=All`, `${PATH}-labels`]).toContain(call.path);
  const there = isBeside ? beside : stored;
  if (!there) throw new KubeError('not found', { status: 404 });
  if ((call.method ?? 'GET') === 'GET') return { ...structuredClone(there) };
  expect(call.method).toBe('PUT');
  const body = call.body as NonNullable<typeof stored>;
  expect(body.metadata.resourceVersion).toBe(there.metadata.resourceVersion);
  if (isQuestion) {
    questions.push(body);
    return { ...body };
  }
  writes.push(body);
  const resourceVersion = String(Number(there.metadata.resourceVersion) + 1);
  const written = { ...body, metadata: { ...body.metadata, resourceVersion } };
  if (isBeside) beside = written;
  else stored = written;
  return { ...written };
};
const api: Api = Object.assign(answer, {
  bytes: async (call: ApiCall) => Buffer.from(JSON.stringify(await answer(call))),
  lines: () => Promise.reject(new Error('it watches nothing')),
});

const wanted = (snapshot: Snapshot) => guardFor(snapshot, classes, Date.now()).spec;
const gauge = async () =>
  (await registry.getSingleMetric('cofferdam_guard_out_of_step')?.get())?.values[0]?.value;

const leftOut = async (what: string) =>
  (await registry.getSingleMetric('cofferdam_guard_left_out')?.get())?.values.find(
    ({ labels }) => labels.what === what,
  )?.value;

beforeEach(() => {
  world = new World();
  writes = [];
  questions = [];
  refuse = undefined;
  beside = undefined;
  bindings = [];
  logged = [];
  minor = '36';
  ready = true;
  first = PLAIN;
  classes = classesOf('gvisor');
  registry = new Registry();
  guards = feed();
  const made = guardFor(PLAIN, [], Date.now());
  const metadata = { ...made.metadata, labels: { app: 'x' }, resourceVersion: '7' };
  stored = { ...made, metadata: { ...metadata, annotations: { other: 'y', ...made.metadata.annotations } } };
  stop = async () => undefined;
});
afterEach(() => stop());

/** Starts the task, and lets it do what needs no time. */
async function start(): Promise<void> {
  const stopping = new AbortController();
  load(first);
  const task = guardTask({
    ...{ api, policies, classes: changedClasses, registry, clock: world.clock(), guards },
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

describe('the guard of labels', () => {
  const CLUSTER_RULE = snapshotOf([
    policy('ruled', { scoring: { rules: [{ name: 'r', expression: 'object.spec.hostPID', weight: 1 }] } }),
  ]);
  const both = (snapshot: Snapshot) => fitGuard(snapshot, classes, Date.now(), { besideLabels: true });
  const names = () => writes.map(({ metadata }) => metadata.name);
  const hasFront = () =>
    stored?.spec.matchConditions?.some(({ name }) => name === 'may-have-to-be-judged') ?? false;
  const install = () => {
    const [seed] = guardSeeds();
    beside = {
      ...(seed as AdmissionPolicy),
      metadata: { name: 'cofferdam-guard-labels', resourceVersion: '1' },
    };
    bindings = guardBindings();
  };

  it('is written before a condition stands in front of the guard', async () => {
    install();
    await start();
    expect(names()).toEqual(['cofferdam-guard-labels', 'cofferdam-guard']);
    expect(beside?.spec).toEqual(both(PLAIN).ofLabels.spec);
    // The API server may not have compiled it yet.
    expect(hasFront()).toBe(false);
    await world.pass(31_000);
    expect(names().slice(2)).toEqual(['cofferdam-guard']);
    expect(stored?.spec).toEqual(both(PLAIN).policy.spec);
    expect(hasFront()).toBe(true);
    load(STRICT);
    await world.pass(1000);
    expect(names().slice(3)).toEqual(['cofferdam-guard-labels', 'cofferdam-guard']);
    // Every Pod has to be judged.
    expect(hasFront()).toBe(false);
  });

  it('stands beside a guard whose rules may ask something of any Pod, which has no such condition', async () => {
    install();
    await start();
    load(CLUSTER_RULE);
    await world.pass(1000);
    expect(hasFront()).toBe(false);
    expect(beside?.spec).toEqual(both(CLUSTER_RULE).ofLabels.spec);
  });

  it.each<[string, () => void]>([
    ['it is not there', () => (beside = undefined)],
    ['it is bound by nothing', () => (bindings = bindings.slice(-1))],
    ['one of its labels has no binding', () => (bindings = bindings.slice(1))],
    [
      'it only warns',
      () =>
        (bindings = bindings.map(one =>
          one.metadata.name === 'cofferdam-guard'
            ? one
            : { ...one, spec: { ...one.spec, validationActions: ['Warn'] as unknown as ['Deny'] } },
        )),
    ],
    [
      'its binding wants parameters',
      () =>
        (bindings = bindings.map(one =>
          one.metadata.name === 'cofferdam-guard' ? one : { ...one, spec: { ...one.spec, paramRef: {} } },
        )),
    ],
    [
      'the guard is bound to more namespaces',
      () =>
        (bindings = [
          ...bindings,
          ...guardBindings({ defaultMode: 'enforce' }).filter(
            ({ spec }) => spec.policyName === 'cofferdam-guard',
          ),
        ]),
    ],
    ['the API server is older than 1.36', () => (minor = '35')],
    [
      'it may not be seen',
      () => {
        refuse = ({ path }) => {
          if (path === BINDINGS) throw new KubeError('forbidden', { status: 403 });
        };
      },
    ],
    [
      'the API server does not take it',
      () => {
        refuse = ({ path, method }) => {
          if (method === 'PUT' && path === `${PATH}-labels`) throw new KubeError('invalid', { status: 422 });
        };
      },
    ],
  ])('nothing stands in front of the guard where %s', async (_, change) => {
    install();
    change();
    await start();
    await world.pass(10_000);
    expect(names()).toEqual(['cofferdam-guard']);
    expect(stored?.spec).toEqual(wanted(PLAIN));
    expect(hasFront()).toBe(false);
  });

  it('what stood in front is taken away soon after it is gone', async () => {
    install();
    await start();
    await world.pass(31_000);
    expect(hasFront()).toBe(true);
    bindings = bindings.slice(1);
    await world.pass(31_000);
    expect(hasFront()).toBe(false);
  });

  it('says nothing any more once nothing relies on it, or it would go on denying by the classes of that day', async () => {
    install();
    await start();
    await world.pass(31_000);
    bindings = bindings.slice(1);
    await world.pass(31_000);
    expect(beside?.spec).toEqual(both(PLAIN).ofLabels.spec);
    await world.pass(30_000);
    expect(names().slice(3)).toEqual(['cofferdam-guard', 'cofferdam-guard-labels']);
    const [seed] = guardSeeds();
    expect(beside?.spec).toEqual({ ...seed?.spec, validations: [] });
    await world.pass(300_000);
    expect(writes).toHaveLength(5);
    bindings = guardBindings();
    await world.pass(62_000);
    expect(names().slice(5)).toEqual(['cofferdam-guard-labels', 'cofferdam-guard']);
    expect(hasFront()).toBe(true);
  });

  it('is silenced a minute after the guard where each write may end the API server', async () => {
    install();
    // "cofferdam export guard" writes both like this.
    beside = { ...both(PLAIN).ofLabels, metadata: { name: 'cofferdam-guard-labels', resourceVersion: '1' } };
    minor = '35';
    await start();
    expect(names()).toEqual(['cofferdam-guard']);
    await world.pass(59_000);
    expect(writes).toHaveLength(1);
    await world.pass(2000);
    expect(names()).toEqual(['cofferdam-guard', 'cofferdam-guard-labels']);
    expect(beside.spec.validations).toEqual([]);
    expect(await gauge()).toBe(0);
  });

  it('is put back alone where somebody else changed it', async () => {
    install();
    await start();
    await world.pass(31_000);
    const changed = beside as NonNullable<typeof beside>;
    beside = { ...changed, spec: { ...changed.spec, matchConditions: [] } };
    await world.pass(31_000);
    expect(names().slice(3)).toEqual(['cofferdam-guard-labels']);
    expect(beside.spec).toEqual(both(PLAIN).ofLabels.spec);
    expect(questions).toHaveLength(2);
  });

  it('says once that it may not see whether it is in force', async () => {
    install();
    refuse = ({ path }) => {
      if (path === BINDINGS) throw new KubeError('bindings are forbidden', { status: 403 });
    };
    await start();
    await world.pass(100_000);
    expect(logged.filter(({ msg }) => msg.includes('may not read'))).toMatchObject([
      { reason: 'bindings are forbidden' },
    ]);
  });
});

describe('a guard whose writes can end the API server', () => {
  const changes = [policy('a'), policy('b'), policy('c')].map(one => snapshotOf([one]));
  const changeAll = async () => {
    for (const one of changes) {
      load(one);
      await world.pass(5000);
    }
  };
  const heldBack = () => logged.filter(({ msg }) => msg.includes('older than Kubernetes 1.36'));

  it.each([
    ['older than 1.36', () => (minor = '35+')],
    ['of no version', () => (minor = '')],
    [
      'that does not tell its version',
      () => {
        refuse = ({ path }) => {
          if (path === '/version') throw new KubeError('overloaded', { status: 503 });
        };
      },
    ],
  ])('is written at once and then every 60 s at most, with all that changed: %s', async (_, make) => {
    make();
    await start();
    expect(writes).toHaveLength(1);
    await changeAll();
    await world.pass(44_000);
    expect([writes.length, questions.length]).toEqual([1, 1]);
    expect(await gauge()).toBe(0);
    await world.pass(1000);
    expect(writes).toHaveLength(2);
    expect(stored?.spec).toEqual(wanted(changes[2] as Snapshot));
    load(PLAIN);
    await world.pass(59_000);
    expect(writes).toHaveLength(2);
    await world.pass(1000);
    expect(stored?.spec).toEqual(wanted(PLAIN));
    expect(heldBack()).toHaveLength(1);
  });

  it('is written at once after a pause, and at each change once the API server is upgraded', async () => {
    minor = '35';
    await start();
    await world.pass(60_000);
    load(STRICT);
    await world.pass(1000);
    expect(writes).toHaveLength(2);
    minor = '36';
    await changeAll();
    expect(writes).toHaveLength(5);
    expect(heldBack()).toEqual([]);
  });

  it.each([
    ['waits', 'whose answer was lost', undefined, 1],
    ['waits', 'that the API server had trouble with', 504, 1],
    ['does not wait', 'that conflicted', 409, 3],
  ])('%s after a write %s', async (_, __, status, tries) => {
    minor = '35';
    let tried = 0;
    refuse = ({ path, method }) => {
      if (method !== 'PUT' || path !== PATH) return;
      tried++;
      throw new KubeError('no', status === undefined ? {} : { status });
    };
    await start();
    await world.pass(14_000);
    expect(tried).toBe(tries);
  });

  it('is written at each change where the API server is 1.36 or newer', async () => {
    await start();
    await changeAll();
    expect(writes).toHaveLength(4);
    expect(heldBack()).toEqual([]);
  });
});

describe('a guard that cannot be kept in step', () => {
  it('is never made here: that is told once, and it is taken up when it is there', async () => {
    const installed = stored;
    stored = undefined;
    await start();
    await world.pass(20_000);
    expect(writes).toEqual([]);
    expect(logged.map(({ reason }) => reason)).toEqual([
      'cofferdam-guard does not exist; run helm upgrade again with the same values',
    ]);
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

  const many = snapshotOf(
    Array.from({ length: 400 }, (_, i) =>
      policy(`p${i}`, {
        match: { podSelector: { matchLabels: { a: 'x'.repeat(60), [`k${i}`]: 'y' } } },
        scoring: { labels: labelsOf(i, i === 123 ? 12 : 8) },
      }),
    ),
  );
  const told = (name: string) => missingFrom(lacks() as Lacks, { document: documentOf(policy(name)) });

  it('leaves out the largest of new policies where they are too many, and follows the rest', async () => {
    await start();
    expect(() => guardFor(many, classes, 0)).toThrow(GuardTooLarge);
    load(many);
    await world.pass(1000);
    expect(await gauge()).toBe(0);
    expect(writes).toHaveLength(2);
    const out = (await leftOut('policy')) ?? 0;
    expect(out).toBeGreaterThan(0);
    expect(out).toBeLessThan(300);
    expect(stored?.metadata.annotations?.['cofferdam.dev/earlier-policies']).toContain('p123');
    expect(told('p123')).toMatch(
      /^The guard does not have the current version of this policy, .*As the policy is new, the guard has no version of it/,
    );
    load(STRICT);
    await world.pass(1000);
    expect(stored?.spec).toEqual(wanted(STRICT));
    expect(told('p123')).toBeUndefined();
    expect(await leftOut('policy')).toBe(0);
  });

  it('keeps the last good one where it has just begun to lead, and names those that take most of it', async () => {
    const before = structuredClone(stored?.spec);
    first = many;
    await start();
    await world.pass(1000);
    expect(writes).toEqual([]);
    expect(stored?.spec).toEqual(before);
    expect(await gauge()).toBe(1);
    expect(logged.at(-1)?.reason).toMatch(
      /^the guard would be \d+ bytes, of 900000 at most; most of it is of ClusterSandboxPolicy p123 /,
    );
    expect(told('p123')).toMatch(
      /^The guard could not be written, .*: the guard would be \d+ bytes, of 900000 at most, and this object is one of the largest in it \(about \d+ bytes\)[.] /,
    );
    expect(told('strict')).toBeUndefined();
    load(STRICT);
    await world.pass(1000);
    expect(stored?.spec).toEqual(wanted(STRICT));
    expect(lacks()?.stopped).toBeUndefined();
    expect(told('p123')).toBeUndefined();
  });
});

describe('a guard that the API server does not take', () => {
  const own = (namespace: string, name = 'own') => ({
    ...policy(name, {
      minimumIsolation: 'app-kernel',
      match: { podSelector: { matchLabels: { of: namespace } } },
    }),
    kind: 'SandboxPolicy',
    metadata: { name, namespace },
  });
  const refuseWhere = (bad: (body: string) => boolean): void => {
    refuse = ({ method, body }) => {
      if (method === 'PUT' && bad(JSON.stringify(body))) throw new KubeError('invalid', { status: 422 });
    };
  };
  const namespaces = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const crowd = snapshotOf([
    ...namespaces.map(one => own(one)),
    policy('strict', { minimumIsolation: 'vm' }),
  ]);

  it('is asked of before it is written, and written without the namespace at fault, which fails closed', async () => {
    refuseWhere(body => body.includes("['of'] in ['f']"));
    await start();
    load(crowd);
    await world.pass(1000);
    expect(await gauge()).toBe(0);
    expect(stored?.metadata.annotations?.['cofferdam.dev/refused-namespaces']).toBe('f');
    const text = JSON.stringify(stored?.spec);
    expect(text).toContain("{'f': 2}[?request.namespace]");
    for (const one of namespaces.filter(name => name !== 'f')) expect(text).toContain(`['of'] in ['${one}']`);
    expect(logged.find(({ msg }) => msg.includes('not in the guard'))).toMatchObject({
      namespace: 'f',
      because: 'refused',
    });
    expect(await leftOut('namespace')).toBe(1);
    expect(questions.length).toBeLessThan(20);
  });

  it('has it again once its policies have changed', async () => {
    refuseWhere(body => body.includes("['of'] in ['f']"));
    await start();
    load(crowd);
    await world.pass(1000);
    load(snapshotOf(namespaces.filter(one => one !== 'f').map(one => own(one))));
    await world.pass(1000);
    expect(stored?.metadata.annotations?.['cofferdam.dev/refused-namespaces']).toBe('');
    expect(await leftOut('namespace')).toBe(0);
    expect(logged).toContainEqual(
      expect.objectContaining({
        namespace: 'f',
        msg: 'the policies of this namespace are in the guard again',
      }),
    );
  });

  it('leaves a rule to the webhook that the API server does not compile', async () => {
    refuseWhere(
      body => body.includes('metadata.name == \\"bad\\"') || body.includes("metadata.name == 'bad'"),
    );
    await start();
    const rules = ['good', 'bad'].map(name => ({
      name,
      expression: `object.metadata.name == '${name}'`,
      weight: 70,
    }));
    load(snapshotOf([policy('ruled', { scoring: { rules } })]));
    await world.pass(1000);
    const text = JSON.stringify(stored?.spec);
    expect(text).toContain("object.metadata.name == 'good'");
    expect(text).not.toContain("object.metadata.name == 'bad'");
    expect(await leftOut('rule')).toBe(1);
  });

  it('stays the last good one where the API server takes none', async () => {
    await start();
    refuseWhere(() => true);
    load(crowd);
    await world.pass(1000);
    expect(stored?.spec).toEqual(wanted(PLAIN));
    expect(await gauge()).toBe(1);
    expect(logged.at(-1)?.reason).toBe(
      'the API server does not accept a guard made from the cluster policies and exemptions in force',
    );
    expect(lacks()?.stopped?.objects).toEqual([]);
  });

  const odd = (name: string, isolation = 'vm') =>
    policy(name, { match: { podSelector: { matchLabels: { odd: name } } }, minimumIsolation: isolation });
  const exemption = (name: string, namespace: string) => ({
    ...policy(name, {
      match: { namespaces: [namespace] },
      waive: [{ signal: 'hostPID' }],
      ...{ owner: 'team', reason: 'a test', expires: '2026-12-31T00:00:00Z' },
    }),
    kind: 'SandboxExemption',
  });
  /** Whenever this runs. */
  const unexpired = (objects: readonly object[]): Snapshot => {
    const made = snapshotOf(objects);
    const exemptions = made.exemptions.map(one => ({ ...one, expires: Number.POSITIVE_INFINITY }));
    return { ...made, exemptions };
  };
  const text = () => JSON.stringify(stored?.spec);

  it('is written without the exemption at fault, and with the policy at fault as it was written before', async () => {
    await start();
    load(unexpired([odd('second', 'app-kernel'), exemption('gone', 'former'), own('a')]));
    await world.pass(1000);
    expect(text()).toContain("['second']");
    expect(text()).toContain('former');
    // As of now, one namespace and one value are what the API server does not take.
    refuseWhere(body => /'bad-value'|odd-namespace/.test(body));
    const broken = policy('second', {
      match: { podSelector: { matchLabels: { odd: 'bad-value' } } },
      minimumIsolation: 'vm',
    });
    load(
      unexpired([
        ...['first', 'third', 'fourth'].map(name => odd(name)),
        broken,
        ...[exemption('e', 'odd-namespace'), exemption('f', 'fine-namespace'), own('a')],
      ]),
    );
    await world.pass(1000);
    expect(await gauge()).toBe(0);
    for (const name of ['first', 'second', 'third', 'fourth']) expect(text()).toContain(`['${name}']`);
    expect(text()).toContain('fine-namespace');
    // A deleted exemption waives nothing any longer.
    expect(text()).not.toContain('former');
    expect(stored?.metadata.annotations).toMatchObject({
      'cofferdam.dev/refused-exemptions': 'e',
      'cofferdam.dev/earlier-policies': 'second',
    });
    expect([await leftOut('exemption'), await leftOut('policy')]).toEqual([1, 1]);
    expect(logged).toContainEqual(expect.objectContaining({ kind: 'SandboxExemption', name: 'e' }));
    const told = (one: object) => missingFrom(lacks() as Lacks, { document: documentOf(one) });
    expect(told(exemption('e', 'x'))).toMatch(
      /^The guard does not have this exemption, as the API server does/,
    );
    expect(told(broken)).toMatch(
      /^The guard does not have the current version of this policy, .*goes on with its previous version/,
    );
    const written = writes.length;
    await world.pass(300_000);
    expect(writes).toHaveLength(written);
    load(unexpired([odd('second'), own('a')]));
    await world.pass(1000);
    expect(stored?.spec).toEqual(wanted(snapshotOf([odd('second'), own('a')])));
    expect([await leftOut('exemption'), await leftOut('policy')]).toEqual([0, 0]);
  });

  it('is never without the policy at fault, also where the API server does not answer to a write', async () => {
    await start();
    load(snapshotOf([odd('second'), odd('first')]));
    await world.pass(1000);
    let answers = false;
    refuse = ({ method, body, path }) => {
      if (method !== 'PUT') return;
      if (JSON.stringify(body).includes("'bad-value'")) throw new KubeError('invalid', { status: 422 });
      if (path === PATH && !answers) throw new KubeError('timed out', { status: 504 });
    };
    const broken = policy('second', { match: { podSelector: { matchLabels: { odd: 'bad-value' } } } });
    load(snapshotOf([broken, odd('third')]));
    await world.pass(1000);
    answers = true;
    await world.pass(300_000);
    expect(text()).toContain("['second']");
    expect([await gauge(), lacks()?.stopped?.objects]).toEqual([
      1,
      [{ kind: 'ClusterSandboxPolicy', name: 'second' }],
    ]);
    load(snapshotOf([odd('second'), odd('third')]));
    await world.pass(1000);
    expect(stored?.spec).toEqual(wanted(snapshotOf([odd('second'), odd('third')])));
  });

  it('has no exemption at fault where who leads has just begun', async () => {
    refuseWhere(body => body.includes('odd-namespace'));
    first = unexpired([odd('first'), exemption('e', 'odd-namespace')]);
    await start();
    expect(await gauge()).toBe(0);
    expect(text()).toContain("['first']");
    expect(text()).not.toContain('odd-namespace');
  });

  it('stays the last good one where a policy is at fault and who leads has just begun, and is looked for once', async () => {
    let asked = 0;
    const before = structuredClone(stored?.spec);
    refuse = ({ method, body, path }) => {
      if (path.endsWith('?dryRun=All')) asked++;
      const bad = /\['odd'\] in \['second'\]|odd-namespace/.test(JSON.stringify(body));
      if (method === 'PUT' && bad) throw new KubeError('invalid', { status: 422 });
    };
    const names = ['first', 'second', 'third', 'fourth'];
    first = unexpired([...names.map(name => odd(name)), exemption('e', 'odd-namespace'), own('a')]);
    await start();
    expect(logged.at(-1)?.reason).toBe(
      'the API server does not accept a guard made from the cluster policies and exemptions in force, because of ClusterSandboxPolicy second and SandboxExemption e',
    );
    expect(lacks()?.stopped?.objects).toEqual([
      { kind: 'ClusterSandboxPolicy', name: 'second' },
      { kind: 'SandboxExemption', name: 'e' },
    ]);
    expect(await gauge()).toBe(1);
    expect(stored?.spec).toEqual(before);
    const [sofar] = [asked];
    await world.pass(5000);
    // The guard, and one without what may be left out of it.
    expect(asked - sofar).toBe(2);
    load(snapshotOf([odd('first'), own('a')]));
    await world.pass(1000);
    expect(stored?.spec).toEqual(wanted(snapshotOf([odd('first'), own('a')])));
    expect(lacks()?.stopped).toBeUndefined();
  });

  it('is not searched for ever: what is not cleared fails closed', async () => {
    refuseWhere(body => /\['of'\] in/.test(body));
    const many = Array.from({ length: 300 }, (_, i) => own(`n${i}`));
    await start();
    let asked = 0;
    const bad = refuse as NonNullable<typeof refuse>;
    refuse = call => {
      if (call.path.endsWith('?dryRun=All')) asked++;
      bad(call);
    };
    load(snapshotOf(many));
    await world.pass(1000);
    expect(asked).toBe(42);
    expect(stored?.metadata.annotations?.['cofferdam.dev/refused-namespaces']?.split(',')).toHaveLength(300);
    expect(await gauge()).toBe(0);
  });

  it('is left alone where the API server cannot be asked', async () => {
    await start();
    refuse = ({ method }) => {
      if (method === 'PUT') throw new KubeError('overloaded', { status: 429 });
    };
    load(crowd);
    await world.pass(1000);
    expect(stored?.spec).toEqual(wanted(PLAIN));
    expect(stored?.metadata.annotations?.['cofferdam.dev/refused-namespaces']).toBe('');
    expect(await gauge()).toBe(1);
  });
});

const labelsOf = (i: number, weights: number) =>
  Array.from({ length: 16 }, (_, k) => ({
    key: `label-${k}`,
    weights: Object.fromEntries(Array.from({ length: weights }, (_, v) => [`value-${i}-${v}`, v])),
  }));

describe('a guard that takes the API server long', () => {
  it('is written again after a pause of nine times that, with all that has changed meanwhile', async () => {
    refuse = ({ method }) => {
      if (method === 'PUT') world.time += 400;
    };
    await start();
    expect(writes).toHaveLength(1);
    for (let i = 0; i < 5; i++) {
      load(snapshotOf([policy(`p${i}`)]));
      await world.pass(1000);
    }
    expect(writes).toHaveLength(1);
    await world.pass(3000);
    expect(writes).toHaveLength(2);
    expect(stored?.spec).toEqual(wanted(snapshotOf([policy('p4')])));
    expect(await gauge()).toBe(0);
  });

  it('is out of step where it waits for longer than a minute, and in step once it is written', async () => {
    refuse = ({ method }) => {
      if (method === 'PUT') world.time += 10_000;
    };
    await start();
    load(snapshotOf([policy('later')]));
    await world.pass(50_000);
    expect([writes.length, await gauge()]).toEqual([1, 0]);
    await world.pass(50_000);
    expect([writes.length, await gauge()]).toEqual([1, 1]);
    expect(logged).toContainEqual(
      expect.objectContaining({ reason: expect.stringMatching(/^the guard has been waiting/) }),
    );
    await world.pass(200_000);
    expect([writes.length, await gauge()]).toEqual([2, 0]);
  });
});

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
