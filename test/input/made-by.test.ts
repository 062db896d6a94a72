import { describe, expect, it } from 'vitest';
import { readWorkload } from '../../src/admission/workload.ts';
import { builtinView } from '../../src/cluster/builtin.ts';
import { decideCreation } from '../../src/decision/ground.ts';
import { readSubjects } from '../../src/input/subjects.ts';
import { readDocuments } from '../../src/source/yaml/yaml.ts';
import { viewOf } from '../support/cluster.ts';
import { node, runtimeClass } from '../support/objects.ts';
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
  const ruling = (expression: string) => ({
    apiVersion: 'cofferdam.dev/v1alpha1',
    kind: 'ClusterSandboxPolicy',
    metadata: { name: 'p' },
    spec: { scoring: { rules: [{ name: 'r', expression, weight: 40 }] } },
  });
  const ruled = ruling("object.metadata.ownerReferences.exists(o, o.kind == 'Job')");
  const verdictOn = (text: string, policy: object) =>
    decideCreation(
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

  // One that fails counts: so would its opposite.
  it.each([
    ['a default', 'apps/v1', 'Deployment', `template: {${spec}}`, "object.spec.restartPolicy == 'Always'"],
    [
      'what is left out when it is written',
      'apps/v1',
      'Deployment',
      'template: {spec: {hostNetwork: false, containers: [{name: a, image: a}]}}',
      '!has(object.spec.hostNetwork)',
    ],
    [
      'a quantity',
      'apps/v1',
      'Deployment',
      'template: {spec: {containers: [{name: a, image: a, resources: {limits: {cpu: 1}}}]}}',
      "object.spec.containers[0].resources.requests.cpu == '1'",
    ],
    [
      'the name of a Pod of a StatefulSet',
      'apps/v1',
      'StatefulSet',
      `ordinals: {start: 2}, serviceName: s, template: {${spec}}`,
      "object.metadata.name == 'x-2' && object.spec.hostname == 'x-2' && object.spec.subdomain == 's'",
    ],
    [
      'what a Job adds',
      'batch/v1',
      'Job',
      `completionMode: Indexed, template: {${spec}}`,
      "object.metadata.finalizers == ['batch.kubernetes.io/job-tracking'] && object.spec.containers[0].env[0].name == 'JOB_COMPLETION_INDEX' && object.spec.containers[0].env[0].valueFrom.fieldRef.apiVersion == 'v1'",
    ],
  ])('whose rule reads %s sees it', (_what, apiVersion, kind, body, expression) => {
    expect(verdictOn(workload(apiVersion, kind, body), ruling(expression))).toBe('sandbox');
    expect(verdictOn(workload(apiVersion, kind, body), ruling(`!(${expression})`))).toBe('admit');
  });

  it('whose rule reads a part of a Pod sees it as it is written', () => {
    const part = workload(
      'tekton.dev/v1',
      'Task',
      'steps: [{name: a, image: "a:1", securityContext: {privileged: false}}]',
    );
    const expression = '!has(object.spec.restartPolicy)';
    const verdicts = [expression, `!(${expression})`].map(one => verdictOn(part, ruling(one)));
    expect(verdicts).toEqual(['sandbox', 'admit']);
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
    return decideCreation(only(text), ground, NOW).placement[0]?.available;
  };
  const shop = (name: string) => ({ name, labels: {} });
  expect([available('DaemonSet'), available('Deployment')]).toEqual([true, false]);
});
