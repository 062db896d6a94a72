import type { Type } from '@bufbuild/cel-spec/cel/expr/checked_pb.js';
import type { Value } from '@bufbuild/cel-spec/cel/expr/value_pb.js';
import { getTestRegistry } from '@bufbuild/cel-spec/testdata/registry.js';
import { isMessage, type Message } from '@bufbuild/protobuf';
import { type Any, anyUnpack, DurationSchema, TimestampSchema } from '@bufbuild/protobuf/wkt';

/** The messages that the conformance data uses. */
export const registry = getTestRegistry();

/** One text form of CEL values, in which the answers of both libraries are compared with what is expected. */
export const text = {
  bool: (value: boolean): string => `bool:${value}`,
  int: (value: bigint | number): string => `int:${value}`,
  uint: (value: bigint): string => `uint:${value}`,
  double: (value: number): string => `double:${Object.is(value, -0) ? '-0' : value}`,
  string: (value: string): string => `string:${value}`,
  bytes: (value: Uint8Array): string => `bytes:${Buffer.from(value).toString('hex')}`,
  type: (name: string): string => `type:${name}`,
  list: (items: readonly string[]): string => `[${items.join()}]`,
  // Keys lose their type: a map literal's are strings in one library.
  map: (entries: readonly (readonly [key: string, value: string])[]): string =>
    `{${entries
      .map(([key, value]) => `${key.replace(/^(int|uint|string|bool|double):/, '')}=${value}`)
      .sort()
      .join()}}`,
  /** In milliseconds: one library has no finer timestamps. */
  timestamp: (milliseconds: bigint | number): string => `timestamp:${milliseconds}`,
  duration: (seconds: bigint, nanos: number): string =>
    `duration:${seconds * 1_000_000_000n + BigInt(nanos)}`,
};

/** Messages other than timestamps and durations need protobuf, which rules never see. */
export function messageText(message: Message | undefined): string {
  if (message && isMessage(message, TimestampSchema))
    return text.timestamp(message.seconds * 1000n + BigInt(Math.floor(message.nanos / 1e6)));
  if (message && isMessage(message, DurationSchema)) return text.duration(message.seconds, message.nanos);
  return `message:${message?.$typeName}`;
}

export const unpack = (any: Any): Message | undefined => anyUnpack(any, registry);

/** What a library answers. Objects are its own. */
export function answerText(value: unknown, objectText: (value: object) => string): string {
  switch (typeof value) {
    case 'boolean':
      return text.bool(value);
    case 'bigint':
      return text.int(value);
    case 'number':
      return text.double(value);
    case 'string':
      return text.string(value);
    case 'object':
      return value === null ? 'null' : objectText(value);
    default:
      return typeof value;
  }
}

/** An expected value of the conformance data. */
export function valueText(value: Value | undefined): string {
  const kind = value?.kind;
  switch (kind?.case) {
    case 'nullValue':
      return 'null';
    case 'boolValue':
      return text.bool(kind.value);
    case 'int64Value':
      return text.int(kind.value);
    case 'uint64Value':
      return text.uint(kind.value);
    case 'doubleValue':
      return text.double(kind.value);
    case 'stringValue':
      return text.string(kind.value);
    case 'bytesValue':
      return text.bytes(kind.value);
    case 'typeValue':
      return text.type(kind.value);
    case 'enumValue':
      return text.int(kind.value.value);
    case 'listValue':
      return text.list(kind.value.values.map(valueText));
    case 'mapValue':
      return text.map(kind.value.entries.map(entry => [valueText(entry.key), valueText(entry.value)]));
    case 'objectValue':
      return messageText(unpack(kind.value));
    default:
      return 'undefined';
  }
}

const PRIMITIVES = ['dyn', 'bool', 'int', 'uint', 'double', 'string', 'bytes'];
const WELL_KNOWN = ['dyn', 'dyn', 'google.protobuf.Timestamp', 'google.protobuf.Duration'];

/** A type of the conformance data, as `@marcbachmann/cel-js` writes it. */
export function typeText(type: Type | undefined): string {
  const kind = type?.typeKind;
  switch (kind?.case) {
    case 'primitive':
      return PRIMITIVES[kind.value] ?? 'dyn';
    case 'null':
      return 'null';
    case 'wellKnown':
      return WELL_KNOWN[kind.value] ?? 'dyn';
    case 'listType':
      return `list<${typeText(kind.value.elemType)}>`;
    case 'mapType':
      return `map<${typeText(kind.value.keyType)}, ${typeText(kind.value.valueType)}>`;
    case 'type':
      return 'type';
    case 'abstractType':
      return kind.value.name === 'optional_type'
        ? `optional<${typeText(kind.value.parameterTypes[0])}>`
        : 'dyn';
    default:
      return 'dyn';
  }
}
