import { type CelCase, of } from './cel-case.ts';

/* Cases of values, of the expressions that the guard writes, and of what it must not rely on. */

const NUMBERS: readonly CelCase[] = [
  ...of('holds', '7 / 2 == 3', '-7 / 2 == -3', '-7 % 2 == -1', '9007199254740993 != 9007199254740992'),
  ...of(
    'holds',
    '9223372036854775807 > 9223372036854775806',
    "string(9223372036854775807) == '9223372036854775807'",
  ),
  ...of(
    'error',
    '9223372036854775807 + size(object.spec.containers) > 0',
    '1 / (size(object.spec.containers) - 2) == 1',
  ),
  ...of('holds', 'dyn(1) == dyn(1.0)', '1.5 + 1.5 == 3.0', 'dyn(1) < dyn(1.5)', "int('12') == 12"),
  ...of('refused', '1 + 1.0 == 2.0', "1 + 'a' == 'b'", "1 == 'a'", "['a', 1].size() == 2"),
  ...of('error', 'int(object.metadata.name) == 1'),
  ...of('fails', "dyn(1) == dyn('1')"),
];

const STRINGS: readonly CelCase[] = [
  ...of('holds', "'aBc'.lowerAscii() == 'abc'", "'aÄ'.upperAscii() == 'AÄ'", "' a '.trim() == 'a'"),
  ...of(
    'holds',
    "'a,b'.split(',') == ['a', 'b']",
    "['a', 'b'].join('-') == 'a-b'",
    "'aa'.replace('a', 'b') == 'bb'",
  ),
  ...of(
    'holds',
    "'aaa'.replace('a', 'b', 2) == 'bba'",
    "'a%s'.format(['b']) == 'ab'",
    "'abc'.charAt(1) == 'b'",
  ),
  ...of('holds', "size('💥') == 1", "'abc'.substring(1, 2) == 'b'", "'%d of %d'.format([1, 2]) == '1 of 2'"),
  ...of(
    'holds',
    "'ghcr.io/a:1'.matches('^ghcr[.]io/a(:|$)')",
    "!'a\\nb'.matches('^a$')",
    "'xay'.matches('a')",
  ),
  ...of('holds', "'a' + 'b' == 'ab'", "'b' > 'a'", "'abc'.startsWith('ab') && 'abc'.endsWith('bc')"),
  ...of('holds', "'quote \\' and \\\\'.contains('\\'')", "'a/../b'.split('/') == ['a', '..', 'b']"),
  ...of(
    'refused',
    "'a'.matches('(?=a)')",
    "'a'.nothing()",
    'object.metadata.name.matches(1)',
    'size(1) == 1',
  ),
  // The type of a validation must be known when it is compiled.
  ...of('refused', 'object.metadata.name', "'true'", 'variables', 'request.userinfo.username == ""'),
];

/** The expressions as the guard writes them. */
const GUARD: readonly CelCase[] = [
  ...of(
    'holds',
    "'a' in object.metadata.?labels.orValue({})",
    "!('a' in object.metadata.?annotations.orValue({}))",
  ),
  ...of('holds', "object.metadata.?annotations.orValue({}).filter(a, a.startsWith('x')) == []"),
  ...of('holds', "object.spec.containers.map(c, c.?image.orValue('')) == ['nginx:1', 'b']"),
  ...of('holds', '(dyn(object.spec.containers) + dyn(object.spec.?initContainers.orValue([]))).size() == 2'),
  ...of(
    'holds',
    '!object.spec.containers.exists(c, c.?ports.orValue([]).exists(p, p.?hostPort.orValue(0) > 0))',
  ),
  ...of('holds', "[object.metadata.name].exists(n, n.startsWith('cofferdam') && n.contains('case'))"),
  ...of('holds', '[[1, 2, 3] + [4]].map(p, size([p[1], p[2], p[3]].filter(t, p[0] + 2 >= t))) == [2]'),
  ...of(
    'holds',
    "[['a'], ['b', 'c']].map(ids, ids.map(id, {'a': 1, 'b': 2}[?id].orValue(0)).sum()) == [1, 2]",
  ),
  ...of('holds', "(true ? ['a'] : []) + (false ? ['b'] : []) == ['a']", "['a', 'b'][size(['x'])] == 'b'"),
  ...of('holds', "[dyn(object.metadata.labels), dyn({'b': 'x'})].map(l, 'b' in l ? 1 : 0).max() == 1"),
  ...of(
    'holds',
    "(['a'].filter(i, false) + ['b']).map(i, i + 'x') == ['bx']",
    '[3, 1].max() == 3 && [[3, 1].max(), 2].min() == 2',
  ),
  ...of(
    'holds',
    'object.?nobody == object.?nobody',
    'object.?spec != object.?nobody',
    '!(object.?spec != object.?spec)',
  ),
  ...of(
    'holds',
    "object.metadata.labels['a'] == object.metadata.labels[?'a'].orValue('')",
    'sets.contains([1, 2], [2])',
  ),
];

/** Behaviour that the guard must not rely on, or that differs from one implementation to another. */
const EDGES: readonly CelCase[] = [
  ...of('holds', "dyn(1) in [dyn('a'), dyn(1)]", "!(dyn(1) in ['a'])", "[dyn(1), dyn('a')].size() == 2"),
  ...of(
    'holds',
    "{'a': 1} == {'a': 1}",
    "{'a': [1]}['a'][0] == 1",
    "'\\u0041' == 'A'",
    '[1, 2].exists_one(i, i == 1)',
  ),
  ...of(
    'holds',
    "object.metadata.name.matches('^' + 'cofferdam')",
    "'a1'.matches('^[a-z]\\\\d$')",
    "string(true) == 'true'",
  ),
  ...of('error', '[1, 2][size(object.spec.containers)] == 1'),
  ...of('error', "object.metadata.labels.a.b == 'x'"),
  // Optional selection treats null and strings as values without fields.
  ...of(
    'fails',
    'oldObject.?spec.hasValue()',
    'has(oldObject.spec)',
    'object.metadata.labels.?a.?b.hasValue()',
  ),
  ...of('holds', "object.metadata.name.?x.orValue('y') == 'y'"),
  ...of('error', '-object.metadata.name == 1', 'object.metadata.name + 1 == 2'),
  ...of(
    'error',
    'object.metadata.name > 1',
    'object.metadata.name && true',
    'object.metadata.name ? true : false',
  ),
  ...of(
    'holds',
    'object.metadata.name || true',
    '!(object.metadata.name && false)',
    'object.metadata.name != 1',
  ),
  ...of(
    'refused',
    "true ? 1 == 1 : 'a'",
    "[1].map(i, i + 'a').size() == 1",
    'cel.bind(x, true, x)',
    "1 in ['a']",
    '!1',
  ),
  ...of('refused', 'nobody == 1', 'true ||', "'a", '[1].exists(i, i)', 'true && 1'),
];

export const VALUE_CASES: readonly CelCase[] = [NUMBERS, STRINGS, GUARD, EDGES].flat();
