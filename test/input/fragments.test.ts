import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readSubjects } from '../../src/input/subjects.ts';
import { splitList } from '../../src/source/list.ts';
import { readDocuments } from '../../src/source/yaml/yaml.ts';
import { cofferdam } from '../cli/stranger.ts';

const fixture = (name: string): string => `test/fixtures/fragments/${name}.yaml`;

/** Each object with its verdict, what was found of risks and where; `~` where it was judged from a part. */
async function review(...argv: string[]): Promise<{ lines: string[]; code: number; passedOver: unknown }> {
  const { out, code } = await cofferdam(['review', '-o', 'json', ...argv]);
  const { results, passedOver } = JSON.parse(out);
  const lines = results.map((one: Record<string, string> & { findings: Record<string, string>[] }) => {
    const risks = one.findings.filter(({ category }) => category === 'exposure' || category === 'breakout');
    const places = risks.map(({ signal, path, line }) => `${signal} ${path}:${line}`).sort();
    return [`${one.fragment ? '~' : ''}${one.verdict} ${one.kind}/${one.name}`, ...places].join('\n  ');
  });
  return { lines, code, passedOver };
}

describe('kinds that hold Pods in other shapes', () => {
  it.each([
    [
      'tekton-task-run',
      [
        `~reject TaskRun/images
  hostNetwork spec.podTemplate.hostNetwork:6
  privileged spec.taskSpec.sidecars[0].securityContext.privileged:19
  privileged spec.taskSpec.steps[1].securityContext.privileged:15`,
      ],
    ],
    ['tekton-task', [`~reject Task/docker\n  hostPathSocket spec.volumes[0].hostPath:8`]],
    [
      'step-template',
      [
        `~reject Task/docker
  hostPathSocket spec.volumes[0].hostPath:13
  privileged spec.stepTemplate.securityContext.privileged:7`,
        `~reject PipelineRun/release
  capabilityHostRoot spec.pipelineSpec.tasks[0].taskSpec.stepTemplate.securityContext.capabilities.add[0]:24
  hostNetwork spec.taskRunTemplate.podTemplate.hostNetwork:19`,
        'admit Robot/arm/armTemplate',
        '~sandbox Robot/arm\n  privileged spec.stepTemplate.securityContext.privileged:32',
      ],
    ],
    [
      'argo-defaults',
      [
        `~reject Workflow/defaults
  hostPath spec.templateDefaults.volumes[0].hostPath:7
  privileged spec.templateDefaults.container.securityContext.privileged:6`,
        `~sandbox Workflow/set
  privileged spec.templates[0].containerSet.containers[1].securityContext.privileged:24`,
        `~reject WorkflowTemplate/patched
  hostPID spec.podSpecPatch:30
  privileged spec.templates[0].podSpecPatch:35`,
        '~admit Workflow/unfilled',
      ],
    ],
    [
      'argo-workflow',
      [
        `~reject Workflow/image-
  hostPathSocket spec.volumes[0].hostPath:6
  privileged spec.templates[0].container.securityContext.privileged:11`,
      ],
    ],
    [
      'argo-cron-workflow',
      [
        `~reject CronWorkflow/nightly/clean
  hostNetwork spec.workflowSpec.hostNetwork:8
  hostPathSystem spec.workflowSpec.volumes[0].hostPath:9`,
        `~reject CronWorkflow/nightly/build
  hostNetwork spec.workflowSpec.hostNetwork:8
  hostPathSystem spec.workflowSpec.volumes[0].hostPath:9
  privileged spec.workflowSpec.templates[2].container.securityContext.privileged:17`,
      ],
    ],
    [
      'spark-application',
      [
        `~reject SparkApplication/report
  hostNetwork spec.driver.hostNetwork:9
  hostPath spec.volumes[0].hostPath:6
  privileged spec.driver.securityContext.privileged:10`,
      ],
    ],
    [
      'inference-service',
      [
        `~sandbox InferenceService/scores/predictor
  privileged spec.predictor.containers[0].securityContext.privileged:6`,
        '~admit InferenceService/scores/transformer',
      ],
    ],
    [
      'prometheus',
      [
        `~reject Prometheus/main
  hostNetwork spec.hostNetwork:5
  hostPathSystem spec.volumes[0].hostPath:7`,
      ],
    ],
    [
      'runner-deployment',
      [
        `~reject RunnerDeployment/runners
  hostPID spec.template.spec.hostPID:9
  hostPathSocket spec.template.spec.volumes[0].hostPath:10`,
      ],
    ],
    [
      'elasticsearch',
      [
        `~sandbox Elasticsearch/logs
  privileged spec.nodeSets[0].podTemplate.spec.initContainers[0].securityContext.privileged:13`,
      ],
    ],
    ['knative', ['sandbox Service/hello']],
    [
      'manifest-work',
      [
        'sandbox Pod/p',
        'reject Deployment/d\n  hostPID spec.template.spec.hostPID:17',
        '~sandbox Task/t\n  privileged spec.steps[0].securityContext.privileged:24',
      ],
    ],
    ['crossplane', ['reject DaemonSet/agent\n  hostNetwork spec.template.spec.hostNetwork:17']],
    ['openshift-template', ['reject DeploymentConfig/app\n  hostPID spec.template.spec.hostPID:15']],
    [
      'lists',
      [
        'sandbox Pod/a\n  privileged spec.containers[0].securityContext.privileged:5',
        'reject StatefulSet/s\n  hostIPC spec.template.spec.hostIPC:11',
      ],
    ],
  ])('%s', async (name, lines) => {
    expect((await review(fixture(name))).lines).toEqual(lines);
  });

  it('of OpenShift from before it had groups are judged, too', async () => {
    const text = await readFile(fixture('openshift-template'), 'utf8');
    const old = text.replaceAll(/(template|apps)[.]openshift[.]io[/]v1/g, 'v1');
    const { out } = await cofferdam(['review', '-', '-o', 'json'], { stdin: old });
    expect(old).not.toBe(text);
    expect(JSON.parse(out).results).toMatchObject([
      { kind: 'DeploymentConfig', name: 'app', verdict: 'reject' },
    ]);
  });

  it('with an empty list of containers are no error: their controller fills it in', async () => {
    const stdin = `apiVersion: pkg.crossplane.io/v1beta1
kind: DeploymentRuntimeConfig
metadata: {name: provider}
spec:
  deploymentTemplate:
    spec:
      template: {spec: {hostNetwork: true, serviceAccountName: other, containers: []}}
`;
    const { out } = await cofferdam(['review', '-', '-o', 'json'], { stdin });
    const { results, problems } = JSON.parse(out);
    expect(problems).toEqual([]);
    expect(results).toMatchObject([{ verdict: 'reject', fragment: true }]);
    const { out: builtIn } = await cofferdam(['review', '-', '-o', 'json'], {
      stdin: 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: []}\n',
    });
    expect(JSON.parse(builtIn).problems).toMatchObject([{ severity: 'error' }]);
  });

  it('that are merged with others are judged as parts', async () => {
    const of = (...argv: string[]) => argv.join('\n');
    const flink = (main: string, manager: string) =>
      of(
        'apiVersion: flink.apache.org/v1beta1',
        'kind: FlinkDeployment',
        'metadata: {name: f}',
        'spec:',
        `  podTemplate: {spec: {containers: [${main}]}}`,
        `  jobManager: {podTemplate: {spec: {${manager}}}}`,
        `  taskManager: {podTemplate: {spec: {containers: [{name: t, image: "t:1"}]}}}`,
        '',
      );
    const fragments = async (stdin: string) => {
      const { out } = await cofferdam(['review', '-', '-o', 'json'], { stdin });
      return JSON.parse(out).results.map(
        ({ name, fragment = false }: Record<string, unknown>) => `${name} ${fragment}`,
      );
    };
    const whole = '{name: c, image: "c:1"}';
    expect(await fragments(flink('{name: flink-main-container}', `containers: [${whole}]`))).toEqual([
      'f/podTemplate true',
      'f/jobManager.podTemplate true',
      'f/taskManager.podTemplate true',
    ]);
    expect(await fragments(flink(whole, `initContainers: [${whole}]`))).toEqual([
      'f/podTemplate true',
      'f/taskManager.podTemplate true',
      'f/jobManager.podTemplate true',
    ]);
    const ray = `apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: r}
spec:
  headGroupSpec: {template: {spec: {containers: [${whole}]}}}
  workerGroupSpecs: [{groupName: w, template: {spec: {containers: [${whole}]}}}]
`;
    expect(await fragments(ray)).toEqual([
      'r/headGroupSpec.template false',
      'r/workerGroupSpecs[0].template false',
    ]);
    expect(await fragments(ray.replace('image: "c:1"', 'resources: {}'))).toContain(
      'r/headGroupSpec.template true',
    );
  });

  it('that are several of one object have a name each, by which each can be explained', async () => {
    const template = '{spec: {hostPID: true, containers: [{name: c, image: "c:1"}]}}';
    const named = async (spec: string): Promise<string[]> => {
      const stdin = `apiVersion: example.org/v1\nkind: Foo\nmetadata: {name: f}\nspec: ${spec}\n`;
      const { out } = await cofferdam(['review', '-', '-o', 'json'], { stdin });
      const names: string[] = JSON.parse(out).results.map(({ name }: { name: string }) => name);
      for (const name of names) {
        const explained = await cofferdam(['explain', '-', '--name', `Foo/${name}`], { stdin });
        expect(explained.err).toBe('');
        expect(explained.code).toBe(1);
      }
      return names;
    };
    const item = (key: string, name = '') => `${key}: [{${name}template: ${template}}]`;
    expect(await named(`{${item('masterSpecs')}, ${item('workerSpecs')}}`)).toEqual([
      'f/masterSpecs[0].template',
      'f/workerSpecs[0].template',
    ]);
    expect(await named(`{${item('a', 'name: one, ')}, ${item('b', 'name: two, ')}}`)).toEqual([
      'f/one',
      'f/two',
    ]);
    expect(await named(`{${item('a', 'name: one, ')}, ${item('b', 'name: one, ')}}`)).toEqual([
      'f/a[0].template',
      'f/b[0].template',
    ]);
    expect(await named(`{${item('a', 'name: "", ')}, ${item('b', 'name: "a[0].template", ')}}`)).toEqual([
      'f/spec.a[0].template',
      'f/b[0].template',
    ]);
    expect(await named(`{a: {template: ${template}, spec: {template: ${template}}}}`)).toEqual([
      'f/spec.a.template',
      'f/spec.a.spec.template',
    ]);
  });

  it('with a patch that cannot be read yet say so, once', async () => {
    const workflow = (patch: string) => `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: w}
spec:
  podSpecPatch: ${JSON.stringify(patch)}
  templates:
    - {name: a, container: {image: "a:1"}}
    - {name: b, container: {image: "b:1"}}
`;
    const told = async (patch: string, ...argv: string[]) => {
      const { out, code } = await cofferdam(['review', '-', '-o', 'json', ...argv], {
        stdin: workflow(patch),
      });
      const { problems } = JSON.parse(out);
      return [
        code,
        problems.map(({ severity, path, line }: Record<string, unknown>) => [severity, path, line]),
      ];
    };
    const warned = [['warning', 'spec.podSpecPatch', 5]];
    expect(await told('{"hostNetwork": {{inputs.parameters.net}}}')).toEqual([0, warned]);
    expect(await told('{{inputs.parameters.patch}}')).toEqual([0, warned]);
    expect(await told('{{inputs.parameters.patch}}', '--strict')).toMatchObject([
      2,
      [['error', 'spec.podSpecPatch', 5]],
    ]);
    expect(await told('{"containers": [{"name": "main", "resources": {}}]}')).toEqual([0, []]);
    expect(await told('')).toEqual([0, []]);
  });

  it('say so in the table and in explain', async () => {
    const note = 'Judged from a part of a Pod, so at least: what its controller adds is not known.';
    const words = (text: string) => text.replace(/\s+/g, ' ');
    expect(words((await cofferdam(['review', fixture('elasticsearch')])).out)).toContain(`Note: ${note}`);
    const explained = await cofferdam(['explain', fixture('tekton-task')]);
    expect(words(explained.out)).toContain(`Note: ${note}`);
    expect(explained.out).not.toContain('SandboxExemption');
  });
});

it('are no error within another object, whose maker may fill them in', async () => {
  const { out, err, code } = await cofferdam(['review', fixture('resource-graph')]);
  expect(out).toContain('reject   Pod/agent');
  expect(err.match(/^.*(warning|error).*$/gm)?.filter(line => !line.includes(': metadata.name:'))).toEqual([
    `${fixture('resource-graph')}:14: warning: Deployment/\${schema.metadata.name}: spec.template.spec.containers[0].ports[0].containerPort: found a string, expected a whole number, so this object within another was not judged`,
  ]);
  expect(code).toBe(1);
});

describe('what makes no Pods', () => {
  it('raises no alarm, and is named by kind and count', async () => {
    const { lines, passedOver, code } = await review(fixture('no-alarm'));
    expect(lines).toEqual([]);
    expect(code).toBe(0);
    expect(passedOver).toHaveLength(11);
    expect(passedOver).toContainEqual({ apiVersion: 'policy/v1beta1', kind: 'PodSecurityPolicy', count: 1 });
    const { out, err } = await cofferdam(['review', fixture('no-alarm')]);
    expect(err).toBe('');
    expect(out.replace(/\n/g, ' ')).toMatch(
      /^0 objects judged\. 11 objects of other kinds passed over: .*1 PodSecurityPolicy/,
    );
  });

  it('is told where it has an image beside access to the host, in a form that is not read', async () => {
    const { err, code } = await cofferdam(['review', fixture('unread')]);
    const message =
      "found access to the host beside an image, in a form that is not a Pod's, so it was not judged";
    expect(err.match(/^.*warning.*$/gm)).toEqual([
      `${fixture('unread')}:7: warning: HelmRelease/agent: spec.values.hostNetwork: ${message}`,
      `${fixture('unread')}:14: warning: Probe/p: spec.hostPath: ${message}`,
    ]);
    expect(code).toBe(0);
  });
});

const read = (text: string) =>
  readSubjects(readDocuments(text, 'f.yaml').documents.flatMap(splitList), 'default');
const odd = (spec: string) =>
  read(`apiVersion: example.org/v1\nkind: Odd\nmetadata: {name: o}\nspec: ${spec}\n`);

describe('a part of a Pod', () => {
  it('is no error for what is missing', () => {
    const { subjects, problems } = odd('{hostNetwork: true}');
    expect(problems).toEqual([]);
    expect(subjects.map(({ isFragment, pod }) => [isFragment, pod.spec?.hostNetwork])).toEqual([
      [true, true],
    ]);
  });

  it('of which a field means something else is a warning, and takes no other along', () => {
    const { subjects, problems } = odd(
      '{a: {containers: [{name: a, ports: yes}]}, b: {containers: [{name: b}]}}',
    );
    expect(subjects.map(({ name }) => name)).toEqual(['o/b']);
    expect(problems).toMatchObject([
      {
        severity: 'warning',
        path: 'spec.a.containers[0].ports',
        message: 'found true, expected a list, so what looks like a part of a Pod was not judged',
      },
    ]);
  });

  it.each([
    [
      'single containers, one Pod each',
      '{kafka: {image: k, args: [a]}, zookeeper: {image: z, env: []}}',
      ['o/kafka', 'o/zookeeper'],
    ],
    [
      'containers of one map, one Pod',
      '{main: {steps: [{name: a, image: a}], sidecars: [{name: b, image: b}]}}',
      ['o'],
    ],
    ['an image alone, none', '{image: a, resources: {limits: {cpu: 1}}, replicas: 2}', []],
    ['names with images, none', '{images: [{name: a, image: b}]}', []],
    ['a security context that touches nothing, none', '{securityContext: {fsGroup: 1}}', []],
    [
      'capabilities that are added, one',
      '{tool: {securityContext: {capabilities: {add: [SYS_ADMIN]}}}}',
      ['o'],
    ],
    [
      'host access that is off, none',
      '{hostNetwork: false, hostPID: "true", volumes: [{name: a, emptyDir: {}}]}',
      [],
    ],
    ['volumes as Compose has them, none', '{volumes: ["/:/host"]}', []],
    [
      'settings of a Pod for the containers beside them',
      '{x: {podTemplate: {hostPID: true}, steps: [{name: a, image: a}]}}',
      ['o'],
    ],
    [
      'settings of a Pod for no containers',
      '{runs: [{podTemplate: {hostPID: true}}, {podTemplate: {nodeSelector: {}}}]}',
      ['o'],
    ],
  ])('%s', (_, spec, names) => {
    const { subjects, problems } = odd(spec);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(subjects.map(({ name }) => name)).toEqual(names);
  });

  it('of one item of a list is not for another', () => {
    const { subjects } = odd(
      '{tasks: [{podTemplate: {hostPID: true}, steps: [{name: a, image: a}]}, {steps: [{name: b, image: b}]}]}',
    );
    expect(subjects.map(({ pod }) => pod.spec?.hostPID)).toEqual([true, undefined]);
  });

  it('takes what stands nearest, and volumes from all that stands above', () => {
    const { subjects } = odd(
      '{runtimeClassName: a, volumes: [{name: v, emptyDir: {}}], inner: {runtimeClassName: b, volumes: [{name: w, emptyDir: {}}], container: {name: c, image: c}}}',
    );
    const [subject] = subjects;
    expect(subject?.pod.spec?.runtimeClassName).toBe('b');
    expect(subject?.pod.spec?.volumes?.map(({ name }) => name)).toEqual(['w', 'v']);
    expect(subject?.pathOf('spec.volumes[1].emptyDir')).toBe('spec.volumes[0].emptyDir');
    expect(subject?.pathOf('spec.containers[0].image')).toBe('spec.inner.container.image');
    expect(subject?.pathOf('spec.serviceAccountName')).toBe('spec.inner');
  });

  it('is one of a thousand at most, and more are told', () => {
    const many = Array.from({ length: 1001 }, () => '{hostNetwork: true}').join();
    const { subjects, problems } = odd(`[${many}]`);
    expect(subjects).toHaveLength(1000);
    expect(problems.map(({ message }) => message)).toEqual([
      'holds more than 1000 Pod templates, parts of Pods, or objects',
    ]);
  });

  it('is found below an empty key', () => {
    const { subjects } = odd(
      '{"": {template: {spec: {containers: [{name: a}]}}, "": {hostNetwork: true}}}'.replace(', ""', ', " "'),
    );
    expect(subjects.map(({ pathOf }) => pathOf('spec'))).toEqual(['spec[""].template.spec', 'spec[""][" "]']);
  });

  it('is looked for at any depth', () => {
    const deep = `${'{a: '.repeat(90)}{hostNetwork: true}${'}'.repeat(90)}`;
    expect(odd(deep).subjects).toHaveLength(1);
  });
});
