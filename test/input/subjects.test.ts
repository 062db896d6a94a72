import { describe, expect, it } from 'vitest';
import { readSubjects } from '../../src/input/subjects.ts';
import { templatesOf } from '../../src/input/template.ts';
import { splitList } from '../../src/source/list.ts';
import { readDocuments } from '../../src/source/yaml/yaml.ts';

const read = (text: string, namespace = 'default') =>
  readSubjects(readDocuments(text, 'in.yaml').documents.flatMap(splitList), namespace);

const brief = (text: string) =>
  read(text).subjects.map(({ kind, namespace, name, pathOf, pod, source }) => ({
    object: `${kind} ${namespace}/${name}`,
    line: source.line,
    podPath: pathOf(''),
    image: pod.spec?.containers?.[0]?.image,
  }));

const spec = 'spec: {containers: [{name: a, image: i}]}';

describe('kinds with a Pod template', () => {
  it.each([
    ['v1', 'Pod', spec, ''],
    // An API server takes it for v1.
    ['/v1', 'Pod', spec, ''],
    ['/v1', 'ReplicationController', `spec: {template: {${spec}}}`, 'spec.template'],
    ['v1', 'PodTemplate', `template: {${spec}}`, 'template'],
    ['v1', 'ReplicationController', `spec: {template: {${spec}}}`, 'spec.template'],
    ['apps/v1', 'Deployment', `spec: {template: {${spec}}}`, 'spec.template'],
    ['apps/v1', 'StatefulSet', `spec: {template: {${spec}}}`, 'spec.template'],
    ['apps/v1', 'DaemonSet', `spec: {template: {${spec}}}`, 'spec.template'],
    ['apps/v1', 'ReplicaSet', `spec: {template: {${spec}}}`, 'spec.template'],
    ['batch/v1', 'Job', `spec: {template: {${spec}}}`, 'spec.template'],
    [
      'batch/v1',
      'CronJob',
      `spec: {jobTemplate: {spec: {template: {${spec}}}}}`,
      'spec.jobTemplate.spec.template',
    ],
    ['extensions/v1beta1', 'Deployment', `spec: {template: {${spec}}}`, 'spec.template'],
    // Versions that API servers served before, in manifests that are still around.
    ['apps/v1beta1', 'StatefulSet', `spec: {template: {${spec}}}`, 'spec.template'],
    ['apps/v1beta2', 'DaemonSet', `spec: {template: {${spec}}}`, 'spec.template'],
    [
      'batch/v1beta1',
      'CronJob',
      `spec: {jobTemplate: {spec: {template: {${spec}}}}}`,
      'spec.jobTemplate.spec.template',
    ],
    // OpenShift, before it had groups of its own.
    ['v1', 'DeploymentConfig', `spec: {template: {${spec}}}`, 'spec.template'],
    ['argoproj.io/v1alpha1', 'Rollout', `spec: {template: {${spec}}}`, 'spec.template'],
    ['serving.knative.dev/v1', 'Service', `spec: {template: {${spec}}}`, 'spec.template'],
    [
      'kubeflow.org/v2beta1',
      'MPIJob',
      `spec: {mpiReplicaSpecs: {Worker: {template: {${spec}}}}}`,
      'spec.mpiReplicaSpecs.Worker.template',
    ],
    [
      'elasticsearch.k8s.elastic.co/v1',
      'Elasticsearch',
      `spec: {nodeSets: [{name: hot, podTemplate: {${spec}}}]}`,
      'spec.nodeSets[0].podTemplate',
    ],
    [
      'jobset.x-k8s.io/v1alpha2',
      'JobSet',
      `spec: {replicatedJobs: [{name: w, template: {spec: {template: {${spec}}}}}]}`,
      'spec.replicatedJobs[0].template.spec.template',
    ],
  ])('%s %s', (apiVersion, kind, body, podPath) => {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x, namespace: shop}\n${body}\n`;
    expect(brief(text)).toEqual([{ object: `${kind} shop/x`, line: 1, podPath, image: 'i' }]);
  });

  it('are told apart where one object holds several', () => {
    const job = (name: string) => `{name: ${name}, template: {spec: {template: {${spec}}}}}`;
    const text = `apiVersion: jobset.x-k8s.io/v1alpha2\nkind: JobSet\nmetadata: {name: train}\nspec: {replicatedJobs: [${job('leader')}, ${job('workers')}]}\n`;
    expect(read(text).subjects.map(({ name }) => name)).toEqual(['train/leader', 'train/workers']);
  });

  it('are found in lists, with their lines', () => {
    const text = `kind: List\napiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n  ${spec}\n- kind: PodList\n  apiVersion: v1\n  items:\n  - apiVersion: v1\n    kind: Pod\n    metadata: {name: b}\n    ${spec}\n`;
    expect(brief(text)).toEqual([
      { object: 'Pod default/a', line: 4, podPath: '', image: 'i' },
      { object: 'Pod default/b', line: 11, podPath: '', image: 'i' },
    ]);
  });
});

describe('other kinds', () => {
  it.each([
    ['v1', 'ConfigMap', 'data: {}'],
    ['kyverno.io/v1', 'ClusterPolicy', `spec: {rules: [{validate: {pattern: {${spec}}}}]}`],
    ['kubevirt.io/v1', 'VirtualMachine', 'spec: {template: {spec: {domain: {}}}}'],
  ])('%s %s is passed over and counted', (apiVersion, kind, body) => {
    const { subjects, skipped, problems } = read(
      `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x}\n${body}\n`,
    );
    expect({ subjects, skipped, problems }).toEqual({
      subjects: [],
      skipped: new Map([[`${apiVersion} ${kind}`, 1]]),
      problems: [],
    });
  });
});

describe('the Pod of a workload', () => {
  const text = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {owner: "yes"}}
spec:
  template:
    metadata: {name: ignored, namespace: other, labels: {app: web}, annotations: {a: b}}
    ${spec}
`;

  it('has the labels and annotations of the template, the namespace of the owner, and a generated name', () => {
    const [subject] = read(text, 'shop').subjects;
    expect(subject?.namespace).toBe('shop');
    expect(subject?.pod.metadata).toEqual({
      generateName: 'web-0-',
      namespace: 'shop',
      ownerReferences: [
        {
          ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-0', uid: '0' },
          ...{ controller: true, blockOwnerDeletion: true },
        },
      ],
      labels: { app: 'web', 'pod-template-hash': '0' },
      annotations: { a: 'b' },
    });
  });
});

it('takes the labels of namespaces from their manifests', () => {
  const { namespaces, skipped } = read(
    'apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {x: z, bad: 1}}\n',
  );
  expect(skipped.size).toBe(0);
  expect(namespaces.get('a')).toEqual({
    name: 'a',
    labels: { x: 'z', 'kubernetes.io/metadata.name': 'a' },
  });
});

describe('wrong shapes', () => {
  const head = 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n';
  it.each([
    ['a scalar', 'hello\n', 1, '', 'found a string, expected a Kubernetes object (a map)'],
    [
      'no kind',
      'apiVersion: v1\n',
      1,
      'kind',
      'found nothing, expected a string, as every Kubernetes object has',
    ],
    [
      'no apiVersion',
      'kind: Pod\n',
      1,
      'apiVersion',
      'found nothing, expected a string, as every Kubernetes object has',
    ],
    [
      'a number for a name',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: 1\n',
      4,
      'metadata.name',
      'found a number, expected a string',
    ],
    ['no spec', head, 1, 'spec', 'missing, but required'],
    [
      'a string for a boolean',
      `${head}spec:\n  hostPID: "true"\n  containers: [{name: a}]\n`,
      5,
      'spec.hostPID',
      'found a string, expected true or false',
    ],
    [
      'a template without a spec',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  template: {}\n',
      5,
      'spec.template.spec',
      'missing, but required',
    ],
    [
      'no template',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {}\n',
      4,
      'spec.template',
      'missing, but required',
    ],
  ])('%s', (_, text, line, path, message) => {
    const { problems, subjects } = read(text);
    expect(subjects).toEqual([]);
    expect(
      problems.map(problem => [problem.severity, problem.position.line, problem.path, problem.message]),
    ).toEqual([['error', line, path, message]]);
  });

  it.each([
    ['a name', 'name: y', 'metadata.name', 'found y, which YAML takes for true', '"y"'],
    ['a namespace', 'namespace: off', 'metadata.namespace', 'found off, which YAML takes for false', '"off"'],
    [
      'a label',
      'labels: {a.b/c: on}',
      'metadata.labels["a.b/c"]',
      'found on, which YAML takes for true',
      '"on"',
    ],
    ['a word that is a boolean', 'labels: {a: true}', 'metadata.labels.a', 'found true', '"true"'],
  ])('shows %s without quotes as it was written', (_, metadata, path, found, quoted) => {
    const { problems } = read(
      `apiVersion: v1\nkind: Pod\nmetadata: {${metadata}}\nspec: {containers: [{name: a}]}`,
    );
    expect(problems).toMatchObject([
      { path, message: `${found}, expected a string`, fix: `Put it in quotes: ${quoted}.` },
    ]);
  });

  it('does not repeat a number, which may be a secret in the wrong place', () => {
    const { problems } = read(
      `apiVersion: v1\nkind: Pod\nmetadata: {labels: {pin: 4711}}\nspec: {containers: [{name: a}]}`,
    );
    expect(problems).toMatchObject([
      { message: 'found a number, expected a string', fix: 'Put it in quotes.' },
    ]);
  });
});

describe('a template behind much else', () => {
  const rollout = (pad: string) =>
    `apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: x}\nspec:\n  pad: ${pad}\n  template: {${spec}}\n`;
  const list = (item: string, count: number) => `[${Array(count).fill(item).join()}]`;

  it.each([
    ['scalars', list('0', 10_001)],
    ['maps', list('{}', 10_001)],
  ])('is found behind 10,001 %s', (_, pad) => {
    expect(brief(rollout(pad)).map(({ podPath }) => podPath)).toEqual(['spec.template']);
  });

  it('is found however deep it lies', () => {
    const deep = `${'{a: '.repeat(50)}{podTemplate: {${spec}}}${'}'.repeat(50)}`;
    expect(brief(rollout(deep))).toHaveLength(2);
  });

  it('is a problem where there is more than is looked through', () => {
    const { subjects, skipped, problems } = read(rollout(list('[]', 200_001)));
    expect({ subjects, skipped }).toEqual({ subjects: [], skipped: new Map() });
    expect(problems).toEqual([
      {
        severity: 'error',
        position: { file: 'in.yaml', line: 4, column: 1 },
        object: 'Rollout/x',
        path: 'spec',
        message: 'holds more than 200000 maps and lists, too many to be looked through for Pod templates',
        fix: 'Make several objects of it.',
      },
    ]);
  });

  it('is looked for deeper than calls can go', () => {
    let nested: unknown = { template: { spec: { containers: [{}] } } };
    for (let i = 0; i < 100_000; i++) nested = [nested];
    const { paths } = templatesOf({ kind: 'X', spec: nested });
    expect(paths.map(path => path.length)).toEqual([100_002]);
  });
});

it('an object on which the program fails takes no other along', () => {
  const broken = {
    position: { file: 'in.yaml', line: 7 },
    positionOf: () => ({ file: 'in.yaml', line: 7 }),
    get value(): unknown {
      throw new TypeError('x is undefined');
    },
  };
  const { documents } = readDocuments(`apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n${spec}\n`, 'in.yaml');
  const { subjects, problems } = readSubjects([broken, ...documents], 'default');
  expect(subjects.map(({ name }) => name)).toEqual(['a']);
  expect(problems).toEqual([
    {
      severity: 'error',
      position: { file: 'in.yaml', line: 7 },
      path: '',
      message: 'cofferdam failed on this object: x is undefined',
      fix: 'It is a fault of cofferdam: report it, with the object.',
    },
  ]);
});
