import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { batch } from '../../src/admission/batch.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function written() {
  const texts: string[] = [];
  return { texts, lines: batch(text => texts.push(text)) };
}

it('writes lines that come soon after each other in one piece, in order, made or to be made', () => {
  const { texts, lines } = written();
  lines.write('a\n');
  lines.later(() => 'b\n');
  lines.write('c\n');
  expect(texts).toEqual([]);
  vi.advanceTimersByTime(20);
  expect(texts).toEqual(['a\nb\nc\n']);
});

it('writes what waits at once when it is flushed, and nothing twice', () => {
  const { texts, lines } = written();
  lines.later(() => 'a\n');
  lines.flush();
  vi.advanceTimersByTime(1000);
  expect(texts).toEqual(['a\n']);
});

it('makes a line when it is written, not before', () => {
  const { lines } = written();
  const make = vi.fn(() => 'a\n');
  lines.later(make);
  expect(make).not.toHaveBeenCalled();
  lines.flush();
  expect(make).toHaveBeenCalledOnce();
});

it('drops and counts lines of decisions while nobody reads, and no other line', () => {
  const texts: string[] = [];
  let behind = 0;
  const lines = batch(
    text => texts.push(text),
    () => behind,
  );
  lines.later(() => 'a\n');
  behind = 5_000_000;
  lines.later(() => 'b\n');
  lines.write('error\n');
  behind = 0;
  lines.later(() => 'c\n');
  lines.flush();
  expect(texts).toEqual(['a\nerror\nc\n']);
  expect(lines.dropped()).toBe(1);
});
