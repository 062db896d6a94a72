/*
What one file may hold. A file of 50 MB, of whatever content, then costs less than 1 GB, and whatever is read beside it
keeps its results; test/source/memory.test.ts measures it. Each is many times what real manifests have.
*/

/** Bytes, 64 MiB: some 20,000 manifests. Beyond it, one file is a mistake. */
export const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Levels. The parser makes some hundred bytes of one `[`, and its composer gives up, by an exhausted stack, some thousand
 * levels deep.
 */
export const MAX_DEPTH = 200;

/**
 * What the lexer makes of one YAML document: words, signs, spaces, line ends; some eight a line. Each becomes some 200
 * bytes of syntax tree, for as long as the document is read.
 */
export const MAX_LEXEMES = 1_500_000;

/**
 * Characters of one text in quotes of a YAML document, quotes included. Its parser takes 32 bytes for each of one in double
 * quotes until the text is whole, and nearly as much for pairs of single ones. An API server takes 3 MiB of an object at the
 * most.
 */
export const MAX_QUOTED = 8 * 1024 * 1024;

/**
 * Lines of one text of a YAML document: its parser holds them all, with what they are indented by, some 200 bytes each, and
 * those of the text before may not have been collected yet.
 */
export const MAX_TEXT_LINES = 500_000;

/** Entries of maps and lists, in all documents of a file. They are kept until the review ends. */
export const MAX_ENTRIES = 2_500_000;

/** Values of one document with every alias written out (go-yaml stops at 400,000). */
export const MAX_WRITTEN_OUT = 400_000;

/** Documents, empty and broken ones too, and items of lists. */
export const MAX_OBJECTS = 50_000;

/** How many problems of one file are reported. */
export const MAX_PROBLEMS = 1000;
