import { InvalidArgumentError } from 'commander';
import { nearest } from '../../source/nearest.ts';

/** An option or an argument that takes only certain words. */
interface Chooser<T> {
  choices(words: readonly string[]): T;
  argParser(parse: (word: string) => string): T;
}

/** Does what commander's `choices` does, and also says which word was probably meant. */
export function choosing<T extends Chooser<T>>(option: T, words: readonly string[]): T {
  return option.choices(words).argParser(word => {
    if (words.includes(word)) return word;
    throw new InvalidArgumentError(choiceHint(word, words));
  });
}

/** The words that may be chosen instead of one that may not. */
export function choiceHint(word: string, words: readonly string[]): string {
  const meant = nearest(word, words);
  const choices = `Allowed choices are ${words.join(', ')}.`;
  return meant === undefined ? choices : `Did you mean ${meant}? ${choices}`;
}
