import { describe, expect, it } from 'vitest';
import { readWorkload } from '../../src/admission/workload.ts';
import { builtinView } from '../../src/cluster/builtin.ts';
import { judge } from '../../src/input/judge.ts';
import { readSubjects } from '../../src/input/subjects.ts';
import { readDocuments } from '../../src/source/yaml.ts';
import { node, runtimeClass, viewOf } from '../support/cluster.ts';
import { NOW } from '../support/request.ts';
import { snapshotOf } from '../support/snapshot.ts';

/** What a controller adds to a Pod between its template and admission. */
const subjectsOf = (text: string) => readSubjects(readDocuments(text, 'in.yaml').documents, 'shop').subjects;
const only = (text: string) => {
  const [subject, ...others] = subjectsOf(text);
  if (!subject || others.length > 0) throw new Error('one is expected');
  return subject;
};
const spec = 'spec: {containers: [{name: a, image: i}]}';
const claims = (...names: string[]) =>
  `volumeClaimTemplates: [${names.map(name => `{metadata: {name: ${name}}, spec: {}}`).join(', ')}]`;

describe('claims beside a template are volumes of the Pod', () => {
  it.each([
    ['apps/v1', 'StatefulSet', `spec: {template: {${spec}}, ${claims('data')}}`, 'spec.'],
    ['agents.x-k8s.io/v1alpha1', 'Sandbox', `spec: {podTemplate: {${spec}}, ${claims('data')}}`, 'spec.'],
    ['apps.kruise.io/v1alpha1', 'CloneSet', `spec: {template: {${spec}}, ${claims('data')}}`, 'spec.'],
    [
      'example.com/v1',
      'Ring',
      `spec: {groups: [{template: {${spec}}}, {template: {${spec}}, ${claims('data')}}]}`,
      'spec.groups[1].',
    ],
    [
      'elasticsearch.k8s.elastic.co/v1',
      'Elasticsearch',
      `spec: {nodeSets: [{name: hot, podTemplate: {spec: {hostNetwork: true}}, ${claims('data')}}]}`,
      'spec.nodeSets[0].',
    ],
  ])('of %s %s', (apiVersion, kind, body, at) => {
    const subject = subjectsOf(
      `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: db}\n${body}\n`,
    ).at(-1);
    const volumes = subject?.pod.spec?.volumes ?? [];
    expect(volumes).toEqual([
      { name: 'data', persistentVolumeClaim: { claimName: expect.stringMatching(/^data-.*-0$/) } },
    ]);
    expect(subject?.pathOf('spec.volumes[0].persistentVolumeClaim')).toBe(`${at}volumeClaimTemplates[0]`);
  });

  it('in the place of a volume of the same name, which keeps its own', () => {
    const { pod, pathOf } = only(`apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  template:
    spec:
      containers: [{name: a, image: i}]
      volumes: [{name: data, emptyDir: {}}, {name: tmp, emptyDir: {}}]
  ${claims('logs', 'data')}
`);
    expect(pod.spec?.volumes).toEqual([
      { name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } },
      { name: 'tmp', emptyDir: {} },
      { name: 'logs', persistentVolumeClaim: { claimName: 'logs-db-0' } },
    ]);
    expect(['spec.volumes[0].name', 'spec.volumes[1].name', 'spec.volumes[2]'].map(pathOf)).toEqual([
      'spec.volumeClaimTemplates[1].name',
      'spec.template.spec.volumes[1].name',
      'spec.volumeClaimTemplates[0]',
    ]);
  });

  it.each([
    'volumeClaimTemplates: {data: {}}',
    'volumeClaimTemplates: [data, null, {metadata: {}}, {metadata: {name: 1}}]',
    'volumeClaimTemplates: null',
  ])('and nothing where there are none: %s', text => {
    const { pod } = only(
      `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec: {template: {${spec}}, ${text}}\n`,
    );
    expect(pod.spec?.volumes).toBeUndefined();
  });

  it('and hide no mistake in the template', () => {
    const text = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec: {template: {metadata: {labels: 1}, spec: {containers: [{name: a}], volumes: text}}, ${claims('data')}}
`;
    const { subjects, problems } = readSubjects(readDocuments(text, 'in.yaml').documents, 'shop');
    expect(subjects).toEqual([]);
    expect(problems.map(({ path }) => path)).toEqual(['spec.template.metadata.labels']);
  });

  it('are seen by the webhook, too', () => {
    const object = {
      ...{ apiVersion: 'apps/v1', kind: 'StatefulSet' },
      spec: {
        template: { spec: { containers: [{ name: 'a' }] } },
        volumeClaimTemplates: [{ metadata: { name: 'data' } }],
      },
    };
    expect(readWorkload(object, { name: 'db', namespace: 'shop' })?.pods[0]?.spec?.volumes).toEqual([
      { name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } },
    ]);
  });

  it('are read however many there are', () => {
    const many = Array.from({ length: 40_000 }, (_, i) => ({ metadata: { name: `c${i}` } }));
    const template = { spec: { containers: [{ name: 'a' }], volumes: many.map(({ metadata }) => metadata) } };
    const object = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      spec: { template, volumeClaimTemplates: many },
    };
    expect(readWorkload(object, { name: 'db', namespace: 'shop' })?.pods[0]?.spec?.volumes).toHaveLength(
      40_000,
    );
  });
});

describe('a policy', () => {
  const selecting = (key: string) => ({
    apiVersion: 'cofferdam.dev/v1alpha1',
    kind: 'ClusterSandboxPolicy',
    metadata: { name: 'p' },
    spec: {
      match: { podSelector: { matchExpressions: [{ key, operator: 'Exists' }] } },
      minimumIsolation: 'app-kernel',
    },
  });
  const ruled = {
    apiVersion: 'cofferdam.dev/v1alpha1',
    kind: 'ClusterSandboxPolicy',
    metadata: { name: 'p' },
    spec: {
      scoring: {
        rules: [
          {
            name: 'of-a-job',
            expression: "object.metadata.ownerReferences.exists(o, o.kind == 'Job')",
            weight: 40,
          },
        ],
      },
    },
  };
  const verdictOn = (text: string, policy: object) =>
    judge(
      only(text),
      {
        snapshot: snapshotOf([policy]),
        view: { ...builtinView(), namespace: name => ({ name, labels: {} }) },
      },
      NOW,
    ).verdict;
  const workload = (apiVersion: string, kind: string, body: string) =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x}\nspec: {${body}}\n`;

  it.each([
    ['job-name', 'batch/v1', 'Job', `template: {${spec}}`],
    ['batch.kubernetes.io/job-name', 'batch/v1', 'CronJob', `jobTemplate: {spec: {template: {${spec}}}}`],
    [
      'batch.kubernetes.io/job-completion-index',
      'batch/v1',
      'Job',
      `completionMode: Indexed, template: {${spec}}`,
    ],
    ['statefulset.kubernetes.io/pod-name', 'apps/v1', 'StatefulSet', `template: {${spec}}`],
    ['pod-template-hash', 'apps/v1', 'Deployment', `template: {${spec}}`],
    ['controller-revision-hash', 'apps/v1', 'DaemonSet', `template: {${spec}}`],
  ])('that selects Pods by %s sees those of a %s %s', (key, apiVersion, kind, body) => {
    expect(verdictOn(workload(apiVersion, kind, body), selecting(key))).toBe('sandbox');
    expect(verdictOn(workload(apiVersion, kind, body), selecting('another'))).toBe('admit');
  });

  it('sees no label of a Job that selects by itself', () => {
    const own = workload('batch/v1', 'Job', `manualSelector: true, template: {${spec}}`);
    expect(verdictOn(own, selecting('job-name'))).toBe('admit');
  });

  it('whose rule reads the owner sees it', () => {
    expect(
      verdictOn(workload('batch/v1', 'CronJob', `jobTemplate: {spec: {template: {${spec}}}}`), ruled),
    ).toBe('sandbox');
    expect(verdictOn(workload('apps/v1', 'Deployment', `template: {${spec}}`), ruled)).toBe('admit');
  });
});

it('a Pod of a DaemonSet goes where nodes are cordoned or short of something, as its controller has it', () => {
  const taints = [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }];
  const view = viewOf(runtimeClass('gvisor', 'runsc'), node('n', ['runsc'], { taints }));
  const available = (kind: string) => {
    const text = `apiVersion: apps/v1
kind: ${kind}
metadata: {name: x}
spec: {template: {metadata: {labels: {cofferdam.dev/risk: high}}, ${spec}}}
`;
    const ground = {
      snapshot: snapshotOf([]),
      view: { ...view, nodes: () => view.nodes(), namespace: shop },
    };
    return judge(only(text), ground, NOW).placement[0]?.available;
  };
  const shop = (name: string) => ({ name, labels: {} });
  expect([available('DaemonSet'), available('Deployment')]).toEqual([true, false]);
});
