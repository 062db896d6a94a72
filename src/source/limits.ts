/*
The most that one file may hold. Whatever it contains, a file of 50 MB then costs less than 1 GB, and what is read beside it
keeps its results; test/source/memory.test.ts measures it. Each limit is many times what real manifests need.
*/

/** Bytes: 64 MiB, which is some 20,000 manifests. A larger file is a mistake. */
export const MAX_BYTES = 64 * 1024 * 1024;

/** Levels. The parser makes some hundred bytes for each `[`, and its composer exhausts the stack some thousand levels deep. */
export const MAX_DEPTH = 200;

/**
 * Lexemes of one YAML document: words, signs, spaces, line ends; some eight in a line. Each becomes some 200 bytes of syntax
 * tree while the document is read.
 */
export const MAX_LEXEMES = 1_500_000;

/**
 * Characters of one quoted text in a YAML document, including the quotes. The parser takes 32 bytes for each character in
 * double quotes until the text is complete, and nearly as much for pairs of single quotes. An API server accepts an object of 3
 * MiB at most.
 */
export const MAX_QUOTED = 8 * 1024 * 1024;

/**
 * Lines of one text in a YAML document: the parser holds all of them with their indentation, some 200 bytes for each, and those
 * of the previous text may not have been collected yet.
 */
export const MAX_TEXT_LINES = 500_000;

/** Entries of maps and lists, in all documents of a file. They are kept until the review ends. */
export const MAX_ENTRIES = 2_500_000;

/** Values of one document with every alias written out (go-yaml stops at 400,000). */
export const MAX_WRITTEN_OUT = 400_000;

/** Documents, including empty and broken ones, and items of lists. */
export const MAX_OBJECTS = 50_000;

/** Problems that are reported for one file. */
export const MAX_PROBLEMS = 1000;
