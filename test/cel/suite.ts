import type { SimpleTest } from '@bufbuild/cel-spec/cel/expr/conformance/test/simple_pb.js';
import { getConformanceSuite, type IncrementalTestSuite } from '@bufbuild/cel-spec/testdata/tests.js';
import type { Answer, Library } from './library.ts';
import { typeText, valueText } from './values.ts';

/** A section of the conformance data (one file of cel-spec's `tests/simple/testdata`). */
export interface Section {
  readonly name: string;
  readonly tests: readonly Named[];
  /** How many more tests it has that need protobuf messages, enums or wrappers: a Pod is JSON and has none. */
  readonly protobuf: number;
}

interface Named {
  readonly name: string;
  readonly test: SimpleTest;
}

/** How a library does on a section. What is refused or answers an error is seen; a wrong value is silent. */
export interface Score {
  readonly pass: number;
  readonly refused: number;
  readonly error: number;
  readonly wrong: number;
  readonly failures: readonly string[];
}

export function sections(): readonly Section[] {
  return getConformanceSuite()
    .suites.map(suite => {
      const all = testsOf(suite);
      const tests = all.filter(({ test }) => !needsProtobuf(suite.name, test));
      return { name: suite.name, tests, protobuf: all.length - tests.length };
    })
    .filter(({ tests, protobuf }) => tests.length + protobuf > 0);
}

function testsOf(suite: IncrementalTestSuite, path: readonly string[] = [suite.name]): Named[] {
  return [
    ...suite.tests.map(({ name, original }) => ({ name: [...path, name].join('/'), test: original })),
    ...suite.suites.flatMap(inner => testsOf(inner, [...path, inner.name])),
  ];
}

const PROTOBUF_SECTIONS = new Set(['proto2', 'proto3', 'proto2_ext', 'wrappers', 'enums', 'dynamic']);
const PROTOBUF_EXPRESSION =
  /TestAllTypes|google\.protobuf\.(?!Timestamp\b|Duration\b)|google\.protobuf\.(Timestamp|Duration)\s*\{|NullValue|cel\.expr|proto\.(has|get)Ext/;
const PROTOBUF_VALUE = /TestAllTypes|google\.protobuf\.(?!Timestamp|Duration)|"wrapper"/;

function needsProtobuf(section: string, test: SimpleTest): boolean {
  if (PROTOBUF_SECTIONS.has(section) || test.container.includes('conformance')) return true;
  const values = JSON.stringify([test.bindings, test.typeEnv, test.resultMatcher], (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return PROTOBUF_EXPRESSION.test(test.expr) || PROTOBUF_VALUE.test(values);
}

export function scoreOf(library: Library, section: Section): Score {
  const counts = { pass: 0, refused: 0, error: 0, wrong: 0 };
  const failures: string[] = [];
  for (const { name, test } of section.tests) {
    const answer = library.run(test);
    if (answer.kind === 'not-run') continue;
    if (isExpected(test, answer)) {
      counts.pass++;
      continue;
    }
    const how = answer.kind === 'refused' || answer.kind === 'error' ? answer.kind : 'wrong';
    counts[how]++;
    failures.push(`${name}: ${test.expr} → ${how}: ${answer.text}`);
  }
  return { ...counts, failures };
}

function isExpected({ resultMatcher, checkOnly }: SimpleTest, answer: Answer): boolean {
  switch (resultMatcher.case) {
    case 'evalError':
    case 'anyEvalErrors':
      return answer.kind === 'error' || answer.kind === 'refused';
    case 'value':
      return answer.kind === 'value' && answer.text === valueText(resultMatcher.value);
    case 'typedResult': {
      const { result, deducedType } = resultMatcher.value;
      if (checkOnly) return answer.kind === 'type' && answer.text === typeText(deducedType);
      return answer.kind === 'value' && (!result || answer.text === valueText(result));
    }
    default: // The data leaves out the result where it is `true`.
      return answer.kind === 'value' && answer.text === 'bool:true';
  }
}
