import { describe, expect, it } from 'vitest';
import { builtinPolicy } from '../../src/policy/builtin.ts';
import { compileCel, fieldsReadBy } from '../../src/policy/cel.ts';
import { compile } from '../../src/policy/load.ts';
import { readDocuments } from '../../src/source/yaml/yaml.ts';
import { SPEC_FIELDS } from '../fuzz/model.ts';

/** What is told of fields: `name at column`, and what was meant. */
function told(expression: string): string[] {
  const { unknownFields } = compileCel(expression, ['object', 'namespaceObject']);
  return unknownFields.map(({ problem, excerpt, meant }) => {
    const [, name, holder] = /^no Pod has a field (\S+) in (\S+) at/.exec(problem) ?? [];
    return `${holder}.${name}:${excerpt?.column}${meant ? ` ${meant}` : ''}`;
  });
}

describe('the fields that an expression reads', () => {
  /** `?` for what only is asked for, `*` for any of a list or a map. */
  const read = (expression: string): string[] =>
    fieldsReadBy(expression, ['object', 'namespaceObject']).map(
      ({ path, isAsked, isAnyOf }) => `${path}${isAsked ? '?' : ''}${isAnyOf ? '*' : ''}`,
    );

  it.each([
    ['object.spec.hostPID', ['object.spec.hostPID', 'object.spec']],
    ['has(object.spec.hostPID)', ['object.spec.hostPID?', 'object.spec?']],
    [
      "object.metadata.labels['a.b'] == 'c'",
      ['object.metadata.labels.a.b', 'object.metadata.labels', 'object.metadata'],
    ],
    [
      'object.metadata.labels[object.kind]',
      ['object.metadata.labels[]*', 'object.metadata.labels', 'object.metadata', 'object.kind'],
    ],
    [
      'object.spec.?containers[?0].hasValue()',
      ['object.spec.containers[]*', 'object.spec.containers', 'object.spec'],
    ],
    [
      'object.spec.containers.all(c, has(c.env))',
      ['object.spec.containers', 'object.spec', 'object.spec.containers[].env?'],
    ],
    ["namespaceObject.metadata.name == 'a'", []],
    // These values come from no known place, and the last expression cannot be parsed.
    ["'a b'.split(' ')[0].b == object.kind", ['object.kind']],
    ['object.spec.hostPID ==', []],
  ])('are %s', (expression, fields) => {
    expect(read(expression)).toEqual(fields);
  });
});

describe('a field that no Pod has', () => {
  it.each([
    ['object.spec.hostNetwrk', ['object.spec.hostNetwrk:13 hostNetwork']],
    ['object.spec.zzz == 1', ['object.spec.zzz:13']],
    ['object.metdata.name == "a"', ['object.metdata:8 metadata']],
    [
      'object.spec.containers.exists(c, c.securityContxt.privileged)',
      ['object.spec.containers[].securityContxt:36 securityContext'],
    ],
    [
      "(object.spec.containers + object.spec.?initContainers.orValue([])).exists(c, c.imge == 'a')",
      ['object.spec.containers[].imge:80 image'],
    ],
    [
      "object.spec.volumes.filter(v, has(v.hostpath)).exists(v, v.hostPath.pth == '/')",
      ['object.spec.volumes[].hostpath:37 hostPath', 'object.spec.volumes[].hostPath.pth:69 path'],
    ],
    [
      'object.spec.containers[0].?resorces.orValue(null) == null',
      ['object.spec.containers[].resorces:28 resources'],
    ],
    [
      'object.spec.containers.map(c, c.ports).exists(p, p[0].hostport == 1)',
      ['object.spec.containers[].ports[].hostport:55 hostPort'],
    ],
    // Two at once, and beside what is refused.
    [
      'object.spec.hostPid && object.spec.hostIpc',
      ['object.spec.hostPid:13 hostPID', 'object.spec.hostIpc:36 hostIPC'],
    ],
    ['object.spec.hostNetwrk && sise(object.spec.containers) > 1', ['object.spec.hostNetwrk:13 hostNetwork']],
    // Each is told once, where it is first, in the order in which they are written.
    [
      'object.spec.containers[object.yyy].zzz == object.yyy',
      ['object.yyy:31', 'object.spec.containers[].zzz:36'],
    ],
  ])('is told with its place: %s', (expression, fields) => {
    expect(told(expression)).toEqual(fields);
  });

  it.each([
    // A newer Kubernetes may have this field.
    'has(object.spec.quantumTunnel) && object.spec.hostNetwork',
    'object.spec.?quantumTunnel.orValue(false)',
    // Keys that authors choose, and what has no fields.
    "object.metadata.labels.exposure == 'public'",
    "object.metadata.?annotations.?tier.orValue('') == ''",
    "object.spec.nodeSelector.zone == 'a'",
    "object.spec.containers.exists(c, c.resources.limits.memry == '1')",
    "object.metadata.labels.exists(k, k.startsWith('a'))",
    // Only one of the two types has the field, or may have it.
    "(object.spec.containers + object.spec.volumes).exists(c, c.imagePullPolicy == 'a')",
    "(object.spec.containers + object.metadata.labels.a).exists(c, c.zzz == 'a')",
    // These are not followed, or are not about the Pod.
    "namespaceObject.metadata.UID == 'a'",
    "{'a': object.spec}['a'].nope == 1",
    'object.spec.containers.nope == 1',
    'object.spec.securityContext[0].nope == 1',
    "namespaceObject.metadata.labels.nope == 'a'",
    "object.spec.containers.exists(object_, object_.name == 'a')",
    'object.spec.securityContext.sysctls.exists(s, s.name == s.value)',
    "object.spec.containers.exists(c, c.securityContext.cgroupOptions.mountMode == 'rw')",
    "object.spec.ephemeralContainers.exists(e, e.targetContainerName == '')",
    "object.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms.exists(t, t.matchExpressions.exists(e, e.operator == 'In'))",
  ])('is not seen in %s', expression => {
    expect(told(expression)).toEqual([]);
  });

  it('is told ten times at most', () => {
    const names = Array.from({ length: 12 }, (_, i) => `object.zzz${i}`);
    expect(told(`[${names.join()}].size() > 1`)).toEqual(
      names.slice(0, 10).map((name, i) => `${name}:${9 + names.slice(0, i).join().length + (i > 0 ? 1 : 0)}`),
    );
  });

  it('is none of those that Kubernetes documents', () => {
    const some = SPEC_FIELDS.filter(({ path }) => !path.includes('[]'));
    expect(some.length).toBeGreaterThan(50);
    expect(
      some.filter(({ path }) => told(`has(object.${path}) && object.${path} == null`).length > 0),
    ).toEqual([]);
  });
});

function problemsOf(expression: string): string[] {
  const text = `apiVersion: cofferdam.dev/v1alpha1
kind: ClusterSandboxPolicy
metadata: {name: p}
spec: {scoring: {rules: [{name: r, weight: 5, message: told, expression: ${JSON.stringify(expression)}}]}}
`;
  const { problems } = compile(readDocuments(text, 'p.yaml').documents, {
    builtin: builtinPolicy('balanced'),
    balanced: true,
  });
  return problems.map(({ severity, message, fix }) => `${severity}: ${message}. ${fix}`);
}

describe('what is wrong with a rule is told in one round', () => {
  it('of fields, as a warning: the policy is in force', () => {
    expect(problemsOf('object.spec.hostNetwrk')).toEqual([
      'warning: a field that is never there: no Pod has a field hostNetwrk in object.spec at 1:13. Did you mean hostNetwork?',
    ]);
  });

  it.each([
    [
      'two faults of two parts',
      "object.spec.hostPID && (obect.a == 'b' || sise(object.spec.containers) > 1)",
      ['1:25. Did you mean object?', '1:43. Did you mean size?'],
    ],
    [
      'in three lines, of each kind',
      "'a'.lowerAsci() == 'a' &&\n namespaceObject.metadata.lables == {} &&\n object.spec.containers.exsts(c, true)",
      ['1:5. Did you mean lowerAscii?', '2:27. Did you mean labels?', '3:25. Did you mean exists?'],
    ],
    [
      'between ? and :',
      "object.spec.hostPID ? nope : object.a.startWith('b')",
      ['1:23. The variables here are object and namespaceObject.', '1:39. Did you mean startsWith?'],
    ],
    [
      'of what Kubernetes alone would refuse',
      '!!object.spec.hostPID || namespaceObject.metadata.lables == {}',
      ['1:2. Correct', '1:51. Did you mean labels?'],
    ],
  ])('%s', (_, expression, ends) => {
    const errors = problemsOf(expression).filter(problem => problem.startsWith('error'));
    expect(errors.map(problem => problem.slice(problem.lastIndexOf(' at ') + 4))).toEqual(
      ends.map(end => expect.stringContaining(end)),
    );
  });

  it('says nothing twice, and nothing of a part that is right', () => {
    expect(
      problemsOf("nope == 1 && object.spec.hostPID && 'a' != 'b' && has(object.spec.hostIPC)"),
    ).toHaveLength(1);
  });
});
