import type { Option } from 'commander';

const offered = new WeakMap<Option, readonly string[]>();

/** Names words for the value of an option that takes others besides, where `choices` would refuse them. */
export function offering(option: Option, words: readonly string[]): Option {
  offered.set(option, words);
  return option;
}

/** What completion offers for the value of an option. */
export const offeredBy = (option: Option): readonly string[] =>
  option.argChoices ?? offered.get(option) ?? [];
