import type { SimpleTest } from '@bufbuild/cel-spec/cel/expr/conformance/test/simple_pb.js';
import type { Value } from '@bufbuild/cel-spec/cel/expr/value_pb.js';
import { isMessage } from '@bufbuild/protobuf';
import { DurationSchema, TimestampSchema } from '@bufbuild/protobuf/wkt';
import { Environment } from '@marcbachmann/cel-js';
import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import { evaluateAsKubernetes } from '../../src/policy/cel/evaluate.ts';
import { type Answer, type Library, messageOf } from './library.ts';
import { answerText, text, typeText, unpack } from './values.ts';

/** `@marcbachmann/cel-js`, with the options that rules are compiled with. */
export const celJs: Library = { name: '@marcbachmann/cel-js', run: test => run(test, false) };

/** The same with what is evaluated otherwise, but for `matches`. */
export const asInRules: Library = { name: 'as in rules', run: test => run(test, true) };

function run(test: SimpleTest, isRule: boolean): Answer {
  try {
    const program = environmentOf(test).parse(test.expr);
    const { valid, error, type } = program.check();
    if (!valid) return { kind: 'refused', text: messageOf(error) };
    if (test.checkOnly) return { kind: 'type', text: withElements(type ?? '') };
    if (isRule) evaluateAsKubernetes(program.ast);
    return evaluate(() => program(inputsOf(test) as never));
  } catch (error) {
    return { kind: 'refused', text: messageOf(error) };
  }
}

function evaluate(program: () => unknown): Answer {
  try {
    return { kind: 'value', text: textOf(program()) };
  } catch (error) {
    return { kind: 'error', text: messageOf(error) };
  }
}

function environmentOf(test: SimpleTest): Environment {
  const environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false });
  const types = new Map<string, string>(Object.keys(test.bindings).map(name => [name, 'dyn']));
  for (const { name, declKind } of test.typeEnv)
    if (declKind.case === 'ident') types.set(name, typeText(declKind.value.type));
  for (const [name, type] of types) environment.registerVariable(name, type);
  return environment;
}

/** The library writes a list or map of anything without its parameters. */
const withElements = (type: string): string =>
  type === 'list' ? 'list<dyn>' : type === 'map' ? 'map<dyn, dyn>' : type;

function inputsOf(test: SimpleTest): ReadonlyMap<string, unknown> {
  const inputs = new Map<string, unknown>();
  for (const [name, { kind }] of Object.entries(test.bindings))
    if (kind.case === 'value') inputs.set(name, inputOf(kind.value));
  return inputs;
}

function inputOf(value: Value | undefined): unknown {
  const kind = value?.kind;
  switch (kind?.case) {
    case 'uint64Value':
      return new UnsignedInt(kind.value);
    case 'listValue':
      return kind.value.values.map(inputOf);
    case 'mapValue':
      return new Map(kind.value.entries.map(entry => [inputOf(entry.key), inputOf(entry.value)]));
    case 'nullValue':
      return null;
    case 'objectValue': {
      const message = unpack(kind.value);
      if (message && isMessage(message, TimestampSchema))
        return new Date(Number(message.seconds) * 1000 + message.nanos / 1e6);
      if (message && isMessage(message, DurationSchema)) return new Duration(message.seconds, message.nanos);
      throw new Error('a message as input');
    }
    default:
      return kind?.value;
  }
}

const textOf = (value: unknown): string => answerText(value, objectText);

function objectText(value: object): string {
  if (value instanceof Uint8Array) return text.bytes(value);
  if (value instanceof UnsignedInt) return text.uint(value.valueOf());
  if (value instanceof Duration) return text.duration(value.seconds, value.nanos);
  if (value instanceof Date) return text.timestamp(value.getTime());
  if (Array.isArray(value)) return text.list(value.map(textOf));
  if (value instanceof Map) return text.map([...value].map(([key, item]) => [textOf(key), textOf(item)]));
  const [, type] = /^\[object Type<(.*)>\]$/.exec(Object.prototype.toString.call(value)) ?? [];
  if (type !== undefined) return text.type(type === 'null' ? 'null_type' : type);
  return text.map(Object.entries(value).map(([key, item]) => [key, textOf(item)]));
}
