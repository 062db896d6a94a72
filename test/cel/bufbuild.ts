import {
  type CelInput,
  celEnv,
  celUint,
  isCelError,
  isCelList,
  isCelMap,
  isCelType,
  isCelUint,
  parse,
  plan,
} from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import type { SimpleTest } from '@bufbuild/cel-spec/cel/expr/conformance/test/simple_pb.js';
import type { Value } from '@bufbuild/cel-spec/cel/expr/value_pb.js';
import { isReflectMessage } from '@bufbuild/protobuf/reflect';
import { type Answer, type Library, messageOf } from './library.ts';
import { answerText, messageText, registry, text, unpack } from './values.ts';

/** `@bufbuild/cel`. It exports no type checker, so tests of deduced types are not run. */
export const bufbuild: Library = { name: '@bufbuild/cel', run };

type Program = ReturnType<typeof plan>;

function run(test: SimpleTest): Answer {
  if (test.checkOnly) return { kind: 'not-run' };
  try {
    const program = plan(celEnv({ namespace: test.container, registry, funcs: strings }), parse(test.expr));
    return evaluate(program, test);
  } catch (error) {
    return { kind: 'refused', text: messageOf(error) };
  }
}

function evaluate(program: Program, test: SimpleTest): Answer {
  try {
    const result = program(inputsOf(test));
    if (isCelError(result)) return { kind: 'error', text: messageOf(result) };
    return { kind: 'value', text: textOf(result) };
  } catch (error) {
    return { kind: 'error', text: messageOf(error) };
  }
}

function inputsOf(test: SimpleTest): Record<string, CelInput> {
  const inputs: Record<string, CelInput> = {};
  for (const [name, { kind }] of Object.entries(test.bindings))
    if (kind.case === 'value') inputs[name] = inputOf(kind.value);
  return inputs;
}

function inputOf(value: Value | undefined): CelInput {
  const kind = value?.kind;
  switch (kind?.case) {
    case 'uint64Value':
      return celUint(kind.value);
    case 'listValue':
      return kind.value.values.map(inputOf);
    case 'mapValue':
      return new Map(kind.value.entries.map(entry => [inputOf(entry.key) as string, inputOf(entry.value)]));
    case 'objectValue':
      return (unpack(kind.value) ?? null) as CelInput;
    case 'enumValue':
      return BigInt(kind.value.value);
    case 'nullValue':
      return null;
    default:
      return (kind?.value ?? null) as CelInput;
  }
}

const textOf = (value: unknown): string => answerText(value, objectText);

function objectText(value: object): string {
  if (value instanceof Uint8Array) return text.bytes(value);
  if (isCelUint(value)) return text.uint(value.value);
  if (isCelType(value)) return text.type(value.name);
  if (isCelList(value)) return text.list([...value].map(textOf));
  if (isCelMap(value))
    return text.map([...value.entries()].map(([key, item]) => [textOf(key), textOf(item)]));
  if (isReflectMessage(value)) return messageText(value.message);
  return String(value);
}
