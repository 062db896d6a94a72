import { expect, it } from 'vitest';
import { bindCel, compileCel } from '../../src/policy/cel.ts';

const walked = (expression: string): readonly string[] => {
  const program = compileCel(expression, ['object', 'namespaceObject']);
  if ('problem' in program) throw new Error(program.problem);
  return [...program.walked].sort();
};
const CONTAINERS = 'object.spec.containers';

it.each<[string, ...string[]]>([
  ["object.metadata.name == 'x'"],
  [`${CONTAINERS}.exists(c, c.image == 'x')`, CONTAINERS],
  ['object.spec.?containers.orValue([]).exists(c, true)', CONTAINERS],
  ["object['spec'].containers.exists(c, true)", CONTAINERS],
  [`${CONTAINERS}.exists(c, c.?ports.orValue([]).exists(p, true))`, CONTAINERS, `${CONTAINERS}[].ports`],
  [`${CONTAINERS}[0].ports.exists(p, true)`, `${CONTAINERS}[].ports`],
  [
    `${CONTAINERS}.filter(c, c.name != 'x').exists(c, c.env.exists(e, true))`,
    CONTAINERS,
    `${CONTAINERS}[].env`,
  ],
  [`${CONTAINERS}.map(c, c.env).exists(l, l.exists(e, true))`, CONTAINERS, `${CONTAINERS}[].env`],
  [
    `(${CONTAINERS} + object.spec.?initContainers.orValue([])).exists(c, c.args.exists(a, true))`,
    CONTAINERS,
    `${CONTAINERS}[].args`,
    'object.spec.initContainers',
    'object.spec.initContainers[].args',
  ],
  [
    `[${CONTAINERS}, object.spec.initContainers].exists(l, l.exists(c, true))`,
    CONTAINERS,
    'object.spec.initContainers',
  ],
  [`(true ? ${CONTAINERS} : []).exists(c, true)`, CONTAINERS],
  ["object.metadata.?labels.orValue({}).exists(k, k == 'x')", 'object.metadata.labels'],
  ["['a', 'b'].exists(x, x == object.metadata.name)"],
  [`[[[${CONTAINERS}]]][0][0][0].exists(c, true)`, CONTAINERS],
  [
    `(true ? [[${CONTAINERS}]] : [[object.spec.volumes]])[0][0].exists(c, true)`,
    CONTAINERS,
    'object.spec.volumes',
  ],
  ['object.?a.value().exists(x, true)', 'object.a'],
  ['object.?a.or(object.?b).value().exists(x, true)', 'object.a', 'object.b'],
  ['object.b.exists(k, object.a[k].exists(x, true))', 'object.a[]', 'object.b'],
  // A value that is looked up in a map that the expression makes is not followed.
  [`{'a': ${CONTAINERS}}['a'].exists(c, true)`, '?'],
  [`{'a': ${CONTAINERS}}.a.exists(c, true)`, '?'],
  [`{'a': ${CONTAINERS}}[?'a'].orValue([]).exists(c, true)`, '?'],
  [`${CONTAINERS}.map(c, {'a': c.env})[0].a.exists(e, true)`, '?', CONTAINERS],
  // It looks through a list in the API server, where the needle may be an item.
  [`${CONTAINERS}.exists(c, ${CONTAINERS}.indexOf(c) > 0)`, '?', CONTAINERS],
  [`${CONTAINERS}.exists(c, c.image.indexOf('/') > 0)`, CONTAINERS],
  // These lists are no fields, and may be of any length.
  ["object.metadata.name.split('-').exists(part, part == 'x')", '?'],
  [`${CONTAINERS}.exists(c, c.image.split('/').exists(part, part == 'x'))`, '?', CONTAINERS],
  [`${CONTAINERS}.map(c, c.image.split('/')).exists(l, l.exists(part, part == 'x'))`, '?', CONTAINERS],
  [`(${CONTAINERS} + object.metadata.name.split('-')).exists(x, true)`, '?'],
  ["[object.metadata.name.split('-')].exists(l, l.exists(part, true))", '?'],
])('%s walks %s', (expression, ...paths) => {
  expect(walked(expression)).toEqual(paths);
});

it.each<[string, boolean]>([
  [`${CONTAINERS}.exists(c, c.?args.orValue([]).exists(a, a == 'x'))`, false],
  [`${CONTAINERS}.exists(c, c.args.exists(a, a == 'x'))`, false],
  [`${CONTAINERS}.exists(c, c['args'].exists(a, a == 'x'))`, false],
  [`${CONTAINERS}.exists(c, c[?'args'].value().filter(a, a != 'y').exists(a, a == 'x'))`, false],
  [`${CONTAINERS}.exists(c, c.image.split('/').exists(part, part == 'x'))`, true],
  [`${CONTAINERS}.exists(c, c.image in ['x', 'y'])`, false],
  [`'x' in ${CONTAINERS}[0].args`, false],
  [`${CONTAINERS}.exists(c, object.spec.volumes.exists(v, true))`, true],
  // Each of these looks through a list of the Pod for each item of another, by an operator.
  [`${CONTAINERS}.exists(c, c.image in ${CONTAINERS}[0].args)`, true],
  [`${CONTAINERS}.exists(c, 'x' in c.args)`, true],
  [`${CONTAINERS}.exists(c, c.env == object.spec.volumes)`, true],
  [`${CONTAINERS}.all(c, ${CONTAINERS}[0] != c)`, true],
  [`object.a == object.b && ${CONTAINERS}.exists(c, 'x' in c.args)`, true],
  // A literal is as long as its author wrote it.
  [`['a', 'b'].exists(x, ${CONTAINERS}.exists(c, c.image.startsWith(x)))`, false],
])('%s: a product of two lists? %s', (expression, crosses) => {
  expect(compileCel(expression, ['object', 'namespaceObject'])).toMatchObject({ crosses });
});

it.each<[string, boolean]>([
  ["namespaceObject.metadata.name == 'a'", false],
  ["namespaceObject.metadata.labels['a'] == 'b' && namespaceObject.metadata.labels.a == 'b'", false],
  ['namespaceObject.metadata.labels.exists(k, true)', false],
  ['namespaceObject == null || namespaceObject.metadata == null', false],
  ["object.metadata.annotations.a == 'b'", false],
  ["'a'.split(',')[0] == object.metadata.name", false],
  ["namespaceObject.metadata.annotations.a == 'b'", true],
  ["namespaceObject.metadata.namespace == ''", true],
  ["namespaceObject.metadata.name == 'a' && (object.a || namespaceObject.status.phase == 'Active')", true],
])('%s: something of the Namespace that is not known here? %s', (expression, readsUnseen) => {
  expect(compileCel(expression, ['object', 'namespaceObject'])).toMatchObject({ readsUnseen });
});

it('a list has no indexOf here: an error, which counts as a match, where Kubernetes has one', () => {
  const program = compileCel("object.args.indexOf('b') == 1", ['object']);
  if ('problem' in program) throw new Error(program.problem);
  expect(program.evaluate(bindCel({ object: { args: ['a', 'b'] } }))).toEqual({
    error: expect.stringContaining('list.indexOf(string)'),
  });
});
