import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import type { CelFault } from '../../src/policy/cel/fault.ts';
import { MOST_STEPS, stepsOf } from '../../src/policy/cel/pattern.ts';
import { bindCel, type CelProgram, compileCel } from '../../src/policy/cel.ts';
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

function compiled(expression: string): CelProgram {
  const program = compileCel(expression, ['object', 'namespaceObject']);
  if ('problem' in program) throw new Error(program.problem);
  return program;
}

function run(expression: string, object: unknown = POD) {
  return compiled(expression).evaluate(
    bindCel({ object, namespaceObject: { metadata: { labels: { tier: 'gold' } } } }),
  );
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
    expect(long(4097)).toMatchObject({ problem: 'longer than 4096 characters' });
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
    ['cel.bind(x, 1, x == 1)', 'cel.bind is not supported at 1:1'],
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
    ['the variable of a loop', "object.a.exists(cont, contt.b == 'x')", 'cont'],
    ['that of a loop around it', 'object.a.all(item, item.b.exists(c, itm.d == c))', 'item'],
    ['what stands in the object', 'spec.hostNetwork == true', 'object.spec'],
    ['the start of a name', "obj.metadata.name == 'x'", 'object'],
    ['a word that CEL keeps for itself', "namespace.metadata.name == 'x'", 'namespaceObject'],
    ['nothing, of a variable out of its loop', 'object.a.all(c, true) && c.d', undefined],
    ['nothing, of what other policies have', "request.name == 'x'", undefined],
  ])('knows which variable was meant: %s', (_, expression, meant) => {
    const fault = compileCel(expression, ['object', 'namespaceObject']) as CelFault;
    expect(fault.meant).toBe(meant);
    expect(fault.variables).toEqual(meant === undefined ? ['object', 'namespaceObject'] : undefined);
  });

  it.each([
    ['namespaceObject.metadata.lables == {}', 'labels'],
    ["'a'.lowerAsci() == 'a' || object.a.hex() == 'a'", 'lowerAscii'],
  ])('says what Kubernetes has instead: %s', (expression, meant) => {
    const program = compileCel(expression, ['object', 'namespaceObject']);
    expect('problem' in program ? program : program.foreign).toMatchObject({ meant });
  });

  it('says that Kubernetes knows better what it answers', () => {
    expect(compiled('namespaceObject.metadata.name').foreign).toEqual({
      problem: 'it is of type string, not bool',
      others: [],
    });
  });

  it.each([
    ['is all right in its brackets', "(object.a + 1) == 2 && 'b' == 1", []],
    ['is wrong, too', "nope == 1 && 'b' == 1", ['no such overload: string == int at 1:14']],
    [
      'is negated with another that is wrong',
      "!(nope == 1 || 'b' == 1)",
      ['no such overload: string == int at 1:16'],
    ],
    ['need not answer true or false where it stands', "'a' == 1 ? object.b : 'c'", []],
  ])('says what else is wrong with it, but not of a part that %s', (_, expression, others) => {
    const refused = compileCel(expression, ['object']);
    expect('others' in refused && refused.others.map(({ problem }) => problem)).toEqual(others);
  });

  it('says so of twenty parts besides, however many are wrong', () => {
    const wrong = Array.from({ length: 30 }, (_, i) => `nope${i}`).join(' || ');
    expect(compileCel(wrong, ['object'])).toMatchObject({ others: { length: 20 } });
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

describe('bypass 18: what a pattern can cost', () => {
  it.each([
    ['repeated', 'a{1,1000}'.repeat(100)],
    ['repeated in groups', '((a{30}){30}){30}'],
    ['classes', '[a-z]{999}\\d{999}'],
    ['in any case', '(?i)\\pL{900}\\pN{200}'],
    ['of Unicode', '[^\\pL]'.repeat(60)],
  ])('is bounded before it is compiled: %s', (_what, pattern) => {
    let refused: unknown;
    const took = processorTime(() => {
      refused = compileCel(`'a'.matches('${pattern.replaceAll('\\', '\\\\')}')`, []);
    });
    expect(refused).toMatchObject({
      tooLong: { problem: expect.stringContaining('a pattern repeats too much: more than 1000 steps') },
    });
    expect(took).toBeLessThan(500);
  });

  it('is not run where it could be too much: nothing else is said of it', () => {
    const hard = compileCel(`object.a.exists(c, c.nope.matches('${'a{1,1000}'.repeat(2)}'))`, ['object']);
    expect(hard).toEqual({
      evaluate: expect.any(Function),
      worstCost: 0,
      walked: new Set(),
      crosses: false,
      readsUnseen: false,
      unknownFields: [],
      tooLong: expect.objectContaining({ problem: expect.stringContaining('a pattern repeats too much') }),
    });
  });

  it('is bounded for all patterns of an expression together', () => {
    const some = Array.from({ length: 3 }, (_, i) => `'a'.matches('a{${400 + i}}')`).join(' || ');
    expect(compileCel(some, [])).toMatchObject({
      tooLong: { problem: expect.stringContaining('the patterns have more than 1000 steps together') },
    });
  });

  it('is bounded on the Pod at hand: a pattern for which each character is like sixty', () => {
    const bindings = bindCel({ object: { text: 'ab'.repeat(50_000) } });
    const hard = compiled("object.text.matches('a[ab]{60}[^ab]')");
    const error = 'matches() would take too long on this Pod';
    expect(hard.evaluate(bindings)).toEqual({ error });
    // All rules share it, and a rule without a pattern takes none.
    expect(compiled("'a'.matches('a')").evaluate(bindings)).toEqual({ error });
    expect(compiled("'a' == 'a'").evaluate(bindings)).toBe(true);
  });

  it('counts what it takes to make a pattern ready, also for a text of one character', () => {
    const bindings = bindCel({ object: {} });
    const before = bindings.matching;
    compiled("'a'.matches('a{900}')").evaluate(bindings);
    expect(before - bindings.matching).toBeGreaterThan(10 * 900);
  });

  it.each([
    ['^docker[.]io/', 'docker.io/library/nginx'],
    ['@sha256:[a-f0-9]{64}$', `a@sha256:${'0'.repeat(64)}`],
    ['^[a-z0-9]([-a-z0-9]{0,251}[a-z0-9])?$', 'a'.repeat(253)],
    [String.raw`^\Qa{9999}\E[{]{2}[]{9999}]$`, 'a{9999}{{9'],
  ])('lets through what people write: %s', (pattern, text) => {
    const program = compiled(`object.text.matches('${pattern.replaceAll('\\', '\\\\')}')`);
    expect(program.evaluate(bindCel({ object: { text } }))).toBe(true);
    expect(program.evaluate(bindCel({ object: { text: `${'x'.repeat(5000)} ` } }))).toBe(false);
  });

  it('keeps little of what it has learnt', () => {
    const text = Array.from({ length: 20_000 }, (_, i) => 'ab'[Number(Math.sin(i * i) > 0)]).join('');
    const before = process.memoryUsage().heapUsed;
    const hard = Array.from({ length: 20 }, (_, i) =>
      compiled(`object.text.matches('a[ab]{${60 + i}}[^ab]')`),
    );
    for (const program of hard) expect(program.evaluate(bindCel({ object: { text } }))).toBe(false);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 1024 * 1024);
  });

  it('is never counted for much less than there is', () => {
    const atoms = String.raw`a|[ab]|[^]a]|\d|\pL|\p{Greek}|.|\x{41}|\Qa{3}b\E|\.|(?i:k)|^|\b|[[:alpha:]]|[a{9}]|(a(?:b))`;
    const repeat = fc.constantFrom('', '*', '+?', '?', '{3}', '{2,}', '{0,5}', '{1,9}');
    const { pattern } = fc.letrec<{ pattern: string }>(tie => ({
      pattern: fc
        .array(
          fc.tuple(
            fc.oneof(
              { maxDepth: 3 },
              fc.constantFrom(...atoms.split('|')),
              tie('pattern').map(inner => `(${inner})`),
            ),
            repeat,
          ),
          { minLength: 1, maxLength: 4 },
        )
        .map(parts => parts.flat().join('')),
    }));
    fc.assert(
      fc.property(pattern, text => {
        fc.pre(stepsOf(text) <= MOST_STEPS);
        expect(RE2JS.compile(text).programSize()).toBeLessThanOrEqual(2 + 1.25 * stepsOf(text));
      }),
      { numRuns: 300 },
    );
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
