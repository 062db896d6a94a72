import { both, type CelCase, ERROR, of } from './cel-case.ts';

/* Cases of logic and of containers, in expressions that need no more than the Pod. */
const LOGIC: readonly CelCase[] = [
  ...both('holds', 'true', '||', ERROR),
  ...both('error', 'false', '||', ERROR),
  ...both('fails', 'false', '&&', ERROR),
  ...both('error', 'true', '&&', ERROR),
  ...both('error', ERROR, '||', `(${ERROR})`),
  ...of('holds', `!(${ERROR}) || true`, `true ? true : ${ERROR}`, `false ? ${ERROR} : true`),
  ...of('error', `!(${ERROR})`, `(${ERROR}) ? true : true`, `${ERROR} || ${ERROR} || false`),
  ...of('holds', `false || ${ERROR} || true`, `!(${ERROR} && false)`),
];

const LISTS: readonly CelCase[] = [
  ...of(
    'holds',
    `[1, 2].exists(i, i == 2 || ${ERROR})`,
    `['a', 'x'].exists(k, object.metadata.labels[k] == '1')`,
  ),
  ...of('holds', `['x', 'a'].exists(k, object.metadata.labels[k] == '1')`),
  ...of('error', `['x', 'a'].exists(k, object.metadata.labels[k] == '2')`),
  ...of('fails', `['x', 'a'].all(k, object.metadata.labels[k] == '2')`),
  ...of('error', `['x', 'a'].all(k, object.metadata.labels[k] == '1')`),
  ...of('error', `['x', 'a'].filter(k, object.metadata.labels[k] == '1').size() == 1`),
  ...of('error', `['a', 'x'].map(k, object.metadata.labels[k]).size() == 2`),
  ...of('holds', '[1, 2, 3].map(i, i > 1, i * 2) == [4, 6]', '[].all(i, false)', '![].exists(i, true)'),
  ...of('holds', '[1, 2] + [3] == [1, 2, 3]', '2 in [1, 2]', "!('c' in ['a', 'b'])", 'size([1]) == 1'),
  ...of('holds', '[1, 3].sum() == 4', '[1, 3, 2].max() == 3', '[2, 1].min() == 1', '[1.5, 2.0].sum() == 3.5'),
  ...of('holds', '[1].filter(i, i > 1).sum() == 0', "['a', 'b'].isSorted()", "['b', 'a'].indexOf('a') == 1"),
  ...of('error', '[1].filter(i, i > 1).max() == 0', '[1, 2][2] == 1'),
  ...of('holds', '[[1, 0], [2, 1]].map(p, p[0] + p[1]) == [1, 3]', "['b', 'a'].indexOf('c') == -1"),
  ...of('holds', 'dyn(object.metadata.labels) in [object.metadata.labels]', "['a'][0] == 'a'"),
];

const MAPS: readonly CelCase[] = [
  ...of('holds', "'a' in object.metadata.labels", "!('x' in object.metadata.labels)"),
  ...of('holds', "object.metadata.labels.exists(k, k == 'a')", "{'a': 1}[?'a'].orValue(0) == 1"),
  ...of('holds', "{'a': 1}[?'b'].orValue(7) == 7", "object.metadata.labels['n.io/b'] == ''"),
  ...of('error', "{'a': 1}['b'] == 1", "object.metadata.labels['x'] == ''"),
  ...of('holds', "object.metadata.labels.filter(k, k.startsWith('n.io/')) == ['n.io/b']"),
  ...of('holds', "{'constructor': 1}[?'a'].orValue(2) == 2"),
];

const OPTIONALS: readonly CelCase[] = [
  ...of('holds', "object.spec.?nobody.?at.orValue('x') == 'x'", '!object.spec.?hostPID.orValue(false)'),
  ...of('holds', '!object.spec.?nobody.hasValue()', "object.metadata.labels[?'a'].orValue('') == '1'"),
  ...of('holds', 'object.spec.containers[1].?securityContext.?runAsUser.orValue(7) == 0'),
  ...of('holds', 'object.spec.containers[0].?securityContext.?runAsUser.orValue(7) == 7'),
  ...of('holds', "object.spec.?nobody.orValue([]).filter(c, c.name == 'x').size() == 0"),
  ...of(
    'holds',
    '!has(object.spec.nobody)',
    'has(object.metadata.labels)',
    '!has(object.metadata.generateName)',
  ),
  ...of('holds', `!optional.none().hasValue()`, `object.?metadata.?name.hasValue()`),
  ...of('error', "object.spec.nobody == 'x'", 'object.spec.?nobody.value() == 1', 'has(object.nobody.at)'),
  ...of(
    'holds',
    'request.?subResource.orValue("none") == "none"',
    'object.spec.containers[?5].hasValue() == false',
  ),
  ...of('holds', '!object.spec.containers[1].ports[0].?hostPort.hasValue()'),
];

export const EXPRESSION_CASES: readonly CelCase[] = [LOGIC, LISTS, MAPS, OPTIONALS].flat();
