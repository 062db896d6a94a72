import { describe, expect, it } from 'vitest';
import { bindCel, type CelProgram, compileCel } from '../../src/policy/cel.ts';

const object = { text: 'a\u{1f600}', list: ['a', 'b'], mixed: [1, 'a'], map: { a: 1 }, n: 1, nothing: null };

function compiled(expression: string): CelProgram {
  const program = compileCel(expression, ['object', 'namespaceObject']);
  if ('problem' in program) throw new Error(program.problem);
  return program;
}
const run = (expression: string) => compiled(expression).evaluate(bindCel({ object, namespaceObject: null }));

describe('as in an API server, it holds that', () => {
  it.each([
    // Characters, and not halves of them.
    'size(object.text) == 2',
    'object.text.size() == 2',
    '[1].size() == 1 && size(object.map) == 1',
    '!(object.nope in [])',
    "timestamp('2026-03-05T12:00:00Z').getHours('-01:30') == 10",
    "duration('1h30m500ms').getMilliseconds() == 5400500",
    "object.list.join('-') == 'a-b' && object.list.join() == 'ab'",
    "object.map.all(k, k == 'a')",
    '!has(object.n.x)',
    'int(-1.5) == -1',
    // The least int, whatever brackets there are besides.
    '-9223372036854775808 < (0)',
  ])('%s', expression => {
    const program = compiled(expression);
    expect([program.foreign, run(expression)]).toEqual([undefined, true]);
  });
});

const TIME = "timestamp('2026-03-05T12:34:56.789Z')";

describe('what Kubernetes has, a rule may call', () => {
  it.each([
    ...["'abc'.contains('b')", "'abc'.startsWith('a')", "'abc'.endsWith('c')", "'abc'.matches('^a')"],
    ...["'aba'.indexOf('a') == 0", "'aba'.lastIndexOf('a') == 2", "'abc'.substring(1) == 'bc'"],
    ...["' a '.trim() == 'a'", "'A'.lowerAscii() == 'a'", "'a'.upperAscii() == 'A'"],
    ...["'a-b'.split('-') == ['a', 'b']", "['a', 'b'].join() == 'ab'", "'abc'.size() == 3"],
    ...['[1].all(x, x == 1)', '[1].exists(x, x == 1)', '[1, 2].exists_one(x, x == 1)'],
    ...['[1, 2].filter(x, x > 1) == [2]', '[1].map(x, x + 1) == [2]'],
    ...['optional.of(1).hasValue()', 'optional.of(1).value() == 1', '!optional.none().hasValue()'],
    ...['optional.none().or(optional.of(1)).value() == 1', 'optional.none().orValue(1) == 1'],
    ...[`${TIME}.getFullYear() == 2026`, `${TIME}.getMonth() == 2`, `${TIME}.getDate() == 5`],
    ...[`${TIME}.getDayOfMonth() == 4`, `${TIME}.getDayOfWeek() == 4`, `${TIME}.getDayOfYear() == 63`],
    ...[`${TIME}.getHours() == 12`, `${TIME}.getMinutes() == 34`, `${TIME}.getSeconds() == 56`],
    ...[`${TIME}.getMilliseconds() == 789`, 'has(object.text)', "size('abc') == 3", "matches('abc', '^a')"],
    ...['type(1) == int', 'dyn(1) == 1', "int('1') == 1", 'uint(1) == 1u', "double('1.5') == 1.5"],
    ...["string(1) == '1'", "bool('true')", "bytes('a') == b'a'", "duration('90s').getMinutes() == 1"],
  ])('%s', expression => {
    expect(run(expression)).toBe(true);
  });
});

describe('as in an API server, it fails', () => {
  it.each([
    ['object.nope in {}', 'No such key: nope'],
    ["'a' in object.text", 'no such overload: in of string and string'],
    ["object.text.join() == ''", "found no matching overload for 'string.join()'"],
    ["object.list.join(object.n) == ''", "found no matching overload for 'list.join(int)'"],
    ["object.mixed.join() == ''", 'join() is for texts'],
    ['object.n.size() == 1', "found no matching overload for 'int.size()'"],
    ['size(object.n) == 1', "found no matching overload for 'size(int)'"],
    ['object.text.exists(c, true)', 'exists() is for lists and maps'],
    ['object.n.map(c, c) == []', 'map() is for lists and maps'],
    ['object.nothing.all(c, true)', 'all() is for lists and maps'],
    ['bool(object.n)', "found no matching overload for 'bool(int)'"],
    ['int(object.text) > 1', 'int() cannot read this'],
    ['has(object.list.x)', 'this cannot be an index: x'],
    ['object.n.x == 1', 'No such key: x'],
  ])('%s: %s', (expression, error) => {
    expect(run(expression)).toEqual({ error });
  });
});

describe('an API server would not read', () => {
  it.each([
    ['uint(-(1)) == 1u', 'uint() cannot read this at 1:6'],
    ['uint(-1.5) == 1u', 'uint() cannot read this at 1:6'],
    ['-9223372036854775809 < 0', 'this number does not fit into 64 bits at 1:2'],
    ['-(9223372036854775808) < 0', 'this number does not fit into 64 bits at 1:3'],
    ['9223372036854775808 > 0', 'this number does not fit into 64 bits at 1:1'],
  ])('%s', (expression, problem) => {
    expect(compiled(expression).foreign).toMatchObject({ problem });
  });
});
