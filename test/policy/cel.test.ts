import { describe, expect, it } from 'vitest';
import { bindCel, compileCel } from '../../src/policy/cel.ts';
import { processorTime } from '../support/processor-time.ts';

const POD = {
  metadata: { name: 'p', labels: { exposure: 'public' }, annotations: null },
  spec: {
    priority: 1000,
    ratio: 1.5,
    hostNetwork: true,
    skipped: undefined,
    containers: [
      { name: 'a', image: 'docker.io/x', ports: [{ hostPort: 80 }] },
      { name: 'b', image: 'ghcr.io/x', env: [{ name: 'A', value: 'b' }] },
    ],
  },
};

function run(expression: string, object: unknown = POD) {
  const program = compileCel(expression, ['object', 'namespaceObject']);
  if ('problem' in program) throw new Error(program.problem);
  return program.evaluate(bindCel({ object, namespaceObject: { metadata: { labels: { tier: 'gold' } } } }));
}

describe('an expression that holds', () => {
  it.each([
    "object.metadata.?labels.?exposure.orValue('') == 'public'",
    "object.metadata.?nope.?exposure.orValue('') == ''",
    "object.spec.containers.exists(c, c.image.startsWith('docker.io/'))",
    'object.spec.priority > 100',
    'object.spec.priority > 100.5',
    'object.spec.priority == 1000.0',
    'object.spec.priority + 1 == 1001',
    '-object.spec.priority < 0',
    'object.spec.ratio == 1.5',
    'size(object.spec.containers) == 2',
    'object.spec.containers.exists(c, has(c.ports) && c.ports.exists(p, p.hostPort == 80))',
    'object.spec.containers.exists(c, c.?ports.orValue([]).exists(p, p.hostPort in [80, 443]))',
    'object.spec.hostNetwork',
    '!has(object.spec.skipped)',
    'object.metadata.annotations == null',
    "namespaceObject.metadata.labels.tier == 'gold'",
    "object.metadata.name.matches('^p+$')",
    "matches(object.metadata.name, '^p+$')",
    "object.metadata.labels == {'exposure': 'public'}",
    "'exposure' in object.metadata.labels",
    "object.spec.containers.map(c, c.name) == ['a', 'b']",
    'object.spec.nope == 1 || true',
    "'a,b'.split(',').join('-') == 'a-b'",
    'object.spec.containers[?9].hasValue() == false',
    "object.spec.hostNetwork ? object.spec.containers[0].name == 'a' : false",
    "duration('1h') > duration('1m')",
  ])('%s', expression => {
    expect(run(expression)).toBe(true);
  });
});

describe('an expression', () => {
  it('may mix what a list holds, and match a literal', () => {
    expect(run("object.metadata.name in [1, 'p', true]")).toBe(true);
    expect(run("'abc'.matches('^ab') && matches('abc', 'c$')")).toBe(true);
  });

  it('may be so long, and no longer', () => {
    const long = (length: number) => compileCel(`'${'a'.repeat(length - 6)}'!=''`, ['object']);
    expect(long(4096)).toHaveProperty('evaluate');
    expect(long(4097)).toEqual({ problem: 'longer than 4096 characters' });
  });

  it('may hold a word that no variable may be called', () => {
    expect(run("object.metadata.name != 'cel'")).toBe(true);
  });

  it('leaves stack traces as long as they were', () => {
    const before = Error.stackTraceLimit;
    run('object.spec.nope == 1');
    expect([before > 0, Error.stackTraceLimit]).toEqual([true, before]);
  });

  it.each(['[', '{"a":'])('is not evaluated on what nests without end: %s', open => {
    const close = open === '[' ? ']' : '}';
    const deep = JSON.parse(`${open.repeat(150)}1${close.repeat(150)}`);
    expect(() => bindCel({ object: deep })).toThrow('the object is nested too deeply');
    const fine = JSON.parse(`${open.repeat(100)}1${close.repeat(100)}`);
    expect(bindCel({ object: fine }).total).toBe(101);
  });

  it('sees no field that is undefined', () => {
    expect(run('has(object.spec.skipped)')).toBe(false);
    expect(bindCel({ object: { a: undefined, b: 1 } })).toMatchObject({ maxItems: 1, total: 2 });
  });
});

describe('an expression that fails on a Pod', () => {
  it.each([
    ['object.spec.nope == 1', 'No such key: nope'],
    ['object.spec.priority', 'the result is bigint, not true or false'],
    ['object.metadata.annotations', 'the result is null, not true or false'],
    ["object.spec.priority.matches('a')", 'matches() needs a string'],
  ])('%s', (expression, error) => {
    expect(run(expression)).toEqual({ error });
  });
});

describe('an expression that is refused', () => {
  it.each([
    ['object.', 'Expected IDENTIFIER, got EOF at 1:8'],
    ['true &&\n  nope', /^Unknown variable: nope at 2:3$/],
    ['object.nofn(1) == 2', 'there is no function nofn() at 1:8'],
    ["'a'", 'it is of type string, not bool'],
    ["1 + 'a' == 2", / at 1:1$/],
    ['object.a.matches(object.b)', 'matches() needs a literal pattern at 1:18'],
    ["object.a.matches('(')", /at 1:18$/],
    ["object.a.matches('(?=a)')", /at 1:18$/],
    ["true && [1].matches('a')", /^matches\(\) needs a string, not list.* at 1:9$/],
    ['cel.bind(x, 1, x == 1)', /cel/],
    ["duration(object.a) > duration('1h')", 'duration() needs a literal at 1:1'],
    ['object.a.matches(1)', 'matches() needs a literal pattern at 1:18'],
    ['object.a.matches()', /^matches\(\) needs a literal pattern at/],
    ['object.a.lastIndexOf(object.b) == 1', 'lastIndexOf() needs a literal at 1:1'],
    ['object.x.exists(object, true)', 'object cannot be a variable here at 1:17'],
  ])('%s', (expression, problem) => {
    expect(compileCel(expression, ['object'])).toMatchObject({
      problem: typeof problem === 'string' ? problem : expect.stringMatching(problem),
    });
  });

  it.each([
    ['a variable', "obect.a == 'b'", 'object', 1],
    ['a function', "object.a == 'b' && sise(object.c) > 1", 'size', 20],
    ['a method', "object.a.startWith('b')", 'startsWith', 10],
    ['a macro, whose variable is then not known', 'object.a.exsts(c, c.b)', 'exists', 10],
    ['a macro in a macro', 'object.a.exists(c, c.d.al(e, e))', 'all', 24],
    ['a method of something else with the same letters', 'startWith.startWith(1)', 'startsWith', 11],
    ['nothing that is like anything', 'object.a.quux(1)', undefined, 10],
  ])('points to %s, and says what was meant', (_, expression, meant, column) => {
    const fault = compileCel(expression, ['object']);
    expect(fault).toMatchObject({
      problem: expect.stringMatching(` at 1:${column}$`),
      excerpt: { line: expression, column },
    });
    expect('meant' in fault ? fault.meant : undefined).toBe(meant);
  });

  it('points to the line that is wrong', () => {
    expect(compileCel('true &&\n  obect.a', ['object'])).toMatchObject({
      problem: 'Unknown variable: obect at 2:3',
      excerpt: { line: '  obect.a', column: 3 },
      meant: 'object',
    });
  });

  it.each([
    ['namespaceObject.metadata.lables == {}', 'labels'],
    ["'a'.lowerAsci() == 'a' || object.a.hex() == 'a'", 'lowerAscii'],
  ])('says what Kubernetes has instead: %s', (expression, meant) => {
    const program = compileCel(expression, ['object', 'namespaceObject']);
    expect('problem' in program ? program : program.foreign).toMatchObject({ meant });
  });

  it.each([
    [
      'bypass 18: comprehensions in comprehensions',
      'object.a.all(a, a.b.all(b, b.c.all(c, c.d.all(d, true))))',
      /^comprehensions are nested more than 3 deep/,
    ],
    ['bypass 18: text without end', `${'!'.repeat(5000)}true`, /^longer than 4096 characters$/],
    ['bypass 18: terms without end', `${'true && '.repeat(400)}true`, /AstNodes/i],
    ['bypass 18: brackets without end', `${'('.repeat(2000)}true${')'.repeat(2000)}`, /depth/i],
  ])('%s', (_, expression, problem) => {
    expect(compileCel(expression, ['object'])).toMatchObject({ problem: expect.stringMatching(problem) });
  });
});

describe('a hostile key hides nothing', () => {
  it.each(['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty'])('%s', key => {
    const object = JSON.parse(`{"metadata":{"labels":{"${key}":"x","exposure":"public"}}}`);
    expect(run("object.metadata.?labels.?exposure.orValue('') == 'public'", object)).toBe(true);
    expect(run(`object.metadata.labels['${key}'] == 'x' && size(object.metadata.labels) == 2`, object)).toBe(
      true,
    );
    expect(run(`has(object.${key})`, {})).toBe(false);
  });
});

describe('bypass 18: what a rule can cost is bounded on the Pod at hand', () => {
  const object = { list: Array.from({ length: 3000 }, (_, i) => i), text: 'a'.repeat(200_000) };
  it.each([
    'object.list.exists(a, object.list.exists(b, a + b == -1))',
    'object.list.exists(a, a in object.list)',
    "object.text.split('').exists(a, object.text.split('').exists(b, a != b))",
    "object.list.exists(a, object.text.matches('(a+)+$'))",
    "object.list.exists(a, object.text.contains('b'))",
  ])('%s', expression => {
    expect(run(expression, object)).toEqual({
      error: expect.stringMatching(/^could take \d+ steps on this Pod/),
    });
  });

  it('and the pieces of a text count as items, of which there may be as many as characters', () => {
    const few = { list: [1, 2, 3], text: ','.repeat(3000) };
    const nested = "object.text.split(',').exists(a, object.list.exists(b, object.list.exists(c, a == 'x')))";
    expect(run(nested, few)).toEqual({ error: expect.stringMatching(/^could take \d+ steps on this Pod/) });
    expect(run(nested, { ...few, text: ',,,' })).toBe(false);
  });

  it('and a pattern takes linear time', () => {
    const took = processorTime(() => {
      expect(run("object.text.matches('^(a+)+b$')", object)).toBe(false);
    });
    expect(took).toBeLessThan(2000);
  });

  it('while one loop over many items is fine', () => {
    expect(run('object.list.exists(a, a == 2999)', object)).toBe(true);
  });
});
