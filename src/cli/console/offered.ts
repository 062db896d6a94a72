import type { Option } from 'commander';

const offered = new WeakMap<Option, readonly string[]>();

/** Lists words for the value of an option that also takes others, which `choices` would refuse. */
export function offering(option: Option, words: readonly string[]): Option {
  offered.set(option, words);
  return option;
}

/** The words that completion offers for the value of an option. */
export const offeredBy = (option: Option): readonly string[] =>
  option.argChoices ?? offered.get(option) ?? [];
